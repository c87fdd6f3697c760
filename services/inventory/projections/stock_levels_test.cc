#include "services/inventory/projections/stock_levels.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/testing/proto_matchers.h"
#include "services/inventory/domain/event_examples.h"
#include "services/inventory/projections/test_views.h"

namespace pitlane::inventory {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using ::pitlane::testing::EqualsProto;

const StockKey kKey{.location_id = "loc_1", .part_id = "prt_1"};

TEST(StockLevels, LevelOfTheLastEventIsTheRow) {
  ViewRig<StockLevels> rig;
  ASSERT_OK_AND_ASSIGN(const auto nothing, StockLevels::Get(rig.views(), kKey));
  EXPECT_FALSE(nothing.has_value());
  v1::InventoryEvent event;
  event.mutable_stock_received()->mutable_level()->set_on_hand_milli(5);
  rig.On(event, "loc_1/prt_1");
  event.mutable_stock_issued()->mutable_level()->set_on_hand_milli(3);
  rig.On(event, "loc_1/prt_1", 2);
  ASSERT_OK_AND_ASSIGN(const auto level, StockLevels::Get(rig.views(), kKey));
  EXPECT_THAT(level.value(), EqualsProto("on_hand_milli: 3"));
}

TEST(StockLevels, RuleAndShortageLeaveQuantitiesAlone) {
  ViewRig<StockLevels> rig;
  v1::InventoryEvent event;
  event.mutable_stock_received()->mutable_level()->set_on_hand_milli(5);
  rig.On(event, "loc_1/prt_1");
  v1::ReorderRuleSet& rule = *event.mutable_reorder_rule_set();
  rule.set_location_id("loc_1");
  rule.set_part_id("prt_1");
  rule.set_reorder_point_milli(7);
  rule.set_reorder_quantity_milli(8);
  rig.On(event, "loc_1/prt_1", 2);
  event.mutable_stock_shortage_found()->set_location_id("loc_1");
  event.mutable_stock_shortage_found()->set_part_id("prt_1");
  rig.On(event, "loc_1/prt_1", 3);
  ASSERT_OK_AND_ASSIGN(const auto level, StockLevels::Get(rig.views(), kKey));
  EXPECT_THAT(level.value(), EqualsProto(R"pb(part_id: "prt_1"
                                              location_id: "loc_1"
                                              on_hand_milli: 5
                                              reorder_point_milli: 7
                                              reorder_quantity_milli: 8
                                              version: 3)pb"));
}

TEST(StockLevels, OtherStreamsHaveNoRow) {
  ViewRig<StockLevels> rig;
  rig.On(PartImportedEvent("prt_1", "A"), "prt_1");
  EXPECT_THAT(rig.Keys(), IsEmpty());
}

TEST(StockLevels, LevelOfIsSetForEveryMovementAndNothingElse) {
  int with_level = 0;
  for (const v1::InventoryEvent& event : EventExamples()) {
    with_level += LevelOf(event) != nullptr ? 1 : 0;
  }
  EXPECT_EQ(with_level, 9);
}

}  // namespace
}  // namespace pitlane::inventory
