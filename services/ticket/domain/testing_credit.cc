#include "services/ticket/domain/testing_credit.h"

#include "absl/strings/str_format.h"

namespace pitlane::ticket {
namespace {

DiscountLine LineDiscount(int line, int64_t rate_ppm) {
  DiscountLine command;
  command.set_ticket_id(kTestTicket);
  command.set_line_id(TestLine(line));
  command.mutable_discount()->set_rate_ppm(rate_ppm);
  command.mutable_discount()->set_reason("regular customer");
  return command;
}

DiscountTicket TicketDiscount(int64_t amount_minor) {
  DiscountTicket command;
  command.set_ticket_id(kTestTicket);
  command.mutable_discount()->set_amount_minor(amount_minor);
  command.mutable_discount()->set_reason("coupon");
  return command;
}

}  // namespace

std::string TestMemo(int n) { return absl::StrFormat("crm_01JGGZV1C0AFR%013d", n); }

TestedTicket T1Invoiced(const std::function<void(v1::Ticket&)>& change) {
  TestedTicket ticket;
  ticket.Do(TestOpen(v1::TICKET_KIND_REPAIR_ORDER))
      .Do(TestAddJob(1))
      .Do(TestLabour(1, 1, 180))
      .Do(TestAddPart(1, 2, 8460))
      .Do(TestAddPart(1, 3, 11624, 2000))
      .Do(TestAddJob(2))
      .Do(TestLabour(2, 4, 140))
      .Do(TestAddPart(2, 5, 29531, 1000, 4500))
      .Do(TestAddJob(3))
      .Do(TestAddPart(3, 6, 2499))
      .Do(LineDiscount(1, 100000))
      .Do(TicketDiscount(2000))
      .Do(TestAuthorize(1))
      .Do(TestDecline(3))
      .Do(TestAuthorize(2))
      .Do(TestStart(1))
      .Do(TestComplete(1))
      .Do(TestStart(2))
      .Do(TestComplete(2))
      .Do(TestInvoice());
  if (change != nullptr) {
    v1::TicketEvent invoiced = ticket.last_events().front();
    change(*invoiced.mutable_ticket_invoiced()->mutable_ticket());
    ticket.Happen(invoiced);
  }
  return ticket;
}

TestedTicket T1Closed(const std::function<void(v1::Ticket&)>& change) {
  TestedTicket ticket = T1Invoiced(change);
  ticket.Do(ReceiveMoney{"pay_1", ticket.ticket().totals().total_minor(), "USD"});
  return ticket;
}

v1::CreditOrderLine CreditLineOf(int line) {
  v1::CreditOrderLine wanted;
  wanted.set_line_id(TestLine(line));
  return wanted;
}

v1::CreditOrderLine CreditUnits(int line, int64_t quantity_milli) {
  v1::CreditOrderLine wanted = CreditLineOf(line);
  wanted.set_quantity_milli(quantity_milli);
  return wanted;
}

v1::CreditOrderLine CreditNet(int line, int64_t net_minor) {
  v1::CreditOrderLine wanted = CreditLineOf(line);
  wanted.set_net_minor(net_minor);
  return wanted;
}

IssueCreditMemo TestCredit(int memo, const std::vector<v1::CreditOrderLine>& lines) {
  IssueCreditMemo command;
  command.ticket_id = kTestTicket;
  command.credit_memo_id = TestMemo(memo);
  command.number = absl::StrFormat("CM-%05d", memo);
  command.order.set_kind(v1::TICKET_KIND_CREDIT_MEMO);
  command.order.set_reason("did not fit");
  command.order.set_disposition(v1::DISPOSITION_RESTOCK);
  for (const v1::CreditOrderLine& line : lines) *command.order.add_lines() = line;
  return command;
}

IssueCreditMemo TestCoreReturn(int memo, const v1::CreditOrderLine& line) {
  IssueCreditMemo command = TestCredit(memo, {line});
  command.order.set_kind(v1::TICKET_KIND_CORE_RETURN);
  command.order.clear_disposition();
  return command;
}

}  // namespace pitlane::ticket
