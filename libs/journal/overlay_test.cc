#include "libs/journal/overlay.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <vector>

namespace pitlane::journal::internal {
namespace {

constexpr Family kFamily = Family::kViews;

std::string Shown(const Overlay& overlay, const std::string& key) {
  const Overlay::Value* value = overlay.Find(kFamily, key);
  if (value == nullptr) return "unknown";
  return value->has_value() ? **value : "deleted";
}

TEST(Overlay, PutAndDeletedThenFound) {
  Overlay overlay;
  EXPECT_TRUE(overlay.empty());
  overlay.Put(kFamily, "a", "1");
  overlay.Delete(kFamily, "b");
  EXPECT_EQ(Shown(overlay, "a"), "1");
  EXPECT_EQ(Shown(overlay, "b"), "deleted");
  EXPECT_EQ(Shown(overlay, "c"), "unknown");
  EXPECT_EQ(overlay.Find(Family::kCursors, "a"), nullptr);
  EXPECT_FALSE(overlay.empty());
}

TEST(Overlay, RangeDeletedThenKeysPutLaterAreThere) {
  Overlay overlay;
  overlay.Put(kFamily, "b", "old");
  overlay.DeleteRange(kFamily, "a", "d");
  overlay.Put(kFamily, "c", "new");
  EXPECT_EQ(Shown(overlay, "b"), "deleted");
  EXPECT_EQ(Shown(overlay, "c"), "new");
  EXPECT_EQ(Shown(overlay, "d"), "unknown");
  EXPECT_TRUE(overlay.Covers(kFamily, "a"));
  EXPECT_FALSE(overlay.Covers(kFamily, "d"));
  EXPECT_FALSE(overlay.Covers(Family::kCursors, "b"));
}

// Random changes with nested save points against copies of a map.
RC_GTEST_PROP(Overlay, RolledBackThenItIsAsAtTheSavePoint, ()) {
  using Model = std::map<std::string, std::string>;
  Overlay overlay;
  Model model;
  std::vector<Model> saved;
  const auto key = [] { return std::string(1, static_cast<char>('a' + *rc::gen::inRange(0, 6))); };
  const int steps = *rc::gen::inRange(0, 60);
  for (int i = 0; i < steps; ++i) {
    switch (*rc::gen::inRange(0, 7)) {
      case 0:
      case 1: {
        const std::string k = key();
        overlay.Put(kFamily, k, std::to_string(i));
        model[k] = std::to_string(i);
        break;
      }
      case 2: {
        const std::string k = key();
        overlay.Delete(kFamily, k);
        model[k] = "deleted";
        break;
      }
      case 3: {
        const std::string from = key(), to = key();
        overlay.DeleteRange(kFamily, from, to);
        for (char c = from[0]; c < to[0]; ++c) model[std::string(1, c)] = "deleted";
        break;
      }
      case 4:
        overlay.SetSavePoint();
        saved.push_back(model);
        break;
      case 5:
        if (saved.empty()) break;
        overlay.RollbackToSavePoint();
        model = saved.back();
        saved.pop_back();
        break;
      case 6:
        if (saved.empty()) break;
        overlay.PopSavePoint();
        saved.pop_back();
        break;
    }
    for (char c = 'a'; c < 'g'; ++c) {
      const std::string k(1, c);
      RC_ASSERT(Shown(overlay, k) == (model.count(k) ? model[k] : "unknown"));
    }
  }
  RC_ASSERT(overlay.has_save_point() == !saved.empty());
}

}  // namespace
}  // namespace pitlane::journal::internal
