#include "services/ticket/domain/credit_refusals.h"

#include <utility>

#include "services/ticket/domain/declined.h"
#include "services/ticket/domain/testing_credit.h"
#include "services/ticket/domain/ticket_parts.h"

namespace pitlane::ticket {
namespace {

using absl::StatusCode;

template <class Command>
std::function<absl::Status()> On(TestedTicket ticket, Command command) {
  return [ticket = std::move(ticket), command = std::move(command)] {
    return ticket.Try(command).status();
  };
}

TestedTicket Credited(const std::vector<v1::CreditOrderLine>& lines, int memos = 1) {
  TestedTicket ticket = T1Closed();
  for (int memo = 1; memo <= memos; ++memo) ticket.Do(TestCredit(memo, lines));
  return ticket;
}

TestedTicket WithGovernmentFee() {
  return T1Closed([](v1::Ticket& invoiced) {
    FindLine(invoiced, TestLine(902))->set_tax_category(v1::TAX_CATEGORY_GOVERNMENT_FEE);
  });
}

IssueCreditMemo WithNowhereToGo() {
  IssueCreditMemo command = TestCredit(1, {CreditLineOf(3)});
  command.order.clear_disposition();
  return command;
}

IssueCreditMemo WithAValueOfASoundCore() {
  v1::CreditOrderLine core = CreditLineOf(505);
  core.set_core_value_minor(2000);
  return TestCoreReturn(1, core);
}

v1::WorkRef JobOne() {
  v1::WorkRef from;
  from.set_ticket_id(kTestTicket);
  from.set_job_id(TestJob(1));
  return from;
}

TakeUpJob TakingUp(int job) {
  TakeUpJob command{.request = TestAddJob(job), .from = JobOne()};
  command.from.set_ticket_id("tkt_old");
  return command;
}

TestedTicket Declined() {
  TestedTicket ticket = EstimatedTicket();
  ticket.Do(TestDecline(1));
  return ticket;
}

TestedTicket TakenUp() {
  TestedTicket ticket;
  ticket.Do(TestOpen(v1::TICKET_KIND_REPAIR_ORDER)).Do(TakingUp(1));
  return ticket;
}

}  // namespace

std::vector<CreditRefusal> CreditRefusals() {
  constexpr StatusCode kRule = StatusCode::kFailedPrecondition;
  return {
      {v1::CREDIT_MEMO_EXISTS, StatusCode::kAlreadyExists,
       On(Credited({CreditUnits(3, 1000)}), TestCredit(1, {CreditUnits(3, 1000)}))},
      {v1::CREDIT_MEMO_UNKNOWN, StatusCode::kNotFound,
       [] { return GetCreditMemo(T1Closed().state(), TestMemo(1)).status(); }},
      {v1::NOT_INVOICED, kRule, On(AuthorizedTicket(), TestCredit(1, {CreditLineOf(2)}))},
      {v1::TOO_MANY_CREDIT_MEMOS, kRule,
       On(Credited({CreditNet(3, 1)}, kMaxCreditMemos), TestCredit(101, {CreditNet(3, 1)}))},
      {v1::NOTHING_TO_CREDIT, kRule,
       On(Credited({CreditLineOf(3)}), TestCredit(2, {CreditLineOf(3)}))},
      {v1::LINE_NOT_CREDITABLE, kRule, On(T1Closed(), TestCredit(1, {CreditLineOf(6)}))},
      {v1::NOT_A_CORE, kRule, On(T1Closed(), TestCoreReturn(1, CreditLineOf(3)))},
      {v1::GOVERNMENT_FEE_STAYS, kRule,
       On(WithGovernmentFee(), TestCredit(1, {CreditLineOf(902)}))},
      {v1::CREDIT_EXCEEDS_LINE, kRule, On(T1Closed(), TestCredit(1, {CreditUnits(3, 2001)}))},
      {v1::RETURNED_UNITS_DIFFER, kRule, On(T1Closed(), WithNowhereToGo())},
      {v1::CORE_VALUE_DIFFERS, kRule, On(T1Closed(), WithAValueOfASoundCore())},
      {v1::WORK_NOT_DECLINED, kRule,
       [] { return DeclinedJob(AuthorizedTicket().state(), JobOne(), kTestVehicle).status(); }},
      {v1::WORK_OF_ANOTHER_VEHICLE, kRule,
       [] { return DeclinedJob(Declined().state(), JobOne(), "veh_other").status(); }},
      {v1::WORK_IS_TAKEN_UP, kRule, On(TakenUp(), TakingUp(2))},
  };
}

}  // namespace pitlane::ticket
