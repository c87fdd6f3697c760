#include "services/ticket/domain/testing_tickets.h"

#include <gtest/gtest.h>

#include <utility>

#include "absl/strings/str_format.h"
#include "google/protobuf/text_format.h"
#include "libs/rpc/errors.h"

namespace pitlane::ticket {

std::string TestJob(int n) { return absl::StrFormat("job_01JGGZV1C0AFR00000000%05d", n); }
std::string TestLine(int n) { return absl::StrFormat("lin_01JGGZV1C0AFR00000000%05d", n); }

v1::Location TestLocation() {
  v1::Location location;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(
      R"pb(
        name: "Main Street"
        time_zone: "America/Chicago"
        currency: "USD"
        tax_rules {
          rule_id: "state"
          authority: "State"
          rate_ppm: 62500
          categories: TAX_CATEGORY_PART
          categories: TAX_CATEGORY_SUPPLIES
          categories: TAX_CATEGORY_CORE
        }
        tax_rules {
          rule_id: "local"
          authority: "City"
          rate_ppm: 20000
          categories: TAX_CATEGORY_PART
          categories: TAX_CATEGORY_SUPPLIES
          categories: TAX_CATEGORY_CORE
        }
        tax_rounding: TAX_ROUNDING_DOCUMENT
        labour_rates { labour_type: LABOUR_TYPE_MECHANICAL rate_minor: 14500 }
        default_fees {
          description: "Shop supplies"
          rule { base: BASE_LABOUR_AND_PARTS rate_ppm: 60000 max_minor: 3500 }
          tax_category: TAX_CATEGORY_SUPPLIES
        }
        default_fees {
          description: "Hazardous waste"
          rule { base: BASE_FLAT unit_amount_minor: 450 }
          tax_category: TAX_CATEGORY_FEE
        }
        version: 1
      )pb",
      &location));
  location.set_location_id(kTestLocation);
  return location;
}

v1::PartPrice TestPrice(int64_t list_price_minor, int64_t core_minor) {
  v1::PartPrice price;
  price.set_part_id(kTestPart);
  price.set_part_number("D-1210/A");
  price.set_brand("Ferro");
  price.set_description("Brake pads, front");
  price.set_category("brakes");
  price.set_currency("USD");
  price.set_list_price_minor(list_price_minor);
  price.set_unit_cost_e4(423000);
  price.set_core_minor(core_minor);
  price.set_unit("ea");
  price.set_price_version(3);
  return price;
}

Context TestContext(const v1::Location& location) {
  return {.now = absl::FromUnixSeconds(1768500000),
          .business_date = "2026-01-15",
          .actor = "advisor-2",
          .location = location};
}

OpenTicket TestOpen(v1::TicketKind kind) {
  OpenTicket command;
  command.request.set_ticket_id(kTestTicket);
  command.request.set_location_id(kTestLocation);
  command.request.set_kind(kind);
  command.request.set_customer_id(kTestCustomer);
  if (kind == v1::TICKET_KIND_REPAIR_ORDER) command.request.set_vehicle_id(kTestVehicle);
  command.request.set_odometer_in(88120);
  command.number = kind == v1::TICKET_KIND_REPAIR_ORDER ? "RO-00017" : "CS-00004";
  if (kind == v1::TICKET_KIND_QUOTE) command.number = "QU-00002";
  command.fee_line_ids = {TestLine(901), TestLine(902)};
  command.customer.set_customer_id(kTestCustomer);
  return command;
}

AddJob TestAddJob(int job) {
  AddJob command;
  command.set_ticket_id(kTestTicket);
  command.set_job_id(TestJob(job));
  command.set_title("Front brakes");
  command.set_complaint("Squeals when cold");
  return command;
}

AddLabourLine TestLabour(int job, int line, int32_t hours_centi) {
  AddLabourLine command;
  command.set_ticket_id(kTestTicket);
  command.set_job_id(TestJob(job));
  command.set_line_id(TestLine(line));
  command.set_description("Replace front pads and rotors");
  command.set_hours_centi(hours_centi);
  return command;
}

AddPartLine TestAddPart(int job, int line, int64_t list_price_minor, int64_t quantity_milli,
                        int64_t core_minor) {
  AddPartLine command;
  command.request.set_ticket_id(kTestTicket);
  command.request.set_job_id(TestJob(job));
  command.request.set_line_id(TestLine(line));
  command.request.set_part_id(kTestPart);
  command.request.set_quantity_milli(quantity_milli);
  command.request.set_condition(v1::PART_CONDITION_NEW_AFTERMARKET);
  command.core_line_id = TestLine(line + 500);
  command.price = TestPrice(list_price_minor, core_minor);
  return command;
}

AddFeeLine TestFee(int job, int line, int64_t amount_minor) {
  AddFeeLine command;
  command.set_ticket_id(kTestTicket);
  if (job != 0) command.set_job_id(TestJob(job));
  command.set_line_id(TestLine(line));
  command.set_description("Disposal");
  command.mutable_fee()->set_base(v1::FeeRule::BASE_FLAT);
  command.mutable_fee()->set_unit_amount_minor(amount_minor);
  return command;
}

AuthorizeJob TestAuthorize(int job) {
  AuthorizeJob command;
  command.set_ticket_id(kTestTicket);
  command.set_job_id(TestJob(job));
  command.set_person_ref(kTestCustomer);
  command.set_channel(v1::AUTHORIZATION_CHANNEL_PHONE);
  command.set_contact_ref("phone-1");
  command.set_evidence_id("call-note-118");
  return command;
}

DeclineJob TestDecline(int job) {
  DeclineJob command;
  command.set_ticket_id(kTestTicket);
  command.set_job_id(TestJob(job));
  command.set_reason("too expensive");
  return command;
}

DeferJob TestDefer(int job) {
  DeferJob command;
  command.set_ticket_id(kTestTicket);
  command.set_job_id(TestJob(job));
  command.set_reason("at the next oil change");
  command.mutable_follow_up_at()->set_seconds(1774951200);
  return command;
}

StartJob TestStart(int job) {
  StartJob command;
  command.set_ticket_id(kTestTicket);
  command.set_job_id(TestJob(job));
  command.set_technician("technician-7");
  return command;
}

CompleteJob TestComplete(int job) {
  CompleteJob command;
  command.set_ticket_id(kTestTicket);
  command.set_job_id(TestJob(job));
  command.set_correction("Replaced pads and rotors");
  return command;
}

InvoiceTicket TestInvoice() {
  InvoiceTicket command;
  command.request.set_ticket_id(kTestTicket);
  command.request.set_odometer_out(88123);
  command.invoice_number = "INV-00009";
  return command;
}

VoidTicket TestVoid() {
  VoidTicket command;
  command.set_ticket_id(kTestTicket);
  command.set_reason("the customer left");
  return command;
}

PresentEstimate TestPresent() {
  PresentEstimate command;
  command.set_ticket_id(kTestTicket);
  command.set_presented_to_ref(kTestCustomer);
  command.set_channel(v1::AUTHORIZATION_CHANNEL_EMAIL);
  return command;
}

CancelEstimate TestCancelEstimate() {
  CancelEstimate command;
  command.set_ticket_id(kTestTicket);
  command.set_reason("found it cheaper");
  return command;
}

ExpireEstimate TestExpireEstimate() {
  ExpireEstimate command;
  command.set_ticket_id(kTestTicket);
  return command;
}

ConvertQuote TestConvert(v1::TicketKind kind) {
  ConvertQuote command;
  command.request.set_ticket_id(kTestTicket);
  command.request.set_kind(kind);
  command.request.set_new_ticket_id("tkt_01JGGZV1C0AFR000000000000D");
  return command;
}

ScheduleJob TestSchedule(int job) {
  ScheduleJob command;
  command.set_ticket_id(kTestTicket);
  command.set_job_id(TestJob(job));
  command.mutable_schedule()->mutable_starts_at()->set_seconds(1768550400);
  command.mutable_schedule()->set_technician("technician-7");
  return command;
}

HoldJob TestHold(int job, v1::HoldKind kind) {
  HoldJob command;
  command.set_ticket_id(kTestTicket);
  command.set_job_id(TestJob(job));
  command.set_kind(kind);
  command.set_reason("the pads come tomorrow");
  return command;
}

ResumeJob TestResume(int job) {
  ResumeJob command;
  command.set_ticket_id(kTestTicket);
  command.set_job_id(TestJob(job));
  return command;
}

CheckQuality TestCheckQuality(int job) {
  CheckQuality command;
  command.set_ticket_id(kTestTicket);
  command.set_job_id(TestJob(job));
  command.set_note("road test");
  return command;
}

CancelJob TestCancelJob(int job) {
  CancelJob command;
  command.set_ticket_id(kTestTicket);
  command.set_job_id(TestJob(job));
  command.set_reason("part discontinued");
  return command;
}

TestedTicket::TestedTicket(v1::Location location) : location_(std::move(location)) {}

Context TestedTicket::context() const {
  Context context = TestContext(location_);
  context.now += absl::Hours(24) * days_;
  context.business_date = absl::FormatCivilTime(absl::CivilDay(2026, 1, 15) + days_);
  context.menu.labour = &menu_.labour;
  context.menu.parts = &menu_.parts;
  context.menu.terms = &menu_.terms;
  context.menu.fees = &menu_.fees;
  for (const auto& [code, operation] : menu_.operations) {
    context.menu.operations[code] = &operation;
  }
  for (const auto& [code, times] : menu_.times) context.menu.times[code] = &times;
  return context;
}

void TestedTicket::Record(absl::StatusOr<Events> events) {
  if (!events.ok()) {
    ADD_FAILURE() << "refused with " << rpc::ErrorReason(events.status()) << ": "
                  << events.status();
    return;
  }
  last_events_ = *std::move(events);
  for (const v1::TicketEvent& event : last_events_) {
    TicketAggregate::Apply(state_, event);
    events_.push_back(event);
  }
}

TestedTicket EstimatedTicket(v1::TicketKind kind) { return EstimatedTicket(kind, TestLocation()); }

TestedTicket EstimatedTicket(v1::TicketKind kind, v1::Location location) {
  TestedTicket ticket(std::move(location));
  ticket.Do(TestOpen(kind)).Do(TestAddJob(1));
  if (kind == v1::TICKET_KIND_REPAIR_ORDER) ticket.Do(TestLabour(1, 1, 100));
  ticket.Do(TestAddPart(1, 2, 10000));
  return ticket;
}

TestedTicket AuthorizedTicket(v1::TicketKind kind) {
  TestedTicket ticket = EstimatedTicket(kind);
  ticket.Do(TestAuthorize(1));
  return ticket;
}

TestedTicket StartedTicket() {
  TestedTicket ticket = AuthorizedTicket();
  ticket.Do(TestStart(1));
  return ticket;
}

TestedTicket CompletedTicket() {
  TestedTicket ticket = StartedTicket();
  ticket.Do(TestComplete(1));
  return ticket;
}

TestedTicket InvoicedTicket(v1::TicketKind kind) {
  TestedTicket ticket =
      kind == v1::TICKET_KIND_REPAIR_ORDER ? CompletedTicket() : AuthorizedTicket(kind);
  ticket.Do(TestInvoice());
  return ticket;
}

TestedTicket ClosedTicket() {
  TestedTicket ticket = InvoicedTicket();
  ticket.Do(ReceiveMoney{"pay_01JGGZV1C0AFR0000000000009", ticket.ticket().totals().total_minor(),
                         "USD"});
  return ticket;
}

TestedTicket VoidedTicket() {
  TestedTicket ticket = EstimatedTicket();
  ticket.Do(TestVoid());
  return ticket;
}

}  // namespace pitlane::ticket
