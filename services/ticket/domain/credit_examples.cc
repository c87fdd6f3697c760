#include "services/ticket/domain/credit_examples.h"

#include "google/protobuf/text_format.h"
#include "libs/base/check.h"

namespace pitlane::ticket {
namespace {

template <class Message>
Message FromText(const char* text) {
  Message message;
  PITLANE_CHECK(google::protobuf::TextFormat::ParseFromString(text, &message))
      << "an example does not parse";
  return message;
}

}  // namespace

v1::CreditMemo CreditMemoExample(const v1::Line& line) {
  v1::CreditMemo memo = FromText<v1::CreditMemo>(R"pb(
    credit_memo_id: "crm_01JGGZV1C0AFR0000000000007"
    number: "CM-00007"
    kind: TICKET_KIND_CREDIT_MEMO
    ticket_id: "tkt_01JGGZV1C0AFR0000000000002"
    ticket_number: "RO-00017"
    invoice_number: "INV-00009"
    location_id: "loc_01JGGZV1C0AFR0000000000001"
    customer_id: "cus_01JGGZV1C0CDE0000000000007"
    vehicle_id: "veh_01JGGZV1C0DEF0000000000008"
    currency: "USD"
    business_date: "2026-01-15"
    invoice_business_date: "2026-01-01"
    issued_at { seconds: 1768479600 nanos: 500000000 }
    issued_by: "cashier-3"
    reason: "did not fit"
    whole_ticket: true
    lines {
      description: "Alternator, remanufactured"
      quantity_milli: 1000
      unit: "ea"
      returned { disposition: DISPOSITION_RESTOCK quantity_milli: 1000 }
      core_condition: CORE_CONDITION_DAMAGED
      part_number: "A-2210/R"
      category: "charging"
      technician: "technician-7"
      by_amount: true
    }
    totals { parts_net_minor: 28969 tax_minor: 2390 total_minor: 31359 }
    invoice_stage: DOCUMENT_STAGE_CLOSED
    balance_minor: -31359
    at_till_minor: 31359
  )pb");
  v1::CreditLine& credit = *memo.mutable_lines(0);
  credit.set_line_id(line.line_id());
  credit.set_job_id(line.job_id());
  credit.set_kind(line.kind());
  credit.set_part_id(line.part_id());
  *credit.mutable_amounts() = line.amounts();
  *credit.mutable_withheld() = line.amounts();
  return memo;
}

v1::DeclinedWork DeclinedWorkExample(const v1::Job& job) {
  v1::DeclinedWork work = FromText<v1::DeclinedWork>(R"pb(
    ticket_id: "tkt_01JGGZV1C0AFR0000000000002"
    ticket_number: "RO-00017"
    location_id: "loc_01JGGZV1C0AFR0000000000001"
    vehicle_id: "veh_01JGGZV1C0DEF0000000000008"
    currency: "USD"
    decision: CONSENT_DECISION_DECLINE
    decided_on: "2026-01-01"
    reason: "next time"
    follow_up_on: "2026-01-31"
    amount_excluding_tax_minor: 24500
    amount_including_tax_minor: 25325
    operation_codes: "BRK-PAD-F"
    taken_up_by_ticket_id: "tkt_01JGGZV1C0AFR0000000000003"
  )pb");
  *work.mutable_job() = job;
  return work;
}

void AddCreditsExample(v1::Ticket& ticket) {
  v1::TicketCredit& credit = *ticket.add_credits();
  credit.set_credit_memo_id("crm_01JGGZV1C0AFR0000000000007");
  credit.set_number("CM-00007");
  credit.set_kind(v1::TICKET_KIND_CREDIT_MEMO);
  credit.set_total_minor(31359);
  credit.set_business_date("2026-01-15");
  ticket.set_credited_minor(31359);
  ticket.set_credited_at_till_minor(30000);
  v1::Line& line = *ticket.mutable_jobs(0)->mutable_lines(0);
  line.set_credited_quantity_milli(1000);
  line.set_credited_net_minor(28969);
  line.set_credited_tax_minor(2390);
}

void AddTakenUpExample(v1::Job& job) {
  job.set_safety_critical(true);
  job.mutable_taken_up_from()->set_ticket_id("tkt_01JGGZV1C0AFR0000000000003");
  job.mutable_taken_up_from()->set_job_id("job_01JGGZV1C0AFR0000000000003");
}

void AddFollowUpsExample(v1::Location& location) {
  location.add_follow_up_days(30);
  location.set_safety_follow_up_days(7);
}

}  // namespace pitlane::ticket
