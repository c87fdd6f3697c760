#include "services/inventory/domain/purchase_order.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "libs/base/status_matchers.h"
#include "libs/testing/given.h"
#include "pitlane/inventory/v1/inventory_service.pb.h"

namespace pitlane::inventory {
namespace {

using ::pitlane::testing::EventIs;
using ::pitlane::testing::Given;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

v1::PurchaseOrder TwoLines() {
  v1::PurchaseOrder order;
  order.set_purchase_order_id("por_1");
  order.set_supplier_id("sup_1");
  order.set_location_id("loc_1");
  for (const char* part : {"prt_1", "prt_2"}) {
    v1::PurchaseOrderLine& line = *order.add_lines();
    line.set_part_id(part);
    line.set_quantity_milli(10'000);
    line.set_unit_cost_e4(500'000);
  }
  return order;
}

using History = std::vector<v1::InventoryEvent>;

template <class Command>
History Then(History history, const Command& command) {
  const v1::PurchaseOrder order = Given<PurchaseOrderAggregate>(history).state();
  PurchaseOrderEvents more = [&] {
    if constexpr (std::is_same_v<Command, ReceivePurchaseOrder>) {
      return Decide(order, "por_1", command);
    } else {
      return Decide(order, command);
    }
  }();
  EXPECT_THAT(more, IsOk());
  for (v1::InventoryEvent& event : *more) history.push_back(std::move(event));
  return history;
}

History Raised() { return Then({}, RaisePurchaseOrder{TwoLines()}); }
History Sent() { return Then(Raised(), SendPurchaseOrder{}); }
History Confirmed() { return Then(Sent(), ConfirmPurchaseOrder{"H-1"}); }

ReceivePurchaseOrder Came(std::vector<ReceivedOfLine> lines) { return {std::move(lines)}; }

auto Receiving(ReceivePurchaseOrder command) {
  return [command = std::move(command)](const v1::PurchaseOrder& order) {
    return Decide(order, "por_1", command);
  };
}

TEST(PurchaseOrder, GoesThroughItsStates) {
  EXPECT_EQ(Given<PurchaseOrderAggregate>(Raised()).state().status(),
            v1::PURCHASE_ORDER_STATUS_DRAFT);
  EXPECT_EQ(Given<PurchaseOrderAggregate>(Sent()).state().status(), v1::PURCHASE_ORDER_STATUS_SENT);
  const v1::PurchaseOrder confirmed = Given<PurchaseOrderAggregate>(Confirmed()).state();
  EXPECT_EQ(confirmed.status(), v1::PURCHASE_ORDER_STATUS_CONFIRMED);
  EXPECT_EQ(confirmed.supplier_reference(), "H-1");
  EXPECT_EQ(confirmed.version(), 3u);
}

TEST(PurchaseOrder, SecondAnswerOfTheSupplierChangesNothing) {
  Given<PurchaseOrderAggregate>(Confirmed())
      .When([](const v1::PurchaseOrder& order) { return Decide(order, ConfirmPurchaseOrder{"X"}); })
      .ThenEvents(IsEmpty());
  Given<PurchaseOrderAggregate>(Confirmed())
      .When([](const v1::PurchaseOrder& order) { return Decide(order, FailPurchaseOrder{"X"}); })
      .ThenEvents(IsEmpty());
  Given<PurchaseOrderAggregate>(Confirmed())
      .When([](const v1::PurchaseOrder& order) { return Decide(order, SendPurchaseOrder{}); })
      .ThenEvents(IsEmpty());
  Given<PurchaseOrderAggregate>(Raised())
      .When([](const v1::PurchaseOrder& order) {
        return Decide(order, RaisePurchaseOrder{TwoLines()});
      })
      .ThenEvents(IsEmpty());
}

TEST(PurchaseOrder, OrderThatWasNeverHeardOfIsSentAgain) {
  Given<PurchaseOrderAggregate>(Sent())
      .When([](const v1::PurchaseOrder& order) { return Decide(order, SendPurchaseOrder{}); })
      .ThenEvents(
          ElementsAre(EventIs(R"pb(purchase_order_sent { purchase_order_id: "por_1" })pb")));
}

TEST(PurchaseOrder, RefusedOrderIsCancelled) {
  const v1::PurchaseOrder order =
      Given<PurchaseOrderAggregate>(Then(Sent(), FailPurchaseOrder{"discontinued"})).state();
  EXPECT_EQ(order.status(), v1::PURCHASE_ORDER_STATUS_CANCELLED);
  EXPECT_FALSE(IsOpen(order.status()));
}

TEST(ReceivePurchaseOrder, SomeOfItIsPartialAllOfItCloses) {
  const History some = Then(Confirmed(), Came({{"prt_1", 4'000, std::nullopt}}));
  EXPECT_THAT(some.back(),
              EventIs(R"pb(purchase_order_received {
                             purchase_order_id: "por_1"
                             lines { part_id: "prt_1" quantity_milli: 4000 unit_cost_e4: 500000 }
                           })pb"));
  EXPECT_EQ(Given<PurchaseOrderAggregate>(some).state().status(),
            v1::PURCHASE_ORDER_STATUS_PARTIALLY_RECEIVED);
  const History all =
      Then(some, Came({{"prt_1", 6'000, 560'000}, {"prt_2", 10'000, std::nullopt}}));
  EXPECT_EQ(all[all.size() - 2].purchase_order_received().lines(0).unit_cost_e4(), 560'000);
  EXPECT_TRUE(all.back().has_purchase_order_closed());
  EXPECT_EQ(Given<PurchaseOrderAggregate>(all).state().status(), v1::PURCHASE_ORDER_STATUS_CLOSED);
}

TEST(ReceivePurchaseOrder, OutstandingIsWhatIsLeft) {
  const History some = Then(Confirmed(), Came({{"prt_1", 10'000, std::nullopt}}));
  const auto outcome = Given<PurchaseOrderAggregate>(some).When(
      [](const v1::PurchaseOrder& order) { return Decide(order, "por_1", ReceiveOutstanding{}); });
  ASSERT_THAT(outcome.result(), IsOk());
  ASSERT_EQ(outcome.result()->size(), 2u);
  EXPECT_THAT((*outcome.result())[0],
              EventIs(R"pb(purchase_order_received {
                             purchase_order_id: "por_1"
                             lines { part_id: "prt_2" quantity_milli: 10000 unit_cost_e4: 500000 }
                           })pb"));
  EXPECT_EQ(outcome.state().status(), v1::PURCHASE_ORDER_STATUS_CLOSED);
}

TEST(ReceivePurchaseOrder, OrderThatIsNotThereIsPurchaseOrderUnknown) {
  Given<PurchaseOrderAggregate>()
      .When(Receiving(Came({{"prt_1", 1, std::nullopt}})))
      .ThenRefused(absl::StatusCode::kNotFound, v1::PURCHASE_ORDER_UNKNOWN);
}

TEST(ReceivePurchaseOrder, ClosedOrCancelledIsPurchaseOrderOver) {
  Given<PurchaseOrderAggregate>(
      Then(Confirmed(), Came({{"prt_1", 10'000, std::nullopt}, {"prt_2", 10'000, std::nullopt}})))
      .When(Receiving(Came({{"prt_1", 1, std::nullopt}})))
      .ThenRefused(v1::PURCHASE_ORDER_OVER);
  Given<PurchaseOrderAggregate>(Then(Sent(), FailPurchaseOrder{"no"}))
      .When(Receiving(Came({{"prt_1", 1, std::nullopt}})))
      .ThenRefused(v1::PURCHASE_ORDER_OVER);
}

TEST(ReceivePurchaseOrder, UnansweredIsPurchaseOrderNotConfirmed) {
  Given<PurchaseOrderAggregate>(Sent())
      .When(Receiving(Came({{"prt_1", 1, std::nullopt}})))
      .ThenRefused(v1::PURCHASE_ORDER_NOT_CONFIRMED);
}

TEST(ReceivePurchaseOrder, OtherPartOrSamePartTwiceIsPurchaseOrderLineUnknown) {
  Given<PurchaseOrderAggregate>(Confirmed())
      .When(Receiving(Came({{"prt_3", 1, std::nullopt}})))
      .ThenRefused(v1::PURCHASE_ORDER_LINE_UNKNOWN);
  Given<PurchaseOrderAggregate>(Confirmed())
      .When(Receiving(Came({{"prt_1", 1, std::nullopt}, {"prt_1", 1, std::nullopt}})))
      .ThenRefused(v1::PURCHASE_ORDER_LINE_UNKNOWN);
}

TEST(ReceivePurchaseOrder, MoreThanOutstandingIsOverReceipt) {
  Given<PurchaseOrderAggregate>(Then(Confirmed(), Came({{"prt_1", 4'000, std::nullopt}})))
      .When(Receiving(Came({{"prt_1", 6'001, std::nullopt}})))
      .ThenRefused(v1::OVER_RECEIPT);
}

}  // namespace
}  // namespace pitlane::inventory
