#include "services/inventory/reactors/on_ticket_closed.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/inventory/test_service.h"

namespace pitlane::inventory {
namespace {

class OnTicketClosedTest : public ServiceTest {};

TEST_F(OnTicketClosedTest, ReservationsBecomeIssuesAtTheAverage) {
  const std::string part = Part("A-1");
  ASSERT_THAT(Receive(part, 10'000, 500'000), IsOk());
  ASSERT_THAT(Receive(part, 6'000, 560'000), IsOk());
  const TicketId ticket = NewTicket();
  const JobId job = NewJob();
  const std::vector<Need> needs = {{NewLine(), part, 4'000}};
  Authorize(ticket, job, needs);
  Close(ticket, job, needs);
  const v1::StockLevel level = Level(part);
  EXPECT_EQ(level.on_hand_milli(), 12'000);
  EXPECT_EQ(level.reserved_milli(), 0);
  EXPECT_EQ(level.value_e4(), 6'270'000);
  ASSERT_EQ(TicketLines(ticket).size(), 1u);
  EXPECT_EQ(TicketLines(ticket)[0].issued_milli(), 4'000);
  EXPECT_EQ(TicketLines(ticket)[0].cost_e4(), 2'090'000);
  const v1::InventoryEvent issued = Events().back();
  EXPECT_EQ(issued.stock_issued().currency(), "USD");
  EXPECT_EQ(issued.meta().business_date(), "2026-01-02");
}

TEST_F(OnTicketClosedTest, EachLineIsIssuedExactlyOnce) {
  const std::string part = Part("A-1");
  ASSERT_THAT(Receive(part, 10'000, 500'000), IsOk());
  const TicketId ticket = NewTicket();
  const JobId job = NewJob();
  const std::vector<Need> needs = {{NewLine(), part, 1'000}, {NewLine(), part, 2'000}};
  Close(ticket, job, needs);
  Close(ticket, job, needs);
  EXPECT_EQ(Count(v1::InventoryEvent::kStockIssued), 2);
  EXPECT_EQ(Level(part).on_hand_milli(), 7'000);
}

TEST_F(OnTicketClosedTest, WhatElseWasKeptIsReleased) {
  const std::string part = Part("A-1");
  ASSERT_THAT(Receive(part, 10'000, 500'000), IsOk());
  const TicketId ticket = NewTicket();
  const JobId sold = NewJob();
  const std::vector<Need> needs = {{NewLine(), part, 1'000}};
  Authorize(ticket, sold, needs);
  Authorize(ticket, NewJob(), {{NewLine(), part, 3'000}});
  Close(ticket, sold, needs);
  EXPECT_EQ(Level(part).reserved_milli(), 0);
  EXPECT_EQ(Level(part).available_milli(), 9'000);
}

TEST_F(OnTicketClosedTest, SoldWithNoneOnHandIsTruedUpByTheReceipt) {
  const std::string part = Part("A-1");
  const TicketId ticket = NewTicket();
  Close(ticket, NewJob(), {{NewLine(), part, 2'000}});
  EXPECT_TRUE(TicketLines(ticket)[0].provisional());
  EXPECT_EQ(TicketLines(ticket)[0].cost_e4(), 1'000'000);
  EXPECT_EQ(Level(part).available_milli(), -2'000);
  ASSERT_THAT(Receive(part, 5'000, 560'000), IsOk());
  EXPECT_EQ(Events().back().cost_trued_up().difference_e4(), 120'000);
  EXPECT_EQ(Level(part).on_hand_milli(), 3'000);
  EXPECT_EQ(Level(part).value_e4(), 1'680'000);
}

TEST_F(OnTicketClosedTest, UnknownPartIsParkedWithTheWholeTicket) {
  const std::string part = Part("A-1");
  const std::string unknown = PartId::Make(cluster_.clock(), cluster_.entropy(), 5).text();
  Close(NewTicket(), NewJob(), {{NewLine(), part, 1'000}, {NewLine(), unknown, 1'000}});
  EXPECT_EQ(Parked(), 1u);
  EXPECT_EQ(Level(part).on_hand_milli(), 0);
  EXPECT_EQ(Count(v1::InventoryEvent::kStockIssued), 0);
}

TEST_F(OnTicketClosedTest, RestartAndPowerCutKeepEveryIssueOnce) {
  const std::string part = Part("A-1");
  const TicketId ticket = NewTicket();
  const JobId job = NewJob();
  const std::vector<Need> needs = {{NewLine(), part, 2'000}};
  Close(ticket, job, needs);
  ASSERT_THAT(cluster_.Crash("inventory"), IsOk());
  NewStub();
  ASSERT_TRUE(cluster_.Settle());
  Close(ticket, job, needs);
  EXPECT_EQ(Level(part).issued_milli(), 2'000);
}

}  // namespace
}  // namespace pitlane::inventory
