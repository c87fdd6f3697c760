#include "libs/stream/journal_feed.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "libs/base/status_matchers.h"
#include "libs/stream/feed_conformance.h"

namespace pitlane::stream {
namespace {

using ::testing::HasSubstr;

class JournalWorld final : public FeedWorld {
 public:
  explicit JournalWorld(bool note_heads) : store_({.note_heads = note_heads}) {}
  EventStore& store() override { return store_; }
  void Settle() override {}
  std::unique_ptr<EventFeed> NewFeed() override {
    return std::make_unique<JournalFeed>(store_.journal());
  }

 private:
  EventStore store_;
};

std::unique_ptr<FeedWorld> MakeWorld(bool note_heads) {
  return std::make_unique<JournalWorld>(note_heads);
}

INSTANTIATE_TEST_SUITE_P(JournalFeed, FeedConformance,
                         ::testing::Values(FeedKind{"WithHeads", MakeWorld, true},
                                           FeedKind{"WithoutHeads", MakeWorld, false}),
                         [](const auto& kind) { return kind.param.name; });

TEST(JournalFeed, CursorBehindTheEndOfTheJournalThenDataLoss) {
  EventStore store({});
  store.Append(10);
  JournalFeed feed(store.journal());
  EXPECT_THAT(feed.Seek({{Source{"ticket", 0, 1}, 11}}),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("older")));
}

TEST(JournalFeed, AppendedToThenEveryRecordIsThereWithTheCommit) {
  EventStore store({});
  JournalFeed feed(store.journal());
  ASSERT_THAT(feed.Seek({}), IsOk());
  for (int i = 0; i < 10; ++i) {
    store.Append(1);
    ASSERT_OK_AND_ASSIGN(const auto records, feed.Poll(10));
    EXPECT_EQ(records.size(), 1u);
  }
}

}  // namespace
}  // namespace pitlane::stream
