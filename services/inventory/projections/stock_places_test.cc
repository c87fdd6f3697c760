#include "services/inventory/projections/stock_places.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/inventory/projections/test_views.h"

namespace pitlane::inventory {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(StockPlaces, FirstEventOfAStockStreamMakesTheRow) {
  ViewRig<StockPlaces> rig;
  v1::InventoryEvent event;
  event.mutable_stock_received();
  rig.On(event, "loc_1/prt_1", 2);
  EXPECT_THAT(rig.Keys(), IsEmpty());
  rig.On(event, "loc_1/prt_1", 1);
  rig.On(event, "loc_2/prt_1", 1);
  rig.On(PartImportedEvent("prt_1", "A"), "prt_1", 1);
  EXPECT_THAT(rig.Keys(), ElementsAre("prt_1/loc_1", "prt_1/loc_2"));
}

}  // namespace
}  // namespace pitlane::inventory
