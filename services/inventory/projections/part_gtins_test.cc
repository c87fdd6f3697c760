#include "services/inventory/projections/part_gtins.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/inventory/projections/test_views.h"

namespace pitlane::inventory {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(PartGtins, CodeFindsEveryPartThatHasIt) {
  ViewRig<PartGtins> rig;
  rig.On(PartImportedEvent("prt_1", "A", "", "", "036000291452"), "prt_1");
  rig.On(PartImportedEvent("prt_2", "B", "", "", "0036000291452"), "prt_2");
  rig.On(PartImportedEvent("prt_3", "C", "", "", "4006381333931"), "prt_3");
  ASSERT_OK_AND_ASSIGN(const runtime::IdPage page,
                       PartGtins::Search(rig.views(), "00036000291452", 10, std::nullopt));
  EXPECT_THAT(page.ids, ElementsAre("prt_1", "prt_2"));
}

TEST(PartGtins, ChangedCodeTakesTheOldOneAway) {
  ViewRig<PartGtins> rig;
  rig.On(PartImportedEvent("prt_1", "A", "", "", "036000291452"), "prt_1");
  rig.On(PartImportedEvent("prt_1", "A", "", "", "4006381333931"), "prt_1", 2);
  EXPECT_THAT(rig.Keys(), ElementsAre("g/04006381333931/prt_1", "p/prt_1"));
  rig.On(PartImportedEvent("prt_1", "A"), "prt_1", 3);
  EXPECT_THAT(rig.Keys(), IsEmpty());
}

}  // namespace
}  // namespace pitlane::inventory
