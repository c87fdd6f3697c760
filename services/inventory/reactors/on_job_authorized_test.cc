#include "services/inventory/reactors/on_job_authorized.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/inventory/test_service.h"

namespace pitlane::inventory {
namespace {

using ::pitlane::testing::EqualsProto;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class OnJobAuthorizedTest : public ServiceTest {};

TEST_F(OnJobAuthorizedTest, WhatIsThereIsKept) {
  const std::string part = Part("A-1");
  ASSERT_THAT(Receive(part, 5'000, 500'000), IsOk());
  const TicketId ticket = NewTicket();
  const JobId job = NewJob();
  const Need need{NewLine(), part, 2'000};
  Authorize(ticket, job, {need});
  EXPECT_EQ(Level(part).reserved_milli(), 2'000);
  EXPECT_EQ(Level(part).available_milli(), 3'000);
  ASSERT_EQ(TicketLines(ticket).size(), 1u);
  EXPECT_EQ(TicketLines(ticket)[0].reserved_milli(), 2'000);
  EXPECT_EQ(TicketLines(ticket)[0].missing_milli(), 0);
  const v1::InventoryEvent reserved = Events().back();
  EXPECT_EQ(reserved.stock_reserved().line_id(), need.line.text());
  EXPECT_EQ(reserved.meta().location_id(), location_.text());
  EXPECT_EQ(reserved.meta().business_date(), "2026-01-02");
  EXPECT_EQ(reserved.meta().slot(), 77u);
}

TEST_F(OnJobAuthorizedTest, LinesOfOnePartAreSummedAndTheRestIsAShortage) {
  const std::string part = Part("A-1");
  ASSERT_THAT(Receive(part, 5'000, 500'000), IsOk());
  const TicketId ticket = NewTicket();
  Authorize(ticket, NewJob(), {{NewLine(), part, 3'000}, {NewLine(), part, 4'000}});
  EXPECT_EQ(Level(part).reserved_milli(), 5'000);
  EXPECT_EQ(Level(part).available_milli(), 0);
  EXPECT_EQ(Count(v1::InventoryEvent::kStockShortageFound), 1);
  EXPECT_EQ(Events().back().stock_shortage_found().missing_milli(), 2'000);
  EXPECT_EQ(Parked(), 0u);
}

TEST_F(OnJobAuthorizedTest, SameFactTwiceIsOneReservation) {
  const std::string part = Part("A-1");
  ASSERT_THAT(Receive(part, 5'000, 500'000), IsOk());
  const TicketId ticket = NewTicket();
  const JobId job = NewJob();
  const std::vector<Need> needs = {{NewLine(), part, 3'000}, {NewLine(), part, 4'000}};
  Authorize(ticket, job, needs);
  const size_t before = Events().size();
  Authorize(ticket, job, needs);
  EXPECT_EQ(Events().size(), before);
}

TEST_F(OnJobAuthorizedTest, NewConsentReplacesWhatWasKeptEvenOfOtherParts) {
  const std::string first = Part("A-1");
  const std::string second = Part("A-2");
  ASSERT_THAT(Receive(first, 5'000, 500'000), IsOk());
  ASSERT_THAT(Receive(second, 5'000, 500'000), IsOk());
  const TicketId ticket = NewTicket();
  const JobId job = NewJob();
  Authorize(ticket, job, {{NewLine(), first, 3'000}});
  Authorize(ticket, job, {{NewLine(), second, 1'000}});
  EXPECT_EQ(Level(first).reserved_milli(), 0);
  EXPECT_EQ(Level(second).reserved_milli(), 1'000);
  ASSERT_EQ(TicketLines(ticket).size(), 1u);
  EXPECT_EQ(TicketLines(ticket)[0].part_id(), second);
}

TEST_F(OnJobAuthorizedTest, PartThatLeftTheShelfIsNotKeptAgain) {
  const std::string part = Part("A-1");
  ASSERT_THAT(Receive(part, 5'000, 500'000), IsOk());
  const TicketId ticket = NewTicket();
  const JobId job = NewJob();
  const std::vector<Need> needs = {{NewLine(), part, 3'000}};
  Authorize(ticket, job, needs);
  Close(ticket, job, needs);
  Authorize(ticket, job, needs);
  EXPECT_EQ(Level(part).reserved_milli(), 0);
  EXPECT_EQ(Level(part).on_hand_milli(), 2'000);
}

TEST_F(OnJobAuthorizedTest, ReorderPointReachedRaisesAnOrder) {
  Supplier();
  v1::PartRow row = Row("A-1");
  row.set_supplier_name("Heartland");
  const std::string part = ImportOne(row).part_id();
  ASSERT_THAT(Receive(part, 5'000, 500'000), IsOk());
  v1::SetReorderRuleRequest rule;
  rule.set_request_id(NextRequest());
  rule.set_part_id(part);
  rule.set_location_id(location_.text());
  rule.set_reorder_point_milli(2'000);
  rule.set_reorder_quantity_milli(10'000);
  ASSERT_THAT(Call(&Stub::SetReorderRule, rule), IsOk());
  EXPECT_THAT(Orders(), IsEmpty());
  Authorize(NewTicket(), NewJob(), {{NewLine(), part, 3'000}});
  ASSERT_EQ(Orders().size(), 1u);
  EXPECT_EQ(Level(part).on_order_milli(), 10'000);
}

TEST_F(OnJobAuthorizedTest, UnknownPartIsParkedUntilItIsImported) {
  const std::string part = Part("A-1");
  ASSERT_THAT(Receive(part, 5'000, 500'000), IsOk());
  const std::string unknown = PartId::Make(cluster_.clock(), cluster_.entropy(), 5).text();
  Authorize(NewTicket(), NewJob(), {{NewLine(), part, 1'000}, {NewLine(), unknown, 1'000}});
  EXPECT_EQ(Parked(), 1u);
  EXPECT_EQ(Level(part).reserved_milli(), 0);
  // Other tickets go on.
  Authorize(NewTicket(), NewJob(), {{NewLine(), part, 1'000}});
  EXPECT_EQ(Parked(), 1u);
  EXPECT_EQ(Level(part).reserved_milli(), 1'000);
  v1::PartRow row = Row("A-2");
  row.set_part_id(unknown);
  ASSERT_EQ(ImportOne(row).outcome(), v1::ROW_OUTCOME_IMPORTED);
  RetryParked();
  EXPECT_EQ(Parked(), 0u);
  EXPECT_EQ(Level(part).reserved_milli(), 2'000);
}

TEST_F(OnJobAuthorizedTest, QuantityOfNothingIsParked) {
  const std::string part = Part("A-1");
  Authorize(NewTicket(), NewJob(), {{NewLine(), part, 0}});
  EXPECT_EQ(Parked(), 1u);
}

}  // namespace
}  // namespace pitlane::inventory
