#include "services/reporting/api/reporting_service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/base/clock.h"
#include "libs/base/ids.h"
#include "libs/testing/test_cluster.h"
#include "pitlane/payment/v1/events.pb.h"
#include "pitlane/reporting/v1/reporting_service.grpc.pb.h"
#include "pitlane/ticket/v1/events.pb.h"
#include "services/reporting/reporting.h"

namespace pitlane::reporting {
namespace {

using Stub = v1::ReportingService::Stub;

constexpr uint32_t kSlot = 7;

// Reporting alone; what the other areas say is published by hand.
class ReportingServiceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    location_id_ = LocationId::Make(cluster_.clock(), cluster_.entropy(), kSlot).text();
    cluster_.Add(MakeReportingService);
    ASSERT_THAT(cluster_.Start(), IsOk());
    stub_ = cluster_.Stub<v1::ReportingService>("reporting");
  }

  template <class IdType>
  std::string NewId() {
    return IdType::Make(cluster_.clock(), cluster_.entropy(), kSlot).text();
  }

  common::v1::EventMeta Meta(const std::string& stream_id, const std::string& date) {
    common::v1::EventMeta meta;
    meta.set_event_id(NewId<EventId>());
    meta.set_stream_id(stream_id);
    meta.set_slot(kSlot);
    meta.set_location_id(location_id_);
    meta.set_business_date(date);
    return meta;
  }

  // A closed ticket with half an hour of labour and two units of a part.
  std::string Close(const std::string& date, int64_t labour_minor, int64_t part_minor,
                    int64_t tax_minor) {
    const std::string ticket_id = NewId<TicketId>();
    ticket::v1::TicketEvent event;
    *event.mutable_meta() = Meta(ticket_id, date);
    ticket::v1::Ticket& ticket = *event.mutable_ticket_closed()->mutable_ticket();
    ticket.set_ticket_id(ticket_id);
    ticket.set_location_id(location_id_);
    ticket.set_business_date(date);
    ticket.set_currency("USD");
    ticket::v1::Job& job = *ticket.add_jobs();
    job.set_technician("usr_tech");
    ticket::v1::Line& labour = *job.add_lines();
    labour.set_kind(ticket::v1::LINE_KIND_LABOUR);
    labour.set_hours_centi(50);
    labour.mutable_amounts()->set_net_minor(labour_minor);
    ticket::v1::Line& part = *job.add_lines();
    part.set_line_id(NewId<LineId>());
    part.set_kind(ticket::v1::LINE_KIND_PART);
    part.set_category("brakes");
    part.set_part_id(part_id_);
    part.set_part_number("D-1210");
    part.set_quantity_milli(2000);
    part.mutable_amounts()->set_net_minor(part_minor);
    part.mutable_amounts()->set_tax_minor(tax_minor);
    ticket::v1::Totals& totals = *ticket.mutable_totals();
    totals.set_labour_net_minor(labour_minor);
    totals.set_parts_net_minor(part_minor);
    totals.set_tax_minor(tax_minor);
    totals.set_total_minor(labour_minor + part_minor + tax_minor);
    ticket::v1::TaxAmount& tax = *totals.add_taxes();
    tax.set_authority("State");
    tax.set_rule_id("r");
    tax.set_base_minor(part_minor);
    tax.set_tax_minor(tax_minor);
    cluster_.stream("ticket").Publish(event, ticket_id);
    return ticket_id;
  }

  void Capture(const std::string& ticket_id, const std::string& date, int64_t minor) {
    payment::v1::PaymentEvent event;
    payment::v1::PaymentCaptured& captured = *event.mutable_payment_captured();
    captured.set_payment_id(NewId<PaymentId>());
    *event.mutable_meta() = Meta(captured.payment_id(), date);
    captured.set_ticket_id(ticket_id);
    captured.set_location_id(location_id_);
    captured.set_tender(payment::v1::TENDER_CARD_PRESENT);
    captured.set_captured_minor(minor);
    captured.set_applied_minor(minor);
    captured.set_currency("USD");
    cluster_.stream("payment").Publish(event, captured.payment_id());
  }

  template <class Request>
  Request Range(const std::string& from, const std::string& to) {
    Request request;
    request.set_location_id(location_id_);
    request.mutable_range()->set_from_date(from);
    request.mutable_range()->set_to_date(to);
    return request;
  }

  testing::TestCluster cluster_;
  std::string location_id_;
  std::string part_id_ = PartId::Make(cluster_.clock(), cluster_.entropy(), 1).text();
  std::unique_ptr<Stub> stub_;
};

TEST_F(ReportingServiceTest, SalesOfTwoDaysThenEachDayIsTheSumOfItsTickets) {
  Close("2026-04-01", 1000, 400, 33);
  Close("2026-04-02", 2000, 500, 41);
  Close("2026-04-02", 3000, 600, 50);
  ASSERT_TRUE(cluster_.Settle());

  ASSERT_OK_AND_ASSIGN(const auto days,
                       cluster_.Call(*stub_, &Stub::GetDailySales,
                                     Range<v1::GetDailySalesRequest>("2026-04-01", "2026-04-02")));
  ASSERT_EQ(days.days_size(), 2);
  EXPECT_EQ(days.days(0).total_minor(), 1433);
  EXPECT_EQ(days.days(1).tickets(), 2);
  EXPECT_EQ(days.days(1).labour_net_minor(), 5000);
  EXPECT_EQ(days.days(1).parts_net_minor(), 1100);
  EXPECT_EQ(days.days(1).total_minor(), 6191);
  ASSERT_EQ(days.days(1).taxes_size(), 1) << "one authority and rule, one sum";
  EXPECT_EQ(days.days(1).taxes(0).tax_minor(), 91);

  ASSERT_OK_AND_ASSIGN(const auto categories, cluster_.Call(*stub_, &Stub::GetSalesByCategory,
                                                            Range<v1::GetSalesByCategoryRequest>(
                                                                "2026-04-02", "2026-04-02")));
  ASSERT_EQ(categories.rows_size(), 2);
  EXPECT_EQ(categories.rows(0).category(), "brakes");
  EXPECT_EQ(categories.rows(0).net_minor(), 1100);
  EXPECT_EQ(categories.rows(1).category(), "labour");

  ASSERT_OK_AND_ASSIGN(const auto hours, cluster_.Call(*stub_, &Stub::GetTechnicianHours,
                                                       Range<v1::GetTechnicianHoursRequest>(
                                                           "2026-04-02", "2026-04-02")));
  ASSERT_EQ(hours.rows_size(), 1);
  EXPECT_EQ(hours.rows(0).technician(), "usr_tech");
  EXPECT_EQ(hours.rows(0).hours_centi(), 100);
}

TEST_F(ReportingServiceTest, FigureThenItsSourcesAreTheEventsItWasAddedUpFrom) {
  const std::string first = Close("2026-04-02", 2000, 500, 41);
  const std::string second = Close("2026-04-02", 3000, 600, 50);
  ASSERT_TRUE(cluster_.Settle());
  ASSERT_OK_AND_ASSIGN(const auto days,
                       cluster_.Call(*stub_, &Stub::GetDailySales,
                                     Range<v1::GetDailySalesRequest>("2026-04-02", "2026-04-02")));
  v1::ListFigureSourcesRequest request;
  request.set_location_id(location_id_);
  request.set_figure_id(days.days(0).figure_id());
  request.set_page_size(1);
  ASSERT_OK_AND_ASSIGN(const auto page, cluster_.Call(*stub_, &Stub::ListFigureSources, request));
  ASSERT_EQ(page.sources_size(), 1);
  EXPECT_EQ(page.sources(0).ticket_id(), first);
  EXPECT_EQ(page.sources(0).type(), "pitlane.ticket.v1.TicketClosed");
  request.set_page_token(page.next_page_token());
  ASSERT_OK_AND_ASSIGN(const auto rest, cluster_.Call(*stub_, &Stub::ListFigureSources, request));
  ASSERT_EQ(rest.sources_size(), 1);
  EXPECT_EQ(rest.sources(0).ticket_id(), second);
  EXPECT_EQ(rest.next_page_token(), "");
}

TEST_F(ReportingServiceTest, MoneyTakenThenTendersAndTicketFactsAgree) {
  const std::string ticket_id = Close("2026-04-02", 2000, 500, 41);
  Capture(ticket_id, "2026-04-02", 541);
  Capture(ticket_id, "2026-04-02", 2000);
  ASSERT_TRUE(cluster_.Settle());
  ASSERT_OK_AND_ASSIGN(const auto tenders,
                       cluster_.Call(*stub_, &Stub::GetTenders,
                                     Range<v1::GetTendersRequest>("2026-04-02", "2026-04-02")));
  ASSERT_EQ(tenders.rows_size(), 1);
  EXPECT_EQ(tenders.rows(0).payments(), 2);
  EXPECT_EQ(tenders.rows(0).applied_minor(), 2541);
  v1::GetTicketFactsRequest request;
  request.set_ticket_id(ticket_id);
  ASSERT_OK_AND_ASSIGN(const auto facts, cluster_.Call(*stub_, &Stub::GetTicketFacts, request));
  EXPECT_EQ(facts.sales(), 1);
  EXPECT_EQ(facts.total_minor(), 2541);
  EXPECT_EQ(facts.applied_minor(), 2541);
}

TEST_F(ReportingServiceTest, UnknownTicketThenSaleUnknown) {
  v1::GetTicketFactsRequest request;
  request.set_ticket_id(NewId<TicketId>());
  const auto refused = cluster_.Call(*stub_, &Stub::GetTicketFacts, request);
  EXPECT_EQ(rpc::ErrorReason(refused.status()), "SALE_UNKNOWN");
}

TEST_F(ReportingServiceTest, UnknownFigureThenFigureUnknown) {
  v1::ListFigureSourcesRequest request;
  request.set_location_id(location_id_);
  request.set_figure_id("daily_sales/2026-04-02/USD");
  const auto refused = cluster_.Call(*stub_, &Stub::ListFigureSources, request);
  EXPECT_EQ(rpc::ErrorReason(refused.status()), "FIGURE_UNKNOWN");
}

TEST_F(ReportingServiceTest, MalformedRangeThenTheFieldIsNamed) {
  const struct {
    const char* from;
    const char* to;
    const char* field;
  } cases[] = {{"2026-4-1", "2026-04-02", "range.from_date"},
               {"2026-04-01", "tomorrow", "range.to_date"},
               {"2026-04-02", "2026-04-01", "range.to_date"},
               {"2000-01-01", "2026-04-01", "range.to_date"}};
  for (const auto& bad : cases) {
    const auto refused = cluster_.Call(*stub_, &Stub::GetDailySales,
                                       Range<v1::GetDailySalesRequest>(bad.from, bad.to));
    EXPECT_THAT(refused.status(),
                StatusIs(absl::StatusCode::kInvalidArgument, ::testing::HasSubstr(bad.field)))
        << bad.from << " to " << bad.to;
  }
}

TEST_F(ReportingServiceTest, CashierThenMayNotReadReports) {
  const auto refused = cluster_.Call(*stub_, &Stub::GetDailySales,
                                     Range<v1::GetDailySalesRequest>("2026-04-02", "2026-04-02"),
                                     rpc::Role::kCashier);
  EXPECT_THAT(refused.status(), StatusIs(absl::StatusCode::kPermissionDenied, ::testing::_));
}

TEST_F(ReportingServiceTest, RestartThenFiguresAreTheSame) {
  Close("2026-04-02", 2000, 500, 41);
  ASSERT_TRUE(cluster_.Settle());
  const auto request = Range<v1::GetPartsUsedRequest>("2026-04-02", "2026-04-02");
  ASSERT_OK_AND_ASSIGN(const auto before, cluster_.Call(*stub_, &Stub::GetPartsUsed, request));
  ASSERT_EQ(before.rows_size(), 1);
  EXPECT_EQ(before.rows(0).sold_milli(), 2000);
  stub_.reset();
  ASSERT_THAT(cluster_.Crash("reporting"), IsOk());
  stub_ = cluster_.Stub<v1::ReportingService>("reporting");
  ASSERT_TRUE(cluster_.Settle());
  ASSERT_OK_AND_ASSIGN(const auto after, cluster_.Call(*stub_, &Stub::GetPartsUsed, request));
  EXPECT_EQ(before.SerializeAsString(), after.SerializeAsString());
}

}  // namespace
}  // namespace pitlane::reporting
