// The fakes tested themselves: what they promise is what other tests rest on.
#include <gmock/gmock.h>
#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include <thread>

#include "libs/base/ids.h"
#include "libs/base/status_matchers.h"
#include "libs/runtime/test_counter.h"
#include "libs/testing/eventually.h"
#include "libs/testing/fake_feed.h"
#include "libs/testing/given.h"
#include "libs/testing/memory_disk.h"
#include "libs/testing/proto_matchers.h"

namespace pitlane::testing {
namespace {

using runtime::CounterAggregate;
using runtime::DecideIncrease;
using runtime::DecideOpen;
using runtime::Increased;
using runtime::Opened;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

TEST(Given, DecisionIsMadeOnTheGivenStateAndApplied) {
  Given<CounterAggregate>({Opened("a"), Increased(3)})
      .When([](const v1::CounterState& state) { return DecideIncrease(state, 4); })
      .ThenEvents(ElementsAre(EventIs("increased { by: 4 }")))
      .ThenState(EqualsProto("name: 'a' total: 7 changes: 3"));
}

TEST(Given, RefusalIsMatchedByReasonAndCode) {
  Given<CounterAggregate>()
      .When([](const v1::CounterState& state) { return DecideIncrease(state, 4); })
      .ThenRefused(v1::COUNTER_NOT_OPEN)
      .ThenRefused(absl::StatusCode::kFailedPrecondition, v1::COUNTER_NOT_OPEN);
}

TEST(Given, WrongExpectationsFail) {
  static const Given<CounterAggregate> given;
  EXPECT_NONFATAL_FAILURE(given.When([](const v1::CounterState& s) { return DecideOpen(s, "a"); })
                              .ThenRefused(v1::COUNTER_NOT_OPEN),
                          "was not refused");
  EXPECT_NONFATAL_FAILURE(given.When([](const v1::CounterState& s) { return DecideOpen(s, "a"); })
                              .ThenEvents(IsEmpty()),
                          "events");
  EXPECT_NONFATAL_FAILURE(given.When([](const v1::CounterState& s) { return DecideOpen(s, "a"); })
                              .ThenState(EqualsProto("name: 'b'")),
                          "state");
  EXPECT_NONFATAL_FAILURE(given.When([](const v1::CounterState& s) { return DecideIncrease(s, 1); })
                              .ThenEvents(IsEmpty()),
                          "was refused");
  EXPECT_NONFATAL_FAILURE(given.When([](const v1::CounterState& s) { return DecideIncrease(s, 1); })
                              .ThenRefused(v1::COUNTER_FULL),
                          "COUNTER_FULL");
}

TEST(ProtoMatchers, MetaCountsOnlyInEqualsProto) {
  v1::CounterEvent event = Opened("a");
  event.mutable_meta()->set_version(1);
  EXPECT_THAT(event, EventIs(Opened("a")));
  EXPECT_THAT(event, Not(EqualsProto(Opened("a"))));
  EXPECT_THAT(event, Not(EventIs(Opened("b"))));
  EXPECT_THAT(event, Not(EventIs("no such field")));
}

TEST(MemoryDisk, PowerCutKeepsWhatWasSynced) {
  MemoryDisk disk;
  std::unique_ptr<rocksdb::WritableFile> file;
  ASSERT_TRUE(disk.env()->NewWritableFile("/f", &file, {}).ok());
  ASSERT_TRUE(file->Append("kept").ok());
  ASSERT_TRUE(file->Sync().ok());
  ASSERT_TRUE(file->Append(" lost").ok());
  std::unique_ptr<rocksdb::WritableFile> never;
  ASSERT_TRUE(disk.env()->NewWritableFile("/never", &never, {}).ok());
  ASSERT_TRUE(never->Append("lost").ok());
  const auto image = disk.SyncedImage();
  file = nullptr;
  never = nullptr;
  disk.Restore(image);
  std::string bytes;
  ASSERT_TRUE(rocksdb::ReadFileToString(disk.env(), "/f", &bytes).ok());
  EXPECT_EQ(bytes, "kept");
  ASSERT_TRUE(rocksdb::ReadFileToString(disk.env(), "/never", &bytes).ok());
  EXPECT_EQ(bytes, "");
  EXPECT_GE(disk.syncs(), 1u);
}

TEST(MemoryDisk, RenamedFileKeepsWhatWasSynced) {
  MemoryDisk disk;
  ASSERT_TRUE(rocksdb::WriteStringToFile(disk.env(), "new", "/f.tmp", /*should_sync=*/true).ok());
  ASSERT_TRUE(disk.env()->RenameFile("/f.tmp", "/f").ok());
  const auto image = disk.SyncedImage();
  EXPECT_THAT(image, ElementsAre(::testing::Pair("/f", "new")));
}

TEST(MemoryDisk, FullDiskRefusesWritesAndGoesOnReading) {
  MemoryDisk disk;
  ASSERT_TRUE(rocksdb::WriteStringToFile(disk.env(), "x", "/f", true).ok());
  disk.SetFull(true);
  EXPECT_TRUE(rocksdb::WriteStringToFile(disk.env(), "y", "/g", true).IsNoSpace());
  std::string bytes;
  EXPECT_TRUE(rocksdb::ReadFileToString(disk.env(), "/f", &bytes).ok());
  disk.SetFull(false);
  EXPECT_TRUE(rocksdb::WriteStringToFile(disk.env(), "y", "/g", true).ok());
}

TEST(MemoryDisk, CutLeavesWhatTheCallerSaysOfWhatWasNotSynced) {
  MemoryDisk disk;
  std::unique_ptr<rocksdb::WritableFile> file;
  ASSERT_TRUE(disk.env()->NewWritableFile("/f", &file, {}).ok());
  ASSERT_TRUE(file->Append("kept").ok());
  ASSERT_TRUE(file->Sync().ok());
  ASSERT_TRUE(file->Append(" torn").ok());
  ASSERT_TRUE(rocksdb::WriteStringToFile(disk.env(), "whole", "/g", /*should_sync=*/true).ok());
  const auto image =
      disk.CutImage([](const std::string& name, const std::string& synced, const std::string& now) {
        EXPECT_EQ(name, "/f");
        EXPECT_EQ(synced, "kept");
        return now.substr(0, 6);
      });
  EXPECT_THAT(image, ElementsAre(::testing::Pair("/f", "kept t"), ::testing::Pair("/g", "whole")));
}

TEST(MemoryDisk, FaultIsAnsweredInPlaceOfTheOperation) {
  MemoryDisk disk;
  std::vector<MemoryDisk::Operation> asked;
  disk.SetFault([&](MemoryDisk::Operation operation, const std::string&) {
    asked.push_back(operation);
    return operation == MemoryDisk::Operation::kSync ? rocksdb::Status::IOError("worn out")
                                                     : rocksdb::Status::OK();
  });
  std::unique_ptr<rocksdb::WritableFile> file;
  ASSERT_TRUE(disk.env()->NewWritableFile("/f", &file, {}).ok());
  ASSERT_TRUE(file->Append("x").ok());
  EXPECT_TRUE(file->Sync().IsIOError());
  EXPECT_THAT(asked, ElementsAre(MemoryDisk::Operation::kCreate, MemoryDisk::Operation::kAppend,
                                 MemoryDisk::Operation::kSync));
  EXPECT_THAT(disk.SyncedImage(), ElementsAre(::testing::Pair("/f", "")));
}

TEST(Pulse, EventuallySeesWhatABeatAnnounces) {
  Pulse pulse;
  std::atomic<bool> done{false};
  std::thread other([&] {
    done = true;
    pulse.Beat();
  });
  EXPECT_TRUE(pulse.Eventually(absl::Seconds(20), [&] { return done.load(); }));
  other.join();
  EXPECT_FALSE(pulse.Eventually(absl::ZeroDuration(), [] { return false; }));
}

v1::PulseEvent Came(int64_t strength) {
  v1::PulseEvent event;
  event.mutable_came()->set_strength(strength);
  return event;
}

TEST(FakeStream, FillsMetaAndChainsEachPartition) {
  FakeStream stream("pulse");
  FakeClock clock;
  SeededEntropy entropy(1);
  const std::string id = runtime::CounterId::Make(clock, entropy, 3).text();
  v1::PulseEvent first = Came(1);
  stream.Publish(first, id, /*partition=*/3);
  v1::PulseEvent other = Came(2);
  stream.Publish(other, id, /*partition=*/1);
  v1::PulseEvent second = Came(3);
  const stream::FeedRecord record = stream.Publish(second, id, /*partition=*/3);
  EXPECT_EQ(record.position, 3u);
  EXPECT_EQ(record.previous, 1u);
  EXPECT_EQ(second.meta().type(), "pitlane.testing.v1.PulseCame");
  EXPECT_EQ(second.meta().version(), 3u);
  EXPECT_EQ(second.meta().slot(), 3u);
  EXPECT_THAT(stream.records(), SizeIs(3));
}

TEST(FakeStream, FeedGivesWhatLiesBehindTheCursors) {
  FakeStream stream("pulse");
  stream.PublishBytes("a");
  stream.PublishBytes("b");
  const auto feed = stream.Feed();
  EXPECT_THAT(feed->Poll(10), StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_FALSE(feed->caught_up());
  ASSERT_THAT(feed->Seek({{{"pulse", 0, 0}, 1}}), IsOk());
  EXPECT_FALSE(feed->caught_up());
  const auto records = feed->Poll(10);
  ASSERT_THAT(records, IsOk());
  ASSERT_THAT(*records, SizeIs(1));
  EXPECT_EQ(records->at(0).payload, "b");
  EXPECT_TRUE(feed->caught_up());
}

TEST(FakeStream, HeldRecordsLeaveAGap) {
  FakeStream stream("pulse");
  const auto feed = stream.Feed();
  ASSERT_THAT(feed->Seek({}), IsOk());
  stream.Hold(true);
  stream.PublishBytes("a");
  stream.Hold(false);
  stream.PublishBytes("b");
  const auto records = feed->Poll(10);
  ASSERT_THAT(*records, SizeIs(1));
  EXPECT_EQ(records->at(0).previous, 1u);
  ASSERT_THAT(feed->Seek({}), IsOk());
  EXPECT_THAT(*feed->Poll(10), SizeIs(2));
  EXPECT_EQ(stream.seeks(), 2);
}

TEST(FakeStream, WakesWhoReadsIt) {
  FakeStream stream("pulse");
  const auto feed = stream.Feed();
  int wakeups = 0;
  feed->SetWakeup([&] { ++wakeups; });
  stream.PublishBytes("a");
  EXPECT_EQ(wakeups, 1);
  feed->SetWakeup(nullptr);
  stream.PublishBytes("b");
  EXPECT_EQ(wakeups, 1);
}

}  // namespace
}  // namespace pitlane::testing
