// What credit memos and returned parts do to the reports.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/base/ids.h"
#include "libs/base/status_matchers.h"
#include "libs/testing/test_cluster.h"
#include "pitlane/inventory/v1/events.pb.h"
#include "pitlane/reporting/v1/reporting_service.grpc.pb.h"
#include "pitlane/ticket/v1/events.pb.h"
#include "services/reporting/domain/ticket_facts.h"
#include "services/reporting/reporting.h"

namespace pitlane::reporting {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;
using Stub = v1::ReportingService::Stub;

constexpr uint32_t kSlot = 7;

ticket::v1::CreditMemo Memo(const std::string& location_id, const std::string& ticket_id) {
  ticket::v1::CreditMemo memo;
  memo.set_credit_memo_id("crm_1");
  memo.set_ticket_id(ticket_id);
  memo.set_location_id(location_id);
  memo.set_currency("USD");
  memo.set_business_date("2026-04-09");
  memo.set_invoice_stage(ticket::v1::DOCUMENT_STAGE_CLOSED);
  ticket::v1::CreditLine& part = *memo.add_lines();
  part.set_line_id("lin_1");
  part.set_kind(ticket::v1::LINE_KIND_PART);
  part.set_category("brakes");
  part.set_part_id("prt_1");
  part.set_quantity_milli(1000);
  part.mutable_amounts()->set_net_minor(11403);
  part.mutable_amounts()->set_tax_minor(941);
  ticket::v1::CreditLine& labour = *memo.add_lines();
  labour.set_kind(ticket::v1::LINE_KIND_LABOUR);
  labour.set_technician("usr_tech");
  labour.mutable_amounts()->set_net_minor(500);
  memo.mutable_totals()->set_parts_net_minor(11403);
  memo.mutable_totals()->set_labour_net_minor(500);
  memo.mutable_totals()->set_tax_minor(941);
  memo.mutable_totals()->set_total_minor(12844);
  return memo;
}

inventory::v1::StockReturned Back(const std::string& location_id, const std::string& ticket_id) {
  inventory::v1::StockReturned returned;
  returned.set_part_id("prt_1");
  returned.set_location_id(location_id);
  returned.set_ticket_id(ticket_id);
  returned.set_line_id("lin_1");
  returned.set_credit_memo_id("crm_1");
  returned.set_quantity_milli(1000);
  returned.set_cost_e4(581200);
  returned.set_currency("USD");
  returned.set_disposition(ticket::v1::DISPOSITION_RESTOCK);
  return returned;
}

class CreditReport : public ::testing::Test {
 protected:
  void SetUp() override {
    location_id_ = LocationId::Make(cluster_.clock(), cluster_.entropy(), kSlot).text();
    ticket_id_ = TicketId::Make(cluster_.clock(), cluster_.entropy(), kSlot).text();
    cluster_.Add(MakeReportingService);
    ASSERT_THAT(cluster_.Start(), IsOk());
    stub_ = cluster_.Stub<v1::ReportingService>("reporting");
  }

  void Issue(const ticket::v1::CreditMemo& memo) {
    ticket::v1::TicketEvent event;
    *event.mutable_credit_memo_issued()->mutable_memo() = memo;
    cluster_.stream("ticket").Publish(event, ticket_id_);
    ASSERT_TRUE(cluster_.Settle());
  }
  template <class Request>
  Request OfThatDay() {
    Request request;
    request.set_location_id(location_id_);
    request.mutable_range()->set_from_date("2026-04-09");
    request.mutable_range()->set_to_date("2026-04-09");
    return request;
  }

  testing::TestCluster cluster_;
  std::string location_id_;
  std::string ticket_id_;
  std::unique_ptr<Stub> stub_;
};

TEST_F(CreditReport, MemoThenItCountsAgainstTheSalesOfItsOwnDay) {
  Issue(Memo(location_id_, ticket_id_));
  Issue(Memo(location_id_, ticket_id_));
  ASSERT_OK_AND_ASSIGN(const auto days, cluster_.Call(*stub_, &Stub::GetDailySales,
                                                      OfThatDay<v1::GetDailySalesRequest>()));
  ASSERT_THAT(days.days(), SizeIs(1));
  EXPECT_EQ(days.days(0).tickets(), 0);
  EXPECT_EQ(days.days(0).credits(), 1) << "however often it is told";
  EXPECT_EQ(days.days(0).credited_minor(), 12844);
  EXPECT_EQ(days.days(0).parts_net_minor(), -11403);
  EXPECT_EQ(days.days(0).total_minor(), -12844);

  ASSERT_OK_AND_ASSIGN(
      const auto categories,
      cluster_.Call(*stub_, &Stub::GetSalesByCategory, OfThatDay<v1::GetSalesByCategoryRequest>()));
  ASSERT_THAT(categories.rows(), SizeIs(2));
  EXPECT_EQ(categories.rows(0).category(), "brakes");
  EXPECT_EQ(categories.rows(0).net_minor(), -11403);
  EXPECT_EQ(categories.rows(0).quantity_milli(), -1000);

  ASSERT_OK_AND_ASSIGN(const auto hours, cluster_.Call(*stub_, &Stub::GetTechnicianHours,
                                                       OfThatDay<v1::GetTechnicianHoursRequest>()));
  ASSERT_THAT(hours.rows(), SizeIs(1));
  EXPECT_EQ(hours.rows(0).net_minor(), -500);
  EXPECT_EQ(hours.rows(0).hours_centi(), 0) << "they were worked";

  v1::GetTicketFactsRequest of_ticket;
  of_ticket.set_ticket_id(ticket_id_);
  ASSERT_OK_AND_ASSIGN(const auto facts, cluster_.Call(*stub_, &Stub::GetTicketFacts, of_ticket));
  EXPECT_EQ(facts.credits(), 1);
  EXPECT_EQ(facts.credited_minor(), 12844);

  v1::ListFigureSourcesRequest sources;
  sources.set_location_id(location_id_);
  sources.set_figure_id(days.days(0).figure_id());
  ASSERT_OK_AND_ASSIGN(const auto from, cluster_.Call(*stub_, &Stub::ListFigureSources, sources));
  ASSERT_THAT(from.sources(), SizeIs(1));
  EXPECT_EQ(from.sources(0).type(), "pitlane.ticket.v1.CreditMemoIssued");
}

TEST_F(CreditReport, PartBackThenLessWasUsed) {
  inventory::v1::InventoryEvent event;
  *event.mutable_stock_returned() = Back(location_id_, ticket_id_);
  event.mutable_meta()->set_location_id(location_id_);
  event.mutable_meta()->set_business_date("2026-04-09");
  cluster_.stream("inventory").Publish(event, location_id_ + "/" + ticket_id_);
  ASSERT_TRUE(cluster_.Settle());
  ASSERT_OK_AND_ASSIGN(const auto parts, cluster_.Call(*stub_, &Stub::GetPartsUsed,
                                                       OfThatDay<v1::GetPartsUsedRequest>()));
  ASSERT_THAT(parts.rows(), SizeIs(1));
  EXPECT_EQ(parts.rows(0).issued_milli(), -1000);
  EXPECT_EQ(parts.rows(0).returned_milli(), 1000);
  EXPECT_EQ(parts.rows(0).cost_e4(), -581200);
}

TEST_F(CreditReport, SaleNotCompleteThenCountedWithIt) {
  ticket::v1::CreditMemo memo = Memo(location_id_, ticket_id_);
  memo.set_invoice_stage(ticket::v1::DOCUMENT_STAGE_INVOICED);
  Issue(memo);
  ASSERT_OK_AND_ASSIGN(const auto none, cluster_.Call(*stub_, &Stub::GetDailySales,
                                                      OfThatDay<v1::GetDailySalesRequest>()));
  EXPECT_THAT(none.days(), IsEmpty());
  ticket::v1::TicketEvent closed;
  ticket::v1::Ticket& ticket = *closed.mutable_ticket_closed()->mutable_ticket();
  ticket.set_ticket_id(ticket_id_);
  ticket.set_location_id(location_id_);
  ticket.set_currency("USD");
  ticket.set_business_date("2026-04-09");
  ticket.mutable_totals()->set_total_minor(20000);
  *closed.mutable_ticket_closed()->add_credits() = memo;
  cluster_.stream("ticket").Publish(closed, ticket_id_);
  ASSERT_TRUE(cluster_.Settle());
  ASSERT_OK_AND_ASSIGN(const auto days, cluster_.Call(*stub_, &Stub::GetDailySales,
                                                      OfThatDay<v1::GetDailySalesRequest>()));
  ASSERT_THAT(days.days(), SizeIs(1));
  EXPECT_EQ(days.days(0).total_minor(), 20000 - 12844);
}

TEST(RecordPartsReturn, SameUnitsAgainThenNothing) {
  const inventory::v1::StockReturned back = Back("loc_1", "tkt_1");
  const auto events = Decide(v1::TicketFactsState(), RecordPartsReturn{back, "2026-04-09"});
  ASSERT_THAT(events, SizeIs(1));
  v1::TicketFactsState state;
  TicketFacts::Apply(state, events.front());
  EXPECT_EQ(state.returned_milli(), 1000);
  EXPECT_THAT(Decide(state, RecordPartsReturn{back, "2026-04-09"}), IsEmpty());
}

}  // namespace
}  // namespace pitlane::reporting
