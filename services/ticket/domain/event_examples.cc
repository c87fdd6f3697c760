#include "services/ticket/domain/event_examples.h"

#include <string>
#include <utility>

#include "google/protobuf/text_format.h"
#include "libs/base/check.h"
#include "services/ticket/domain/credit_examples.h"
#include "services/ticket/domain/menu_examples.h"
#include "services/ticket/domain/tax_examples.h"

namespace pitlane::ticket {
namespace {

constexpr char kLocation[] = "loc_01JGGZV1C0AFR0000000000001";
constexpr char kTicket[] = "tkt_01JGGZV1C0AFR0000000000002";
constexpr char kJob[] = "job_01JGGZV1C0AFR0000000000003";
constexpr char kPartLine[] = "lin_01JGGZV1C0AFR0000000000004";
constexpr char kPart[] = "prt_01JGGZV1C0BCD0000000000006";
constexpr char kCustomer[] = "cus_01JGGZV1C0CDE0000000000007";
constexpr char kVehicle[] = "veh_01JGGZV1C0DEF0000000000008";
constexpr char kOtherTicket[] = "tkt_01JGGZV1C0AFR000000000000D";
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

v1::Schedule Schedule() {
  return FromText<v1::Schedule>(R"pb(
    starts_at { seconds: 1767264000 nanos: 500000000 }
    promised_at { seconds: 1767271200 nanos: 500000000 }
    technician: "technician-7"
  )pb");
}

v1::EstimateVersion Estimate() {
  v1::EstimateVersion estimate = FromText<v1::EstimateVersion>(R"pb(
    number: 2
    ticket_number: "RO-00017"
    kind: TICKET_KIND_REPAIR_ORDER
    vehicle_id: "veh_01JGGZV1C0DEF0000000000008"
    currency: "USD"
    presented_at { seconds: 1767262800 nanos: 500000000 }
    valid_until: "2026-01-31"
    jobs {
      title: "Charging system"
      complaint: "Battery light is on"
      cause: "Diode pack open"
      amount_excluding_tax_minor: 60300
      amount_including_tax_minor: 62900
    }
    return_old_parts: true
    presented_by: "advisor-2"
    channel: AUTHORIZATION_CHANNEL_EMAIL
    previous_sha256: "3b1d4b2f0a5f6c1de2f5f2c1a7f2f0d9c5a4b3e2d1f0a9b8c7d6e5f4a3b2c1d0"
    sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
  )pb");
  estimate.set_ticket_id(kTicket);
  estimate.set_location_id(kLocation);
  estimate.set_customer_id(kCustomer);
  estimate.set_presented_to_ref(kCustomer);
  estimate.mutable_jobs(0)->set_job_id(kJob);
  *estimate.mutable_jobs(0)->add_lines() = Line();
  *estimate.add_lines() = Line();
  *estimate.mutable_discount() = Discount();
  *estimate.mutable_totals() = Totals();
  return estimate;
}

void AddEstimates(Examples& examples) {
  *examples.Add(kTicket, "EstimatePresented").mutable_estimate_presented()->mutable_estimate() =
      Estimate();
  examples.Add(kTicket, "EstimateCancelled")
      .mutable_estimate_cancelled()
      ->set_reason("found it cheaper");
  v1::EstimateExpired& expired =
      *examples.Add(kTicket, "EstimateExpired").mutable_estimate_expired();
  expired.set_estimate_version(2);
  expired.set_valid_until("2026-01-31");
}

void AddWork(Examples& examples) {
  v1::JobScheduled& scheduled = *examples.Add(kTicket, "JobScheduled").mutable_job_scheduled();
  scheduled.set_job_id(kJob);
  *scheduled.mutable_schedule() = Schedule();
  v1::JobHeld& held = *examples.Add(kTicket, "JobHeld").mutable_job_held();
  held.set_job_id(kJob);
  held.set_kind(v1::HOLD_KIND_PARTS);
  held.set_reason("the alternator comes tomorrow");
  examples.Add(kTicket, "JobResumed").mutable_job_resumed()->set_job_id(kJob);
  v1::JobQualityChecked& checked =
      *examples.Add(kTicket, "JobQualityChecked").mutable_job_quality_checked();
  checked.set_job_id(kJob);
  checked.set_checked_by("technician-2");
  checked.set_note("14.2 V at idle");
  v1::JobCancelled& cancelled = *examples.Add(kTicket, "JobCancelled").mutable_job_cancelled();
  cancelled.set_job_id(kJob);
  cancelled.set_reason("part discontinued");
  *cancelled.mutable_calculation() = Calculation();
  cancelled.set_agreed_excluding_tax_minor(3348);
  cancelled.set_agreed_including_tax_minor(3566);
}

void AddCredits(Examples& examples) {
  *examples.Add(kTicket, "CreditMemoIssued").mutable_credit_memo_issued()->mutable_memo() =
      CreditMemoExample(Line());
  v1::VehicleChangedHands& sold =
      *examples.Add(kVehicle, "VehicleChangedHands").mutable_vehicle_changed_hands();
  sold.set_vehicle_id(kVehicle);
  sold.set_on_date("2026-05-01");
}

void AddLaterCredits(Examples& examples) {
  v1::TicketClosed& closed = *examples.Add(kTicket, "TicketClosed").mutable_ticket_closed();
  *closed.mutable_ticket() = Ticket();
  AddCreditsExample(*closed.mutable_ticket());
  *closed.add_credits() = CreditMemoExample(Line());
  v1::Job& job = *examples.Add(kTicket, "JobAdded").mutable_job_added()->mutable_job();
  job = Job();
  AddTakenUpExample(job);
  v1::JobDeclined& declined = *examples.Add(kTicket, "JobDeclined").mutable_job_declined();
  declined.set_job_id(kJob);
  *declined.mutable_authorization() = Authorization("next time");
  *declined.mutable_work() = DeclinedWorkExample(Job());
  v1::JobDeferred& deferred = *examples.Add(kTicket, "JobDeferred").mutable_job_deferred();
  deferred.set_job_id(kJob);
  *deferred.mutable_authorization() = Authorization("next time");
  *deferred.mutable_work() = DeclinedWorkExample(Job());
  v1::Location& location = *examples.Add(kLocation, "LocationConfigured")
                                .mutable_location_configured()
                                ->mutable_location();
  location.set_location_id(kLocation);
  AddFollowUpsExample(location);
}

void AddTaxes(Examples& examples) {
  *examples.Add("jur_1H9CPR0MTNA1YMV5BRGCPTX5T6", "TaxJurisdictionConfigured")
       .mutable_tax_jurisdiction_configured()
       ->mutable_jurisdiction() = TaxJurisdictionExample();
  v1::ExemptionCertificate& certificate =
      *examples.Add(std::string(kCustomer) + "/certificates", "ExemptionCertificateRecorded")
           .mutable_exemption_certificate_recorded()
           ->mutable_certificate();
  certificate = CertificateExample();
  certificate.set_customer_id(kCustomer);
  v1::TaxTreatmentSet& treatment =
      *examples.Add(kTicket, "TaxTreatmentSet").mutable_tax_treatment_set();
  treatment = FromText<v1::TaxTreatmentSet>(R"pb(
    delivery_jurisdiction: "US-NV"
    jobs { lump_sum: true }
    lines { core_surrendered: true tax_category: TAX_CATEGORY_CORE }
  )pb");
  treatment.mutable_jobs(0)->set_job_id(kJob);
  treatment.mutable_lines(0)->set_line_id(kPartLine);
  *treatment.mutable_calculation() = Calculation();
}

void AddPayers(Examples& examples) {
  v1::JobSplit& split = *examples.Add(kTicket, "JobSplit").mutable_job_split();
  split.set_job_id(kJob);
  *split.mutable_payers() = PayersExample();
  *split.mutable_calculation() = Calculation();
  v1::InvoicePutOnAccount& put =
      *examples.Add(kTicket, "InvoicePutOnAccount").mutable_invoice_put_on_account();
  put.set_invoice_number("INV-00010");
  *put.mutable_payer() = PayersExample()[0].payer();
  put.set_amount_minor(15075);
  *examples.Add(kTicket, "ApprovalRequested").mutable_approval_requested()->mutable_approval() =
      ApprovalExample();
  v1::ApprovalGiven& given = *examples.Add(kTicket, "ApprovalGiven").mutable_approval_given();
  given.set_approval_id(ApprovalExample().approval_id());
  given.set_approver("manager-1");
  given.set_method(v1::APPROVAL_METHOD_PIN);
  given.set_amount_minor(12000);
}

void AddLaterTaxes(Examples& examples) {
  v1::Location location = Location();
  location.set_tax_jurisdiction("US-CA/los-angeles-county/culver-city");
  location.set_prices_include_tax(true);
  *location.mutable_tax_rules(0) = TaxJurisdictionExample().rules(0);
  *examples.Add(kLocation, "LocationConfigured").mutable_location_configured()->mutable_location() =
      location;
  v1::Ticket& ticket =
      *examples.Add(kTicket, "TicketInvoiced").mutable_ticket_invoiced()->mutable_ticket();
  ticket = Ticket();
  AddPayersExample(ticket);
  v1::TicketDiscounted& discounted =
      *examples.Add(kTicket, "TicketDiscounted").mutable_ticket_discounted();
  *discounted.mutable_discount() = Discount();
  *discounted.add_coupons() = CouponExample();
  v1::EstimateVersion& presented =
      *examples.Add(kTicket, "EstimatePresented").mutable_estimate_presented()->mutable_estimate();
  presented = Estimate();
  *presented.add_coupons() = CouponExample();
}

void AddLinks(Examples& examples) {
  examples.Add(kTicket, "QuoteConverted").mutable_quote_converted()->set_ticket_id(kOtherTicket);
  examples.Add(kTicket, "TicketFollowed").mutable_ticket_followed()->set_ticket_id(kOtherTicket);
}

// What a job has since there are estimates, schedules and holds.
v1::Job JobOfToday() {
  v1::Job job = Job();
  v1::Authorization& authorization = *job.mutable_authorization();
  authorization.set_decision(v1::CONSENT_DECISION_APPROVE);
  authorization.set_estimate_version(2);
  authorization.set_estimate_sha256(Estimate().sha256());
  authorization.set_contact_ref("phone-1");
  job.set_estimate_version(2);
  *job.mutable_schedule() = Schedule();
  job.mutable_hold()->set_kind(v1::HOLD_KIND_PARTS);
  job.mutable_hold()->set_reason("the alternator comes tomorrow");
  job.mutable_hold()->mutable_since()->set_seconds(1767265200);
  job.set_quality_checked_by("technician-2");
  job.mutable_quality_checked_at()->set_seconds(1767269400);
  job.set_cancel_reason("part discontinued");
  return job;
}

v1::Ticket TicketOfToday() {
  v1::Ticket ticket = Ticket();
  *ticket.mutable_jobs(0) = JobOfToday();
  const v1::EstimateVersion presented = Estimate();
  v1::EstimateSummary& estimate = *ticket.add_estimates();
  estimate.set_number(presented.number());
  *estimate.mutable_presented_at() = presented.presented_at();
  estimate.set_valid_until(presented.valid_until());
  estimate.set_amount_excluding_tax_minor(63648);
  estimate.set_amount_including_tax_minor(66466);
  estimate.set_sha256(presented.sha256());
  estimate.set_ticket_version(7);
  v1::TicketLink& link = *ticket.add_links();
  link.set_relation(v1::TicketLink::RELATION_FROM_QUOTE);
  link.set_ticket_id(kOtherTicket);
  return ticket;
}

v1::Location LocationOfToday() {
  v1::Location location = Location();
  location.set_jurisdiction("US-FL");
  location.set_estimate_valid_days(14);
  *location.add_consent_rules() = FromText<v1::ConsentRule>(R"pb(
    rule_id: "us-fl-559.909"
    jurisdiction: "US-FL"
    citation: "Florida Statutes 559.905, 559.909"
    effective_from: "2026-01-01"
    effective_to: "2026-12-31"
    overage { rate_ppm: 100000 amount_minor: 1000 combine: COMBINE_LARGER cap_minor: 5000 }
    written_estimate_from_minor: 10001
  )pb");
  return location;
}

}  // namespace

std::vector<v1::TicketEvent> LaterEventExamples() {
  Examples examples;
  *examples.Add(kLocation, "LocationConfigured").mutable_location_configured()->mutable_location() =
      LocationOfToday();
  v1::TicketEvent& known = examples.Add(kCustomer, "CustomerKnown");
  known.mutable_meta()->set_causation_position("customer_vehicle.0.3@1734");
  known.mutable_customer_known()->set_customer_id(kCustomer);
  *examples.Add(kTicket, "TicketOpened").mutable_ticket_opened()->mutable_ticket() =
      TicketOfToday();
  v1::LineAdded& added = *examples.Add(kTicket, "LineAdded").mutable_line_added();
  *added.mutable_line() = Line();
  added.set_outdates_estimate(true);
  v1::LineChanged& changed = *examples.Add(kTicket, "LineChanged").mutable_line_changed();
  *changed.mutable_line() = Line();
  changed.set_outdates_estimate(true);
  v1::LineRemoved& removed = *examples.Add(kTicket, "LineRemoved").mutable_line_removed();
  removed.set_line_id(kPartLine);
  removed.set_outdates_estimate(true);
  AddLaterTaxes(examples);
  *examples.Add(kTicket, "LineAdded").mutable_line_added()->mutable_line() = MenuLineExample();
  *examples.Add(kLocation, "LocationConfigured")
       .mutable_location_configured()
       ->mutable_location()
       ->add_counter_policies() = CounterPolicyExample();
  examples.Add(kTicket, "TicketOpened")
      .mutable_ticket_opened()
      ->mutable_ticket()
      ->set_will_call_until("2026-01-08");
  AddLaterCredits(examples);
  return examples.Take();
}

std::vector<v1::TicketEvent> EventExamples() {
  Examples examples;
  AddOtherStreams(examples);
  AddLines(examples);
  AddDecisions(examples);
  AddMoney(examples);
  AddEstimates(examples);
  AddWork(examples);
  AddLinks(examples);
  AddTaxes(examples);
  AddPayers(examples);
  AddCredits(examples);
  for (MenuExample& example : MenuExamples()) {
    v1::TicketEvent& event = examples.Add(example.stream_id, example.type);
    example.event.mutable_meta()->Swap(event.mutable_meta());
    event = std::move(example.event);
  }
  return examples.Take();
}

}  // namespace pitlane::ticket
