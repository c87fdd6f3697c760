// Credit memos: the fixtures of handbook 4.6 and 12, and every refusal.
#include "services/ticket/domain/credit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/base/status_matchers.h"
#include "libs/rpc/errors.h"
#include "services/ticket/domain/core.h"
#include "services/ticket/domain/testing_credit.h"
#include "services/ticket/domain/ticket_parts.h"

namespace pitlane::ticket {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

std::string Reason(const absl::StatusOr<Events>& events) {
  return events.ok() ? "" : rpc::ErrorReason(events.status());
}

const v1::CreditMemo& MemoOf(const TestedTicket& ticket) {
  return ticket.last_events().front().credit_memo_issued().memo();
}

TEST(CreditMemo, RotorsOneByOneThen941And940) {
  TestedTicket ticket = T1Closed();
  ticket.Do(TestCredit(1, {CreditUnits(3, 1000)}));
  EXPECT_EQ(MemoOf(ticket).lines(0).amounts().net_minor(), 11403);
  EXPECT_EQ(MemoOf(ticket).lines(0).amounts().tax_minor(), 941);
  EXPECT_EQ(MemoOf(ticket).totals().total_minor(), 12344);
  EXPECT_EQ(MemoOf(ticket).totals().parts_net_minor(), 11403);
  ticket.Do(TestCredit(2, {CreditUnits(3, 1000)}));
  EXPECT_EQ(MemoOf(ticket).lines(0).amounts().net_minor(), 11402);
  EXPECT_EQ(MemoOf(ticket).lines(0).amounts().tax_minor(), 940);
  const v1::Line& rotors = *FindLine(ticket.ticket(), TestLine(3)).line;
  EXPECT_EQ(rotors.credited_quantity_milli(), 2000);
  EXPECT_EQ(rotors.credited_net_minor(), rotors.amounts().net_minor());
  EXPECT_EQ(rotors.credited_tax_minor(), 1881);
}

TEST(CreditMemo, RotorsAtOnceThenExactlyTheLine) {
  TestedTicket ticket = T1Closed();
  ticket.Do(TestCredit(1, {CreditLineOf(3)}));
  const v1::LineAmounts& given = MemoOf(ticket).lines(0).amounts();
  const v1::LineAmounts& sold = FindLine(ticket.ticket(), TestLine(3)).line->amounts();
  EXPECT_EQ(given.SerializeAsString(), sold.SerializeAsString());
  EXPECT_EQ(given.ticket_discount_minor(), 443) << "its own share of the 20.00";
}

TEST(CreditMemo, CoreReturnedGoodThenDepositAndTax) {
  TestedTicket ticket = T1Closed();
  ticket.Do(TestCoreReturn(1, CreditLineOf(505)));
  EXPECT_EQ(MemoOf(ticket).kind(), v1::TICKET_KIND_CORE_RETURN);
  EXPECT_EQ(MemoOf(ticket).lines(0).core_condition(), v1::CORE_CONDITION_GOOD);
  EXPECT_EQ(MemoOf(ticket).totals().cores_net_minor(), 4500);
  EXPECT_EQ(MemoOf(ticket).totals().total_minor(), 4871);
  EXPECT_EQ(MemoOf(ticket).balance_minor(), -4871) << "owed to the customer";
  EXPECT_EQ(CoresOut(*FindLine(ticket.ticket(), TestLine(505)).line), 0) << "not awaited any more";
  EXPECT_EQ(Reason(ticket.Try(TestCoreReturn(2, CreditLineOf(505)))), "NOTHING_TO_CREDIT");
}

TEST(CreditMemo, CoreReturnedDamagedThenPartOfItAndNoMoreEver) {
  TestedTicket ticket = T1Closed();
  v1::CreditOrderLine core = CreditLineOf(505);
  core.set_core_condition(v1::CORE_CONDITION_DAMAGED);
  core.set_core_value_minor(2000);
  ticket.Do(TestCoreReturn(1, core));
  const v1::CreditLine line = MemoOf(ticket).lines(0);
  EXPECT_EQ(line.amounts().net_minor(), 2000);
  EXPECT_EQ(line.amounts().tax_minor(), 165);  // 3.71 x 20/45
  EXPECT_EQ(line.withheld().net_minor(), 2500);
  EXPECT_EQ(line.withheld().tax_minor(), 206);
  EXPECT_EQ(Reason(ticket.Try(TestCoreReturn(2, CreditLineOf(505)))), "NOTHING_TO_CREDIT");

  TestedTicket worthless = T1Closed();
  core.set_core_value_minor(0);
  worthless.Do(TestCoreReturn(1, core));
  EXPECT_EQ(MemoOf(worthless).totals().total_minor(), 0);
  EXPECT_EQ(MemoOf(worthless).lines(0).withheld().net_minor(), 4500);
}

TEST(CreditMemo, TaxThatACoreDoesNotBringBackThenKept) {
  TestedTicket ticket = T1Closed([](v1::Ticket& invoiced) {
    FindLine(invoiced, TestLine(505))->mutable_amounts()->set_core_tax(v1::CORE_TAX_PATTERN_KEPT);
  });
  ticket.Do(TestCoreReturn(1, CreditLineOf(505)));
  EXPECT_EQ(MemoOf(ticket).totals().total_minor(), 4500);
  EXPECT_EQ(MemoOf(ticket).lines(0).withheld().tax_minor(), 371);

  TestedTicket whole = T1Closed([](v1::Ticket& invoiced) {
    FindLine(invoiced, TestLine(505))->mutable_amounts()->set_core_tax(v1::CORE_TAX_PATTERN_KEPT);
  });
  whole.Do(TestCredit(1, {CreditLineOf(5), CreditLineOf(505)}));
  EXPECT_EQ(MemoOf(whole).lines(1).amounts().tax_minor(), 371) << "with its part it comes back";
}

TEST(CreditMemo, AmountThenTheSameShareOfTheTaxAndTheUnitsShareTheRest) {
  TestedTicket ticket = T1Closed();
  ticket.Do(TestCredit(1, {CreditNet(3, 2805)}));  // 28.05 of 228.05
  EXPECT_EQ(MemoOf(ticket).lines(0).amounts().tax_minor(), 231);
  EXPECT_EQ(MemoOf(ticket).lines(0).quantity_milli(), 0);
  ticket.Do(TestCredit(2, {CreditUnits(3, 1000)}));
  EXPECT_EQ(MemoOf(ticket).lines(0).amounts().net_minor(), 10000);
  EXPECT_EQ(MemoOf(ticket).lines(0).amounts().tax_minor(), 825);
  ticket.Do(TestCredit(3, {CreditLineOf(3)}));
  EXPECT_EQ(MemoOf(ticket).lines(0).amounts().net_minor(), 10000);
  EXPECT_EQ(MemoOf(ticket).lines(0).amounts().tax_minor(), 825);
}

TEST(CreditMemo, WholeTicketThenEverythingTheGovernmentFeeIncluded) {
  TestedTicket ticket = T1Closed();
  IssueCreditMemo command = TestCredit(1, {});
  command.order.set_whole_ticket(true);
  ticket.Do(command);
  const v1::CreditMemo& memo = MemoOf(ticket);
  const v1::Totals& sold = ticket.ticket().totals();
  EXPECT_EQ(memo.totals().total_minor(), 117095);
  EXPECT_EQ(memo.totals().labour_net_minor(), sold.labour_net_minor());
  EXPECT_EQ(memo.totals().discount_minor(), sold.discount_minor());
  ASSERT_EQ(memo.totals().taxes_size(), 2);
  EXPECT_EQ(memo.totals().taxes(0).tax_minor() + memo.totals().taxes(1).tax_minor(), 5616);
  EXPECT_EQ(ticket.ticket().credited_minor(), 117095);
  EXPECT_EQ(Reason(ticket.Try(command)), "CREDIT_MEMO_EXISTS");
  command.credit_memo_id = TestMemo(2);
  EXPECT_EQ(Reason(ticket.Try(command)), "NOTHING_TO_CREDIT");
}

TEST(CreditMemo, IssuedThenOriginalShowsItAndItHasItsOwnDay) {
  TestedTicket ticket = T1Closed();
  ticket.Wait(9).Do(TestCredit(1, {CreditUnits(3, 1000)}));
  const v1::CreditMemo& memo = MemoOf(ticket);
  EXPECT_EQ(memo.business_date(), "2026-01-24");
  EXPECT_EQ(memo.invoice_business_date(), "2026-01-15");
  EXPECT_EQ(memo.invoice_stage(), v1::DOCUMENT_STAGE_CLOSED);
  EXPECT_EQ(memo.at_till_minor(), 12344);
  ASSERT_THAT(ticket.ticket().credits(), SizeIs(1));
  EXPECT_EQ(ticket.ticket().credits(0).number(), "CM-00001");
  EXPECT_EQ(ticket.ticket().credits(0).total_minor(), 12344);
  EXPECT_EQ(ticket.ticket().settlement(), v1::SETTLEMENT_OVERPAID);
  ticket.Do(ReturnMoney{"pay_1", "rfd_1", 12344, "USD"});
  EXPECT_EQ(ticket.last_events()[0].money_returned().balance_minor(), 0);
  EXPECT_EQ(ticket.ticket().settlement(), v1::SETTLEMENT_PAID);
}

TEST(CreditMemo, LaterRulesAndPricesThenTheInvoicesCount) {
  TestedTicket ticket = T1Closed();
  ticket.location().clear_tax_rules();
  ticket.Do(TestCredit(1, {CreditUnits(3, 1000)}));
  EXPECT_EQ(MemoOf(ticket).totals().tax_minor(), 941);
}

TEST(CreditMemo, InvoiceNotPaidThenLessIsOwedAndTheRestCloses) {
  TestedTicket ticket = T1Invoiced();
  ticket.Do(TestCredit(1, {CreditUnits(3, 1000)}));
  EXPECT_EQ(MemoOf(ticket).invoice_stage(), v1::DOCUMENT_STAGE_INVOICED);
  EXPECT_EQ(MemoOf(ticket).balance_minor(), 104751);
  EXPECT_EQ(ticket.ticket().stage(), v1::DOCUMENT_STAGE_INVOICED);
  ticket.Do(ReceiveMoney{"pay_1", 104751, "USD"});
  EXPECT_EQ(ticket.ticket().stage(), v1::DOCUMENT_STAGE_CLOSED);
  EXPECT_EQ(ticket.ticket().settlement(), v1::SETTLEMENT_PAID);
  const v1::TicketClosed& closed = ticket.last_events()[1].ticket_closed();
  ASSERT_THAT(closed.credits(), SizeIs(1)) << "everybody counts it with the sale";
}

TEST(CreditMemo, AllOfAnUnpaidInvoiceThenClosedAtOnce) {
  TestedTicket ticket = T1Invoiced();
  IssueCreditMemo command = TestCredit(1, {});
  command.order.set_whole_ticket(true);
  ticket.Do(command);
  ASSERT_THAT(ticket.last_events(), SizeIs(2));
  EXPECT_TRUE(ticket.last_events()[1].has_ticket_closed());
  EXPECT_EQ(ticket.last_events()[1].ticket_closed().credits_size(), 1);
  EXPECT_EQ(ticket.ticket().stage(), v1::DOCUMENT_STAGE_CLOSED);
}

TEST(CreditMemo, EachUnitThenItsOwnDisposition) {
  TestedTicket ticket = T1Closed();
  v1::CreditOrderLine rotors = CreditLineOf(3);
  for (const auto disposition : {v1::DISPOSITION_RESTOCK, v1::DISPOSITION_VENDOR_RETURN}) {
    v1::ReturnedUnits& units = *rotors.add_returned();
    units.set_disposition(disposition);
    units.set_quantity_milli(1000);
  }
  ticket.Do(TestCredit(1, {rotors}));
  EXPECT_EQ(MemoOf(ticket).lines(0).returned_size(), 2);
}

TEST(CreditMemo, PayersSplitThenEachGetsItsShareAndTheTillTheCustomers) {
  TestedTicket ticket = T1Closed([](v1::Ticket& invoiced) {
    v1::LineAmounts& pads = *FindLine(invoiced, TestLine(2))->mutable_amounts();
    v1::PayerAmounts& warranty = *pads.add_payers();
    warranty.mutable_payer()->set_kind(v1::PAYER_KIND_WARRANTY);
    warranty.set_net_minor(8000);
    warranty.set_tax_minor(660);
    v1::PayerAmounts& customer = *pads.add_payers();
    customer.mutable_payer()->set_kind(v1::PAYER_KIND_CUSTOMER);
    customer.set_net_minor(299);
    customer.set_tax_minor(25);
  });
  ticket.Do(TestCredit(1, {CreditLineOf(2)}));
  EXPECT_EQ(MemoOf(ticket).totals().total_minor(), 8984);
  EXPECT_EQ(MemoOf(ticket).at_till_minor(), 324);
  EXPECT_EQ(ticket.ticket().credited_at_till_minor(), 324);
}

// ---- refusals, in the order of their reasons ----

TEST(CreditMemo, TicketOrLineUnknownThenNotFound) {
  EXPECT_EQ(Reason(TestedTicket().Try(TestCredit(1, {CreditLineOf(3)}))), "TICKET_UNKNOWN");
  EXPECT_EQ(Reason(T1Closed().Try(TestCredit(1, {CreditLineOf(77)}))), "LINE_UNKNOWN");
}

TEST(CreditMemo, IdUsedBeforeThenCreditMemoExists) {
  TestedTicket ticket = T1Closed();
  ticket.Do(TestCredit(1, {CreditUnits(3, 1000)}));
  EXPECT_EQ(Reason(ticket.Try(TestCredit(1, {CreditUnits(3, 1000)}))), "CREDIT_MEMO_EXISTS");
}

TEST(CreditMemo, NotInvoicedThenRefused) {
  EXPECT_EQ(Reason(AuthorizedTicket().Try(TestCredit(1, {CreditLineOf(2)}))), "NOT_INVOICED");
  EXPECT_EQ(Reason(VoidedTicket().Try(TestCredit(1, {CreditLineOf(2)}))), "NOT_INVOICED");
}

TEST(CreditMemo, HundredMemosThenTooManyCreditMemos) {
  TestedTicket ticket = T1Closed();
  for (int n = 1; n <= kMaxCreditMemos; ++n) ticket.Do(TestCredit(n, {CreditNet(3, 1)}));
  EXPECT_EQ(Reason(ticket.Try(TestCredit(101, {CreditNet(3, 1)}))), "TOO_MANY_CREDIT_MEMOS");
}

TEST(CreditMemo, NothingLeftThenNothingToCredit) {
  TestedTicket ticket = T1Closed();
  ticket.Do(TestCredit(1, {CreditLineOf(3)}));
  EXPECT_EQ(Reason(ticket.Try(TestCredit(2, {CreditLineOf(3)}))), "NOTHING_TO_CREDIT");
}

TEST(CreditMemo, NotChargedOrWithoutUnitsThenLineNotCreditable) {
  const TestedTicket ticket = T1Closed();
  EXPECT_EQ(Reason(ticket.Try(TestCredit(1, {CreditLineOf(6)}))), "LINE_NOT_CREDITABLE")
      << "declined";
  EXPECT_EQ(Reason(ticket.Try(TestCredit(1, {CreditUnits(1, 1000)}))), "LINE_NOT_CREDITABLE")
      << "labour";
  EXPECT_EQ(Reason(ticket.Try(TestCredit(1, {CreditUnits(901, 1000)}))), "LINE_NOT_CREDITABLE")
      << "a percentage fee";
}

TEST(CreditMemo, PartOnACoreReturnThenNotACore) {
  EXPECT_EQ(Reason(T1Closed().Try(TestCoreReturn(1, CreditLineOf(3)))), "NOT_A_CORE");
}

TEST(CreditMemo, GovernmentFeeThenItStays) {
  const TestedTicket ticket = T1Closed([](v1::Ticket& invoiced) {
    FindLine(invoiced, TestLine(902))->set_tax_category(v1::TAX_CATEGORY_GOVERNMENT_FEE);
  });
  EXPECT_EQ(Reason(ticket.Try(TestCredit(1, {CreditLineOf(902)}))), "GOVERNMENT_FEE_STAYS");
}

TEST(CreditMemo, MoreThanTheLineHasThenCreditExceedsLine) {
  TestedTicket ticket = T1Closed();
  EXPECT_EQ(Reason(ticket.Try(TestCredit(1, {CreditUnits(3, 2001)}))), "CREDIT_EXCEEDS_LINE");
  EXPECT_EQ(Reason(ticket.Try(TestCredit(1, {CreditNet(3, 22806)}))), "CREDIT_EXCEEDS_LINE");
  ticket.Do(TestCredit(1, {CreditUnits(3, 1000)}));
  EXPECT_EQ(Reason(ticket.Try(TestCredit(2, {CreditUnits(3, 1001)}))), "CREDIT_EXCEEDS_LINE");
}

TEST(CreditMemo, UnitsWithNowhereToGoThenReturnedUnitsDiffer) {
  const TestedTicket ticket = T1Closed();
  IssueCreditMemo command = TestCredit(1, {CreditLineOf(3)});
  command.order.clear_disposition();
  EXPECT_EQ(Reason(ticket.Try(command)), "RETURNED_UNITS_DIFFER");
  v1::ReturnedUnits& units = *command.order.mutable_lines(0)->add_returned();
  units.set_disposition(v1::DISPOSITION_SCRAP);
  units.set_quantity_milli(1000);
  EXPECT_EQ(Reason(ticket.Try(command)), "RETURNED_UNITS_DIFFER") << "two were credited";
  command.order.mutable_lines(0)->set_net_minor(100);
  EXPECT_EQ(Reason(ticket.Try(command)), "RETURNED_UNITS_DIFFER") << "only money goes back";
}

TEST(CreditMemo, ValueOfASoundCoreThenCoreValueDiffers) {
  const TestedTicket ticket = T1Closed();
  v1::CreditOrderLine core = CreditLineOf(505);
  core.set_core_value_minor(2000);
  EXPECT_EQ(Reason(ticket.Try(TestCoreReturn(1, core))), "CORE_VALUE_DIFFERS") << "not damaged";
  core.set_core_condition(v1::CORE_CONDITION_DAMAGED);
  core.set_core_value_minor(4500);
  EXPECT_EQ(Reason(ticket.Try(TestCoreReturn(1, core))), "CORE_VALUE_DIFFERS") << "all of it";
  core.clear_core_value_minor();
  EXPECT_EQ(Reason(ticket.Try(TestCoreReturn(1, core))), "CORE_VALUE_DIFFERS") << "no value";
}

TEST(Creditable, PartOfItReturnedThenTheRestIsShown) {
  TestedTicket ticket = T1Closed();
  EXPECT_TRUE(CreditableOf(AuthorizedTicket().state()).empty());
  EXPECT_THAT(CreditableOf(ticket.state()), SizeIs(8));
  ticket.Do(TestCredit(1, {CreditUnits(3, 1000), CreditLineOf(2)}));
  const auto left = CreditableOf(ticket.state());
  ASSERT_THAT(left, SizeIs(7));
  EXPECT_EQ(left[1].line_id(), TestLine(3));
  EXPECT_EQ(left[1].left_quantity_milli(), 1000);
  EXPECT_EQ(left[1].left_net_minor(), 11402);
  EXPECT_EQ(left[1].left_tax_minor(), 940);
}

}  // namespace
}  // namespace pitlane::ticket
