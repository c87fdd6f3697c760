#include "services/inventory/projections/part_numbers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/inventory/projections/test_views.h"

namespace pitlane::inventory {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(PartNumbers, NumberAndBrandFindThePart) {
  ViewRig<PartNumbers> rig;
  rig.On(PartImportedEvent("prt_1", "D-1210/A", "Acme"), "prt_1");
  EXPECT_THAT(PartNumbers::Find(rig.views(), "ACME", "d1210a"), IsOkAndHolds("prt_1"));
  EXPECT_THAT(PartNumbers::Find(rig.views(), "Other", "d1210a"), IsOkAndHolds(std::nullopt));
}

TEST(PartNumbers, SamePartAgainIsOneRow) {
  ViewRig<PartNumbers> rig;
  rig.On(PartImportedEvent("prt_1", "D-1210/A", "Acme"), "prt_1");
  rig.On(PartImportedEvent("prt_1", "D 1210 A", "ACME"), "prt_1", 2);
  EXPECT_EQ(rig.Keys().size(), 1u);
}

TEST(PartNumbers, PrefixFindsByNumberThenBrandInPages) {
  ViewRig<PartNumbers> rig;
  rig.On(PartImportedEvent("prt_1", "AB-2", "Zeta"), "prt_1");
  rig.On(PartImportedEvent("prt_2", "AB-2", "Alpha"), "prt_2");
  rig.On(PartImportedEvent("prt_3", "AB-1", "Zeta"), "prt_3");
  rig.On(PartImportedEvent("prt_4", "AC-1", "Zeta"), "prt_4");
  ASSERT_OK_AND_ASSIGN(const runtime::IdPage first,
                       PartNumbers::Search(rig.views(), "AB", 2, std::nullopt));
  EXPECT_THAT(first.ids, ElementsAre("prt_3", "prt_2"));
  ASSERT_TRUE(first.resume.has_value());
  ASSERT_OK_AND_ASSIGN(const runtime::IdPage second,
                       PartNumbers::Search(rig.views(), "AB", 2, first.resume));
  EXPECT_THAT(second.ids, ElementsAre("prt_1"));
  EXPECT_EQ(second.resume, std::nullopt);
}

}  // namespace
}  // namespace pitlane::inventory
