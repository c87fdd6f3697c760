#include "libs/stream/feed_conformance.h"

#include <gmock/gmock.h>

#include <map>
#include <random>
#include <utility>

#include "libs/base/status_matchers.h"

namespace pitlane::stream {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// Cursors of a reader that has applied everything up to `position` of the log.
std::map<Source, uint64_t> CursorsAt(const std::vector<FeedRecord>& all, uint64_t position) {
  std::map<Source, uint64_t> cursors;
  for (const FeedRecord& record : all) {
    if (record.position <= position) cursors[record.source] = record.position;
  }
  return cursors;
}

TEST_P(FeedConformance, PolledBeforeSeekThenRefused) {
  const auto feed = world().NewFeed();
  EXPECT_THAT(feed->Poll(1), StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("Seek")));
  EXPECT_FALSE(feed->caught_up());
}

TEST_P(FeedConformance, SoughtWithoutCursorsThenGivesEverythingOnceAndInOrder) {
  AppendAndSettle(1000);
  const auto feed = world().NewFeed();
  ASSERT_THAT(feed->Seek({}), IsOk());
  CheckingReader reader(*feed);
  ASSERT_TRUE(reader.ReadUntilCount(1000));
  EXPECT_EQ(BySource(reader.applied()), BySource(store().All()));
}

TEST_P(FeedConformance, SoughtInTheMiddleThenGivesWhatIsBehind) {
  AppendAndSettle(500);
  for (const uint64_t position : {1, 2, 7, 250, 499}) {
    const auto cursors = CursorsAt(store().All(), position);
    const std::vector<FeedRecord> expected = Behind(cursors);
    const auto feed = world().NewFeed();
    ASSERT_THAT(feed->Seek(cursors), IsOk());
    CheckingReader reader(*feed);
    reader.StartWith(cursors);
    ASSERT_TRUE(reader.ReadUntilCount(expected.size())) << position;
    EXPECT_EQ(BySource(reader.applied()), BySource(expected)) << position;
  }
}

TEST_P(FeedConformance, SoughtAtDifferentPlacesPerSourceThenGivesWhatIsBehindEach) {
  AppendAndSettle(300);
  std::map<Source, uint64_t> cursors = CursorsAt(store().All(), 300);
  const auto early = CursorsAt(store().All(), 100);
  cursors[early.begin()->first] = early.begin()->second;
  const std::vector<FeedRecord> expected = Behind(cursors);
  ASSERT_FALSE(expected.empty());
  const auto feed = world().NewFeed();
  ASSERT_THAT(feed->Seek(cursors), IsOk());
  CheckingReader reader(*feed);
  reader.StartWith(cursors);
  ASSERT_TRUE(reader.ReadUntilCount(expected.size()));
  EXPECT_EQ(BySource(reader.applied()), BySource(expected));
}

TEST_P(FeedConformance, SoughtAtTheEndThenSilentUntilNewsAndThenWoken) {
  AppendAndSettle(100);
  const auto cursors = CursorsAt(store().All(), 100);
  const auto feed = world().NewFeed();
  ASSERT_THAT(feed->Seek(cursors), IsOk());
  CheckingReader reader(*feed);
  reader.StartWith(cursors);
  ASSERT_TRUE(reader.ReadUntil([&] { return feed->caught_up(); }));
  EXPECT_THAT(reader.applied(), IsEmpty());

  store().Append(10);
  ASSERT_TRUE(reader.ReadUntilCount(10));
  EXPECT_EQ(BySource(reader.applied()), BySource(Behind(cursors)));
}

TEST_P(FeedConformance, PartitionSilentUntilNowThenItsFirstRecordHasNoPredecessor) {
  AppendAndSettle(50);
  const uint32_t silent = store().spec().partition_count - 1;
  const auto cursors = CursorsAt(store().All(), 50);
  ASSERT_FALSE(cursors.contains(Source{store().spec().area, 0, silent}));
  const auto feed = world().NewFeed();
  ASSERT_THAT(feed->Seek(cursors), IsOk());
  CheckingReader reader(*feed);
  reader.StartWith(cursors);
  store().AppendToSlot(silent);
  ASSERT_TRUE(reader.ReadUntilCount(1));
  EXPECT_EQ(reader.applied()[0].source.partition, silent);
  EXPECT_EQ(reader.applied()[0].previous, 0u);
}

TEST_P(FeedConformance, EmptyStoreThenCaughtUpAndLaterRecordsCome) {
  world().Settle();
  const auto feed = world().NewFeed();
  ASSERT_THAT(feed->Seek({}), IsOk());
  CheckingReader reader(*feed);
  ASSERT_TRUE(reader.ReadUntil([&] { return feed->caught_up(); }));
  store().Append(3);
  ASSERT_TRUE(reader.ReadUntilCount(3));
}

TEST_P(FeedConformance, RecordsLeftBehindThenNotCaughtUp) {
  AppendAndSettle(20);
  const auto feed = world().NewFeed();
  ASSERT_THAT(feed->Seek({}), IsOk());
  EXPECT_FALSE(feed->caught_up());
  size_t came = 0;
  const absl::Time deadline = absl::Now() + kPatience;
  while (came < 20 && absl::Now() < deadline) {
    EXPECT_FALSE(feed->caught_up());
    ASSERT_OK_AND_ASSIGN(const auto records, feed->Poll(1));
    EXPECT_LE(records.size(), 1u);
    came += records.size();
  }
  EXPECT_EQ(came, 20u);
  CheckingReader reader(*feed);
  EXPECT_TRUE(reader.ReadUntil([&] { return feed->caught_up(); }));
}

TEST_P(FeedConformance, SoughtAgainThenGivesTheSameAgain) {
  AppendAndSettle(200);
  const auto feed = world().NewFeed();
  std::map<Source, std::vector<FeedRecord>> first;
  for (int round = 0; round < 3; ++round) {
    ASSERT_THAT(feed->Seek({}), IsOk());
    CheckingReader reader(*feed);
    ASSERT_TRUE(reader.ReadUntilCount(200));
    if (round == 0) first = BySource(reader.applied());
    EXPECT_EQ(BySource(reader.applied()), first);
  }
}

TEST_P(FeedConformance, CursorsOfOtherAreasThenIgnored) {
  AppendAndSettle(5);
  const auto feed = world().NewFeed();
  ASSERT_THAT(feed->Seek({{Source{"somewhere_else", 0, 1}, 1000}}), IsOk());
  CheckingReader reader(*feed);
  ASSERT_TRUE(reader.ReadUntilCount(5));
}

TEST_P(FeedConformance, CursorOfAPartitionThatIsNotThereThenRefused) {
  const auto feed = world().NewFeed();
  const uint32_t beyond = store().spec().partition_count;
  EXPECT_THAT(feed->Seek({{Source{store().spec().area, 0, beyond}, 1}}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(absl::StrCat(beyond))));
}

TEST_P(FeedConformance, CursorThatIsNoPositionOfItsSourceThenTheNextRecordShowsIt) {
  AppendAndSettle(100);
  const std::vector<FeedRecord> all = store().All();
  // A position in the midst of the log that belongs to another partition.
  const FeedRecord& foreign = all[49];
  const uint32_t other = foreign.source.partition == 0 ? 1 : 0;
  const Source source{store().spec().area, 0, other};
  uint64_t predecessor = 0;
  for (const FeedRecord& record : all) {
    if (record.source == source && record.position < foreign.position)
      predecessor = record.position;
  }
  std::map<Source, uint64_t> cursors = CursorsAt(all, 100);
  cursors[source] = foreign.position;
  const auto feed = world().NewFeed();
  ASSERT_THAT(feed->Seek(cursors), IsOk());
  std::vector<FeedRecord> got;
  const absl::Time deadline = absl::Now() + kPatience;
  while (got.empty() && absl::Now() < deadline) {
    ASSERT_OK_AND_ASSIGN(got, feed->Poll(1));
  }
  ASSERT_THAT(got, SizeIs(1));
  EXPECT_EQ(got[0].source, source);
  EXPECT_EQ(got[0].previous, predecessor);
  EXPECT_NE(got[0].previous, foreign.position);
}

TEST_P(FeedConformance, ReaderThatStopsAtRandomMomentsThenGetsEveryRecordOnce) {
  std::mt19937 random(20260101);
  CheckingReader* reader = nullptr;
  std::map<Source, uint64_t> cursors;
  std::vector<FeedRecord> applied;
  for (int life = 0; life < 12; ++life) {
    store().Append(random() % 40);
    const auto feed = world().NewFeed();
    ASSERT_THAT(feed->Seek(cursors), IsOk());
    CheckingReader mine(*feed);
    reader = &mine;
    mine.StartWith(cursors);
    const size_t missing = store().size() - applied.size();
    const size_t wanted = life == 11 ? missing : random() % (missing + 1);
    ASSERT_TRUE(mine.ReadUntilCount(wanted));
    cursors = reader->cursors();
    applied.insert(applied.end(), reader->applied().begin(), reader->applied().end());
  }
  EXPECT_EQ(BySource(applied), BySource(store().All()));
}

TEST_P(FeedConformance, WakeupRemovedThenNeverCalledAgain) {
  AppendAndSettle(1);
  const auto feed = world().NewFeed();
  bool gone = false;
  bool called_after = false;
  feed->SetWakeup([&] { called_after = called_after || gone; });
  ASSERT_THAT(feed->Seek({}), IsOk());
  store().Append(5);
  feed->SetWakeup(nullptr);
  gone = true;
  AppendAndSettle(50);
  CheckingReader reader(*feed);
  ASSERT_TRUE(reader.ReadUntilCount(56));
  EXPECT_FALSE(called_after);
}

}  // namespace
}  // namespace pitlane::stream
