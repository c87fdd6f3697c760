#include "services/inventory/projections/part_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "services/inventory/projections/test_views.h"

namespace pitlane::inventory {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Words = std::vector<std::string>;

// Every page until there is no more, each of `limit` parts at most.
std::vector<std::string> Find(ViewRig<PartWords>& rig, const Words& words, size_t limit = 100) {
  std::vector<std::string> found;
  std::optional<std::string> after;
  do {
    const auto page = PartWords::Search(rig.views(), words, limit, after);
    EXPECT_THAT(page, IsOk());
    if (!page.ok()) return found;
    EXPECT_LE(page->ids.size(), limit);
    found.insert(found.end(), page->ids.begin(), page->ids.end());
    after = page->resume;
  } while (after.has_value());
  return found;
}

TEST(PartWords, AllWordsMustOccurAndTheLastMayBeABeginning) {
  ViewRig<PartWords> rig;
  rig.On(PartImportedEvent("prt_1", "A", "Acme", "Brake pad set, front"), "prt_1");
  rig.On(PartImportedEvent("prt_2", "B", "Acme", "Brake disc, front"), "prt_2");
  rig.On(PartImportedEvent("prt_3", "C", "Other", "Wiper blade"), "prt_3");
  EXPECT_THAT(Find(rig, {"brake", "front"}), ElementsAre("prt_1", "prt_2"));
  EXPECT_THAT(Find(rig, {"front", "brake"}), ElementsAre("prt_1", "prt_2"));
  EXPECT_THAT(Find(rig, {"brake", "pa"}), ElementsAre("prt_1"));
  EXPECT_THAT(Find(rig, {"bra", "pad"}), IsEmpty());
  EXPECT_THAT(Find(rig, {"acme", "d"}), ElementsAre("prt_2"));
  EXPECT_THAT(Find(rig, {"wip"}), ElementsAre("prt_3"));
  EXPECT_THAT(Find(rig, {"clutch"}), IsEmpty());
}

TEST(PartWords, PartWithTwoMatchingWordsIsFoundOnce) {
  ViewRig<PartWords> rig;
  rig.On(PartImportedEvent("prt_1", "A", "", "brake brakes braking"), "prt_1");
  EXPECT_THAT(Find(rig, {"brak"}), ElementsAre("prt_1"));
}

TEST(PartWords, ChangedDescriptionTakesOldWordsAway) {
  ViewRig<PartWords> rig;
  rig.On(PartImportedEvent("prt_1", "A", "", "brake pad"), "prt_1");
  rig.On(PartImportedEvent("prt_1", "A", "", "brake disc"), "prt_1", 2);
  EXPECT_THAT(Find(rig, {"pad"}), IsEmpty());
  EXPECT_THAT(Find(rig, {"disc"}), ElementsAre("prt_1"));
  EXPECT_EQ(rig.Keys().size(), 3u);
}

TEST(PartWords, PagesTogetherAreTheWholeResult) {
  ViewRig<PartWords> rig;
  std::vector<std::string> all;
  for (int i = 100; i < 250; ++i) {
    const std::string id = "prt_" + std::to_string(i);
    const std::string rest = i % 3 == 0 ? " front" : " rear";
    rig.On(PartImportedEvent(id, id, "", "brake pad" + rest), id);
    if (i % 3 == 0) all.push_back(id);
  }
  for (const size_t limit : {1, 7, 50, 100}) {
    EXPECT_EQ(Find(rig, {"brake", "pad", "front"}, limit), all) << limit;
    EXPECT_EQ(Find(rig, {"front", "brak"}, limit), all) << limit;
    EXPECT_EQ(Find(rig, {"fron"}, limit), all) << limit;
  }
}

}  // namespace
}  // namespace pitlane::inventory
