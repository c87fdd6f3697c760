#include "services/inventory/reactors/on_credit_memo_issued.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/inventory/test_service.h"

namespace pitlane::inventory {
namespace {

using ::testing::SizeIs;

class OnCreditMemoIssuedTest : public ServiceTest {
 protected:
  // 2 of 10 at 58.12 each were sold and have left.
  void SetUp() override {
    ServiceTest::SetUp();
    part_ = Part("R-1210");
    ASSERT_THAT(Receive(part_, 10'000, 581'200), IsOk());
    Close(ticket_, job_, {{line_, part_, 2'000}});
    ASSERT_EQ(Level(part_).on_hand_milli(), 8'000);
  }

  ticket::v1::CreditMemo Memo(int n, ticket::v1::Disposition disposition, int64_t quantity_milli) {
    ticket::v1::CreditMemo memo;
    memo.set_credit_memo_id("crm_" + std::to_string(n));
    memo.set_ticket_id(ticket_.text());
    memo.set_location_id(location_.text());
    memo.set_business_date("2026-01-09");
    memo.set_invoice_stage(ticket::v1::DOCUMENT_STAGE_CLOSED);
    ticket::v1::CreditLine& line = *memo.add_lines();
    line.set_line_id(line_.text());
    line.set_job_id(job_.text());
    line.set_kind(ticket::v1::LINE_KIND_PART);
    line.set_part_id(part_);
    line.set_quantity_milli(quantity_milli);
    ticket::v1::ReturnedUnits& units = *line.add_returned();
    units.set_disposition(disposition);
    units.set_quantity_milli(quantity_milli);
    return memo;
  }
  void Issue(const ticket::v1::CreditMemo& memo) {
    ticket::v1::TicketEvent event;
    *event.mutable_credit_memo_issued()->mutable_memo() = memo;
    Publish(ticket_, event);
  }
  void ExpectSumOfMovements() {
    const v1::StockLevel level = Level(part_);
    EXPECT_EQ(level.on_hand_milli(), level.received_milli() + level.adjusted_milli() -
                                         level.issued_milli() + level.returned_milli() -
                                         level.scrapped_milli() - level.vendor_returned_milli());
  }

  std::string part_;
  const TicketId ticket_ = NewTicket();
  const JobId job_ = NewJob();
  const LineId line_ = NewLine();
};

TEST_F(OnCreditMemoIssuedTest, RestockedThenOnHandAtTheCostItLeftWith) {
  // What is bought since is dearer, and does not change what comes back.
  ASSERT_THAT(Receive(part_, 8'000, 700'000), IsOk());
  const int64_t value = Level(part_).value_e4();
  Issue(Memo(1, ticket::v1::DISPOSITION_RESTOCK, 1'000));
  const v1::StockLevel level = Level(part_);
  EXPECT_EQ(level.on_hand_milli(), 17'000);
  EXPECT_EQ(level.available_milli(), 17'000);
  EXPECT_EQ(level.value_e4(), value + 581'200);
  ExpectSumOfMovements();
  const v1::InventoryEvent event = Events().back();
  EXPECT_EQ(event.stock_returned().cost_e4(), 581'200);
  EXPECT_EQ(event.stock_returned().currency(), "USD");
  EXPECT_EQ(event.meta().business_date(), "2026-01-09") << "the memo's own day";
}

TEST_F(OnCreditMemoIssuedTest, QuarantinedThenOnHandButNotForSale) {
  Issue(Memo(1, ticket::v1::DISPOSITION_QUARANTINE, 2'000));
  EXPECT_EQ(Level(part_).on_hand_milli(), 10'000);
  EXPECT_EQ(Level(part_).quarantine_milli(), 2'000);
  EXPECT_EQ(Level(part_).available_milli(), 8'000);
  ExpectSumOfMovements();
}

TEST_F(OnCreditMemoIssuedTest, SentOnOrScrappedThenInAndOutAgain) {
  const int64_t value = Level(part_).value_e4();
  Issue(Memo(1, ticket::v1::DISPOSITION_SCRAP, 1'000));
  Issue(Memo(2, ticket::v1::DISPOSITION_VENDOR_RETURN, 1'000));
  const v1::StockLevel level = Level(part_);
  EXPECT_EQ(level.on_hand_milli(), 8'000);
  EXPECT_EQ(level.returned_milli(), 2'000);
  EXPECT_EQ(level.scrapped_milli(), 1'000);
  EXPECT_EQ(level.vendor_returned_milli(), 1'000);
  EXPECT_EQ(level.value_e4(), value);
  ExpectSumOfMovements();
}

TEST_F(OnCreditMemoIssuedTest, SameMemoToldAgainThenNothing) {
  const ticket::v1::CreditMemo memo = Memo(1, ticket::v1::DISPOSITION_RESTOCK, 1'000);
  Issue(memo);
  Issue(memo);
  EXPECT_EQ(Count(v1::InventoryEvent::kStockReturned), 1);
  ASSERT_THAT(TicketLines(ticket_), SizeIs(1));
  EXPECT_EQ(TicketLines(ticket_)[0].returned_milli(), 1'000);
  EXPECT_EQ(TicketLines(ticket_)[0].returned_cost_e4(), 581'200);
}

TEST_F(OnCreditMemoIssuedTest, UnitsOneByOneThenTheLastBringsTheExactRestOfTheCost) {
  // 3 for 100.00: 33.3333, 33.3334, 33.3333.
  const std::string odd = Part("ODD-3");
  ASSERT_THAT(Receive(odd, 7'000, 333'333), IsOk());
  const LineId line = NewLine();
  const TicketId ticket = NewTicket();
  Close(ticket, job_, {{line, odd, 3'000}});
  const int64_t cost = TicketLines(ticket)[0].cost_e4();
  for (int n = 1; n <= 3; ++n) {
    ticket::v1::CreditMemo memo = Memo(10 + n, ticket::v1::DISPOSITION_RESTOCK, 1'000);
    memo.set_ticket_id(ticket.text());
    memo.mutable_lines(0)->set_line_id(line.text());
    memo.mutable_lines(0)->set_part_id(odd);
    Issue(memo);
  }
  EXPECT_EQ(TicketLines(ticket)[0].returned_cost_e4(), cost);
  EXPECT_EQ(Level(odd).on_hand_milli(), 7'000);
  EXPECT_EQ(Level(odd).value_e4(), 2'333'331);
}

TEST_F(OnCreditMemoIssuedTest, MoreThanWasIssuedThenParked) {
  Issue(Memo(1, ticket::v1::DISPOSITION_RESTOCK, 2'001));
  EXPECT_EQ(Parked(), 1u);
  EXPECT_EQ(Level(part_).on_hand_milli(), 8'000);
}

TEST_F(OnCreditMemoIssuedTest, TicketNotClosedThenTakenInWithItsIssue) {
  const TicketId open = NewTicket();
  ticket::v1::CreditMemo memo = Memo(1, ticket::v1::DISPOSITION_RESTOCK, 1'000);
  memo.set_ticket_id(open.text());
  memo.set_invoice_stage(ticket::v1::DOCUMENT_STAGE_INVOICED);
  Issue(memo);
  EXPECT_EQ(Count(v1::InventoryEvent::kStockReturned), 0);
  ticket::v1::TicketEvent closed = ClosedEvent(open, job_, {{line_, part_, 2'000}});
  *closed.mutable_ticket_closed()->add_credits() = memo;
  Publish(open, closed);
  EXPECT_EQ(Level(part_).on_hand_milli(), 7'000);
  EXPECT_EQ(Parked(), 0u);
}

}  // namespace
}  // namespace pitlane::inventory
