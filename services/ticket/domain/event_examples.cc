#include "services/ticket/domain/event_examples.h"

#include <string>

#include "google/protobuf/text_format.h"
#include "libs/base/check.h"

namespace pitlane::ticket {
namespace {

constexpr char kLocation[] = "loc_01JGGZV1C0AFR0000000000001";
constexpr char kTicket[] = "tkt_01JGGZV1C0AFR0000000000002";
constexpr char kJob[] = "job_01JGGZV1C0AFR0000000000003";
constexpr char kPartLine[] = "lin_01JGGZV1C0AFR0000000000004";
constexpr char kPart[] = "prt_01JGGZV1C0BCD0000000000006";
constexpr char kCustomer[] = "cus_01JGGZV1C0CDE0000000000007";
constexpr char kPayment[] = "pay_01JGGZV1C0AFR0000000000009";

template <class Message>
Message FromText(const char* text) {
  Message message;
  PITLANE_CHECK(google::protobuf::TextFormat::ParseFromString(text, &message))
      << "an example does not parse";
  return message;
}

v1::Discount Discount() {
  return FromText<v1::Discount>(
      R"pb(amount_minor: 500 rate_ppm: 100000 reason: "returning customer")pb");
}

v1::LineAmounts Amounts() {
  return FromText<v1::LineAmounts>(R"pb(
    gross_minor: 40000
    line_discount_minor: 4450
    ticket_discount_minor: 50
    net_minor: 35500
    tax_minor: 2308
    taxes {
      authority: "Kansas"
      rule_id: "ks-state-2026"
      rate_ppm: 65000
      base_minor: 35500
      tax_minor: 2308
    }
  )pb");
}

v1::Totals Totals() {
  return FromText<v1::Totals>(R"pb(
    labour_net_minor: 20300
    parts_net_minor: 35500
    fees_net_minor: 3348
    cores_net_minor: 4500
    discount_minor: 4500
    taxes {
      authority: "Kansas"
      rule_id: "ks-state-2026"
      rate_ppm: 65000
      base_minor: 43348
      tax_minor: 2818
    }
    tax_minor: 2818
    total_minor: 66466
  )pb");
}

v1::Calculation Calculation() {
  v1::Calculation calculation;
  *calculation.mutable_totals() = Totals();
  (*calculation.mutable_lines())[kPartLine] = Amounts();
  return calculation;
}

// Shows every field a line can have; a real one has those of its kind.
v1::Line Line() {
  v1::Line line = FromText<v1::Line>(R"pb(
    kind: LINE_KIND_PART
    description: "Alternator, remanufactured"
    quantity_milli: 1000
    unit: "ea"
    unit_price_minor: 40000
    unit_cost_e4: 1687500
    tax_category: TAX_CATEGORY_PART
    hours_centi: 140
    labour_type: LABOUR_TYPE_ELECTRICAL
    rate_minor: 14500
    operation_code: "ALT-RR"
    technician: "technician-7"
    part_number: "A-2210/R"
    brand: "Voltra"
    condition: PART_CONDITION_REBUILT
    for_line_id: "lin_01JGGZV1C0AFR0000000000005"
    fee {
      base: BASE_LABOUR_AND_PARTS
      unit_amount_minor: 450
      rate_ppm: 60000
      min_minor: 100
      max_minor: 3500
    }
    warranty_months: 24
    warranty_miles: 24000
    category: "charging"
    price_version: 3
    price_reason: "matched a quote"
  )pb");
  line.set_line_id(kPartLine);
  line.set_job_id(kJob);
  line.set_part_id(kPart);
  *line.mutable_discount() = Discount();
  *line.mutable_amounts() = Amounts();
  return line;
}

v1::Authorization Authorization(const std::string& reason) {
  v1::Authorization authorization = FromText<v1::Authorization>(R"pb(
    amount_excluding_tax_minor: 60300
    amount_including_tax_minor: 62900
    channel: AUTHORIZATION_CHANNEL_PHONE
    decided_at { seconds: 1767263400 nanos: 500000000 }
    taken_by: "advisor-2"
    evidence_id: "call-note-118"
    follow_up_at { seconds: 1774951200 nanos: 500000000 }
  )pb");
  authorization.set_person_ref(kCustomer);
  authorization.set_reason(reason);
  return authorization;
}

v1::Job Job() {
  v1::Job job = FromText<v1::Job>(R"pb(
    title: "Charging system"
    complaint: "Battery light is on"
    cause: "Diode pack open"
    correction: "Replaced the alternator"
    status: JOB_STATUS_COMPLETE
    consent_outdated: true
    technician: "technician-7"
    started_at { seconds: 1767264300 nanos: 500000000 }
    completed_at { seconds: 1767268800 nanos: 500000000 }
  )pb");
  job.set_job_id(kJob);
  *job.add_lines() = Line();
  *job.mutable_authorization() = Authorization("agreed");
  return job;
}

v1::Ticket Ticket() {
  v1::Ticket ticket = FromText<v1::Ticket>(R"pb(
    kind: TICKET_KIND_REPAIR_ORDER
    currency: "USD"
    number: "RO-00017"
    invoice_number: "INV-00009"
    vehicle_id: "veh_01JGGZV1C0DEF0000000000008"
    stage: DOCUMENT_STAGE_INVOICED
    settlement: SETTLEMENT_PARTIAL
    production: JOB_STATUS_COMPLETE
    odometer_in: 88120
    odometer_out: 88123
    paid_minor: 20000
    opened_at { seconds: 1767261600 nanos: 500000000 }
    invoiced_at { seconds: 1767270000 nanos: 500000000 }
    closed_at { seconds: 1767270600 nanos: 500000000 }
    business_date: "2026-01-01"
    advisor: "advisor-2"
    version: 12
    cash_increment_minor: 5
    return_old_parts: true
    agreed_excluding_tax_minor: 63648
    agreed_including_tax_minor: 66466
  )pb");
  ticket.set_ticket_id(kTicket);
  ticket.set_location_id(kLocation);
  ticket.set_customer_id(kCustomer);
  *ticket.add_jobs() = Job();
  *ticket.add_lines() = Line();
  *ticket.mutable_discount() = Discount();
  *ticket.mutable_totals() = Totals();
  return ticket;
}

v1::Location Location() {
  v1::Location location = FromText<v1::Location>(R"pb(
    name: "Main Street"
    time_zone: "America/Chicago"
    currency: "USD"
    tax_rules {
      rule_id: "ks-state-2026"
      authority: "Kansas"
      rate_ppm: 65000
      categories: TAX_CATEGORY_PART
      categories: TAX_CATEGORY_CORE
      effective_from: "2026-01-01"
      effective_to: "2026-12-31"
    }
    tax_rounding: TAX_ROUNDING_DOCUMENT
    labour_rates { labour_type: LABOUR_TYPE_MECHANICAL rate_minor: 14500 }
    default_fees {
      description: "Shop supplies"
      rule {
        base: BASE_LABOUR_AND_PARTS
        unit_amount_minor: 450
        rate_ppm: 60000
        min_minor: 100
        max_minor: 3500
      }
      tax_category: TAX_CATEGORY_SUPPLIES
    }
    overage {
      rate_ppm: 100000
      amount_minor: 1000
      combine: COMBINE_LESSER
      cap_minor: 5000
      before_tax: true
    }
    cash_increment_minor: 5
    version: 2
  )pb");
  location.set_location_id(kLocation);
  return location;
}

v1::PriceListed PriceListed() {
  v1::PriceListed listed = FromText<v1::PriceListed>(R"pb(
    part_number: "A-2210/R"
    brand: "Voltra"
    description: "Alternator, remanufactured"
    category: "charging"
    currency: "USD"
    list_price_minor: 40000
    unit_cost_e4: 1687500
    core_minor: 4500
    unit: "ea"
    price_version: 3
  )pb");
  listed.set_part_id(kPart);
  return listed;
}

// Collects events and gives each a meta with every field.
class Examples {
 public:
  v1::TicketEvent& Add(const std::string& stream_id, const std::string& type) {
    v1::TicketEvent& event = events_.emplace_back();
    common::v1::EventMeta& meta = *event.mutable_meta();
    meta = FromText<common::v1::EventMeta>(R"pb(
      event_id: "evt_01JGGZV1C0AFR000000000000B"
      source: "ticket.0"
      slot: 687
      occurred_at { seconds: 1767270000 nanos: 250000000 }
      recorded_at { seconds: 1767270000 nanos: 500000000 }
      business_date: "2026-01-01"
      actor { subject: "advisor-2" device_id: "tablet-1" }
      request_id: "r-118"
      causation_id: "evt_01JGGZV1C0AFR000000000000A"
      correlation_id: "r-118"
      traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    )pb");
    meta.set_type("pitlane.ticket.v1." + type);
    meta.set_stream_id(stream_id);
    meta.set_version(events_.size());
    meta.set_position(1000 + events_.size());
    meta.set_location_id(kLocation);
    return event;
  }

  std::vector<v1::TicketEvent> Take() { return std::move(events_); }

 private:
  std::vector<v1::TicketEvent> events_;
};

void AddOtherStreams(Examples& examples) {
  *examples.Add(kLocation, "LocationConfigured").mutable_location_configured()->mutable_location() =
      Location();
  v1::NumberAssigned& assigned =
      *examples.Add(std::string(kLocation) + "/numbers", "NumberAssigned")
           .mutable_number_assigned();
  assigned.set_series("RO");
  assigned.set_number(17);
  assigned.set_ticket_id(kTicket);
  *examples.Add(kPart, "PriceListed").mutable_price_listed() = PriceListed();
  v1::CustomerKnown& known = *examples.Add(kCustomer, "CustomerKnown").mutable_customer_known();
  known.set_customer_id(kCustomer);
  known.set_erased(true);
}

void AddLines(Examples& examples) {
  *examples.Add(kTicket, "TicketOpened").mutable_ticket_opened()->mutable_ticket() = Ticket();
  *examples.Add(kTicket, "JobAdded").mutable_job_added()->mutable_job() = Job();
  v1::LineAdded& added = *examples.Add(kTicket, "LineAdded").mutable_line_added();
  *added.mutable_line() = Line();
  *added.mutable_calculation() = Calculation();
  added.set_outdates_consent(true);
  v1::LineChanged& changed = *examples.Add(kTicket, "LineChanged").mutable_line_changed();
  *changed.mutable_line() = Line();
  *changed.mutable_calculation() = Calculation();
  changed.set_outdates_consent(true);
  v1::LineRemoved& removed = *examples.Add(kTicket, "LineRemoved").mutable_line_removed();
  removed.set_line_id(kPartLine);
  removed.set_job_id(kJob);
  removed.set_part_id(kPart);
  *removed.mutable_calculation() = Calculation();
  removed.set_outdates_consent(true);
  v1::TicketDiscounted& discounted =
      *examples.Add(kTicket, "TicketDiscounted").mutable_ticket_discounted();
  *discounted.mutable_discount() = Discount();
  *discounted.mutable_calculation() = Calculation();
}

void AddDecisions(Examples& examples) {
  v1::JobAuthorized& authorized = *examples.Add(kTicket, "JobAuthorized").mutable_job_authorized();
  authorized.set_job_id(kJob);
  *authorized.mutable_authorization() = Authorization("agreed");
  v1::PartDemand& demand = *authorized.add_parts();
  demand.set_line_id(kPartLine);
  demand.set_part_id(kPart);
  demand.set_quantity_milli(1000);
  *authorized.mutable_calculation() = Calculation();
  authorized.set_agreed_excluding_tax_minor(63648);
  authorized.set_agreed_including_tax_minor(66466);
  v1::JobDeclined& declined = *examples.Add(kTicket, "JobDeclined").mutable_job_declined();
  declined.set_job_id(kJob);
  *declined.mutable_authorization() = Authorization("too expensive");
  *declined.mutable_calculation() = Calculation();
  v1::JobDeferred& deferred = *examples.Add(kTicket, "JobDeferred").mutable_job_deferred();
  deferred.set_job_id(kJob);
  *deferred.mutable_authorization() = Authorization("at the next oil change");
  *deferred.mutable_calculation() = Calculation();
  v1::WorkStarted& started = *examples.Add(kTicket, "WorkStarted").mutable_work_started();
  started.set_job_id(kJob);
  started.set_technician("technician-7");
  v1::JobCompleted& completed = *examples.Add(kTicket, "JobCompleted").mutable_job_completed();
  completed.set_job_id(kJob);
  completed.set_cause("Diode pack open");
  completed.set_correction("Replaced the alternator");
}

void AddMoney(Examples& examples) {
  *examples.Add(kTicket, "TicketInvoiced").mutable_ticket_invoiced()->mutable_ticket() = Ticket();
  v1::MoneyReceived& received = *examples.Add(kTicket, "MoneyReceived").mutable_money_received();
  received.set_payment_id(kPayment);
  received.set_applied_minor(20000);
  received.set_balance_minor(46466);
  v1::MoneyReturned& returned = *examples.Add(kTicket, "MoneyReturned").mutable_money_returned();
  returned.set_payment_id(kPayment);
  returned.set_refund_id("rfd_01JGGZV1C0AFR000000000000C");
  returned.set_refunded_minor(5000);
  returned.set_balance_minor(51466);
  *examples.Add(kTicket, "TicketClosed").mutable_ticket_closed()->mutable_ticket() = Ticket();
  v1::TicketVoided& voided = *examples.Add(kTicket, "TicketVoided").mutable_ticket_voided();
  voided.set_reason("the customer left");
  voided.set_location_id(kLocation);
}

}  // namespace

std::vector<v1::TicketEvent> EventExamples() {
  Examples examples;
  AddOtherStreams(examples);
  AddLines(examples);
  AddDecisions(examples);
  AddMoney(examples);
  return examples.Take();
}

}  // namespace pitlane::ticket
