#include "services/inventory/projections/supplier_names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "services/inventory/projections/test_views.h"

namespace pitlane::inventory {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(SupplierNames, NameFindsItsSupplier) {
  ViewRig<SupplierNames> rig;
  EXPECT_THAT(rig.Keys(), IsEmpty());
  v1::InventoryEvent event;
  event.mutable_supplier_registered()->mutable_supplier()->set_supplier_id("sup_1");
  event.mutable_supplier_registered()->mutable_supplier()->set_name("Heartland Parts");
  rig.On(event, "sup_1");
  EXPECT_THAT(SupplierNames::Find(rig.views(), " heartland  PARTS"), IsOkAndHolds("sup_1"));
  EXPECT_THAT(SupplierNames::Find(rig.views(), "heartland"), IsOkAndHolds(std::nullopt));
  EXPECT_THAT(rig.Keys(), ElementsAre("heartland parts"));
}

}  // namespace
}  // namespace pitlane::inventory
