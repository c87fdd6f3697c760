#include "services/inventory/projections/purchase_orders.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "services/inventory/projections/test_views.h"

namespace pitlane::inventory {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

v1::InventoryEvent At(v1::InventoryEvent event, const std::string& order) {
  event.mutable_meta()->set_stream_id(order);
  event.mutable_meta()->set_location_id("loc_1");
  return event;
}

v1::InventoryEvent Raised() {
  v1::InventoryEvent event;
  event.mutable_purchase_order_raised();
  return event;
}

TEST(PurchaseOrders, NewestComesFirstInPages) {
  ViewRig<PurchaseOrders> rig;
  for (const char* order : {"por_1", "por_2", "por_3"}) rig.On(At(Raised(), order));
  ASSERT_OK_AND_ASSIGN(const auto first,
                       PurchaseOrders::List(rig.views(), "loc_1", false, 2, std::nullopt));
  EXPECT_THAT(first.ids, ElementsAre("por_3", "por_2"));
  ASSERT_OK_AND_ASSIGN(const auto second,
                       PurchaseOrders::List(rig.views(), "loc_1", false, 2, first.resume));
  EXPECT_THAT(second.ids, ElementsAre("por_1"));
  EXPECT_EQ(second.resume, std::nullopt);
  ASSERT_OK_AND_ASSIGN(const auto elsewhere,
                       PurchaseOrders::List(rig.views(), "loc_2", false, 2, std::nullopt));
  EXPECT_THAT(elsewhere.ids, IsEmpty());
}

TEST(PurchaseOrders, ClosedAndCancelledLeaveTheOpenList) {
  ViewRig<PurchaseOrders> rig;
  for (const char* order : {"por_1", "por_2", "por_3"}) rig.On(At(Raised(), order));
  v1::InventoryEvent event;
  event.mutable_purchase_order_closed();
  rig.On(At(event, "por_1"));
  event.mutable_purchase_order_failed();
  rig.On(At(event, "por_3"));
  ASSERT_OK_AND_ASSIGN(const auto open,
                       PurchaseOrders::List(rig.views(), "loc_1", true, 10, std::nullopt));
  EXPECT_THAT(open.ids, ElementsAre("por_2"));
  ASSERT_OK_AND_ASSIGN(const auto all,
                       PurchaseOrders::List(rig.views(), "loc_1", false, 10, std::nullopt));
  EXPECT_THAT(all.ids, ElementsAre("por_3", "por_2", "por_1"));
}

}  // namespace
}  // namespace pitlane::inventory
