#include "libs/stream/kafka_feed.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "libs/stream/feed_conformance.h"
#include "libs/stream/kafka_test_support.h"
#include "libs/stream/relay.h"

namespace pitlane::stream {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::unique_ptr<KafkaFeed> FeedOf(const testing::KafkaBroker& broker, const std::string& area,
                                  uint32_t partition_count = 0) {
  auto feed = KafkaFeed::Create(area, {.kafka = Kafka(broker),
                                       .partition_count = partition_count,
                                       .gap_patience = absl::Milliseconds(200)});
  PITLANE_CHECK_OK(feed.status());
  return *std::move(feed);
}

class KafkaWorld final : public FeedWorld {
 public:
  explicit KafkaWorld(bool note_heads)
      : store_({.area = NewArea(), .note_heads = note_heads}),
        relay_(store_.journal(), {.kafka = Kafka(SharedBroker())}) {
    PITLANE_CHECK_OK(relay_.Start());
  }
  EventStore& store() override { return store_; }
  void Settle() override {
    EXPECT_GE(relay_.WaitPublished(store_.size(), absl::Now() + kPatience), store_.size())
        << relay_.status().trouble;
    EXPECT_TRUE(Eventually([&] { return relay_.status().publishing; }));
  }
  std::unique_ptr<EventFeed> NewFeed() override {
    return FeedOf(SharedBroker(), store_.spec().area, store_.spec().partition_count);
  }

 private:
  EventStore store_;
  Relay relay_;
};

std::unique_ptr<FeedWorld> MakeWorld(bool note_heads) {
  return std::make_unique<KafkaWorld>(note_heads);
}

INSTANTIATE_TEST_SUITE_P(KafkaFeed, FeedConformance,
                         ::testing::Values(FeedKind{"OverKafka", MakeWorld, true}),
                         [](const auto& kind) { return kind.param.name; });

// A topic of one partition whose records a test writes by hand.
class HandMadeTopic {
 public:
  HandMadeTopic() : area_(NewArea()), writer_(Kafka(SharedBroker())) {
    PITLANE_CHECK_OK(
        EnsureTopic(Kafka(SharedBroker()), {.area = area_, .partition_count = 1}, kPatience));
  }
  const std::string& area() const { return area_; }
  HandWriter& writer() { return writer_; }
  FeedRecord Record(uint64_t position) const {
    return {.source = {area_, 0, 0},
            .position = position,
            .previous = position - 1,
            .payload = MakeEvent(area_, position, 0)};
  }
  void Write(const std::vector<uint64_t>& positions) {
    for (const uint64_t position : positions) writer_.Write(Record(position));
  }
  std::unique_ptr<KafkaFeed> Feed() const { return FeedOf(SharedBroker(), area_, 1); }

 private:
  const std::string area_;
  HandWriter writer_;
};

// Positions that come until there are `count`, without looking at gaps.
std::vector<uint64_t> PollPositions(EventFeed& feed, size_t count) {
  std::vector<uint64_t> positions;
  EXPECT_TRUE(Eventually([&] {
    auto records = feed.Poll(10);
    EXPECT_THAT(records, IsOk());
    if (!records.ok()) return true;
    for (const FeedRecord& record : *records) positions.push_back(record.position);
    return positions.size() >= count;
  }));
  return positions;
}

TEST(KafkaFeed, RecordsWrittenTwiceThenEachComesOnce) {
  HandMadeTopic topic;
  topic.Write({1, 2, 3, 2, 3, 4, 1, 2, 3, 4, 5});
  const auto feed = topic.Feed();
  ASSERT_THAT(feed->Seek({}), IsOk());
  CheckingReader reader(*feed);
  ASSERT_TRUE(reader.ReadUntilCount(5));
}

// Reads the topic from every cursor there can be; its last position is `last`.
void ExpectEveryCursorIsFound(const HandMadeTopic& topic, uint64_t last) {
  for (uint64_t cursor = 0; cursor <= last; ++cursor) {
    const auto feed = topic.Feed();
    const std::map<Source, uint64_t> cursors = {{Source{topic.area(), 0, 0}, cursor}};
    ASSERT_THAT(feed->Seek(cursors), IsOk());
    CheckingReader reader(*feed);
    reader.StartWith(cursors);
    ASSERT_TRUE(reader.ReadUntilCount(last - cursor)) << cursor;
    ASSERT_TRUE(reader.ReadUntil([&] { return feed->caught_up(); })) << cursor;
    EXPECT_EQ(reader.applied().size(), last - cursor) << cursor;
  }
}

TEST(KafkaFeed, RecordsWrittenTwiceThenEveryCursorIsFound) {
  HandMadeTopic topic;
  topic.Write({1, 2, 3, 2, 3, 4, 1, 2, 3, 4, 5, 6, 6, 7});
  ExpectEveryCursorIsFound(topic, 7);
}

// As after a topic was deleted while records were on their way: these come to stand first.
TEST(KafkaFeed, RecordsAheadOfTheirTurnThenEveryCursorIsFound) {
  HandMadeTopic topic;
  topic.Write({5, 6, 1, 2, 3, 4, 5, 6, 7});
  ExpectEveryCursorIsFound(topic, 7);
}

// As when a producer that was given up is heard once more: halving is led behind what it looks for.
TEST(KafkaFeed, RecordBehindItsTurnThenEveryCursorIsFound) {
  HandMadeTopic topic;
  topic.Write({1, 2, 3, 4, 5, 6, 2, 7, 8});
  ExpectEveryCursorIsFound(topic, 8);
}

TEST(KafkaFeed, GapThenTheRecordBehindItComesOnceAndTheMissingOneHealsIt) {
  HandMadeTopic topic;
  topic.Write({1, 2, 4, 5});
  const auto feed = topic.Feed();
  ASSERT_THAT(feed->Seek({}), IsOk());
  EXPECT_THAT(PollPositions(*feed, 3), ElementsAre(1, 2, 4));
  topic.Write({3, 4, 5, 6});
  EXPECT_THAT(PollPositions(*feed, 4), ElementsAre(3, 4, 5, 6));
}

TEST(KafkaFeed, GapWhileReadingThenReportedAtTheEnd) {
  HandMadeTopic topic;
  topic.Write({1});
  const auto feed = topic.Feed();
  ASSERT_THAT(feed->Seek({}), IsOk());
  EXPECT_THAT(PollPositions(*feed, 1), ElementsAre(1));
  topic.Write({3});
  EXPECT_THAT(PollPositions(*feed, 1), ElementsAre(3));
  topic.Write({4});
  topic.Write({2, 3, 4});
  EXPECT_THAT(PollPositions(*feed, 3), ElementsAre(2, 3, 4));
}

TEST(KafkaFeed, MissingRecordComesInTimeThenTheGapIsNotSeen) {
  HandMadeTopic topic;
  topic.Write({1, 3});
  auto created = KafkaFeed::Create(
      topic.area(), {.kafka = Kafka(SharedBroker()), .gap_patience = absl::Hours(1)});
  ASSERT_THAT(created, IsOk());
  CheckingReader reader(**created);
  ASSERT_THAT((*created)->Seek({}), IsOk());
  ASSERT_TRUE(reader.ReadUntil([&] { return (*created)->caught_up(); }));
  EXPECT_EQ(reader.applied().size(), 1u);
  topic.Write({2, 3});
  ASSERT_TRUE(reader.ReadUntilCount(3));
}

TEST(KafkaFeed, CursorAheadOfTheTopicThenWaitsForWhatIsBehindIt) {
  HandMadeTopic topic;
  topic.Write({1, 2});
  const auto feed = topic.Feed();
  ASSERT_THAT(feed->Seek({{Source{topic.area(), 0, 0}, 4}}), IsOk());
  CheckingReader reader(*feed);
  reader.StartWith({{Source{topic.area(), 0, 0}, 4}});
  ASSERT_TRUE(reader.ReadUntil([&] { return feed->caught_up(); }));
  topic.Write({3, 4, 5});
  ASSERT_TRUE(reader.ReadUntilCount(1));
  EXPECT_EQ(reader.applied()[0].position, 5u);
}

TEST(KafkaFeed, RecordContradictsItselfThenDataLossUntilSeek) {
  HandMadeTopic topic;
  topic.Write({1});
  const std::string second = MakeEvent(topic.area(), 2, 0);
  HeaderList headers = MakeHeaders(*ReadMeta(second), 1);
  for (auto& [name, value] : headers) {
    if (name == kPositionHeader) value = "3";
  }
  topic.writer().WriteRaw(topic.area(), 0, headers, second);
  const auto feed = topic.Feed();
  ASSERT_THAT(feed->Seek({}), IsOk());
  EXPECT_THAT(PollPositions(*feed, 1), ElementsAre(1));
  absl::Status trouble;
  ASSERT_TRUE(Eventually([&] {
    trouble = feed->Poll(1).status();
    return !trouble.ok();
  }));
  EXPECT_THAT(trouble, StatusIs(absl::StatusCode::kDataLoss,
                                AllOf(HasSubstr("offset 1"), HasSubstr("position 3"))));
  EXPECT_THAT(feed->Poll(1), StatusIs(absl::StatusCode::kDataLoss));
  ASSERT_THAT(feed->Seek({}), IsOk());
  EXPECT_THAT(PollPositions(*feed, 1), ElementsAre(1));
}

TEST(KafkaFeed, RecordOfAnotherAreaThenDataLoss) {
  HandMadeTopic topic;
  const std::string stray = MakeEvent("payment", 1, 0);
  topic.writer().WriteRaw(topic.area(), 0, MakeHeaders(*ReadMeta(stray), 0), stray);
  const auto feed = topic.Feed();
  ASSERT_THAT(feed->Seek({}), IsOk());
  absl::Status trouble;
  ASSERT_TRUE(Eventually([&] {
    trouble = feed->Poll(1).status();
    return !trouble.ok();
  }));
  EXPECT_THAT(trouble, StatusIs(absl::StatusCode::kDataLoss, HasSubstr("payment.0")));
}

TEST(KafkaFeed, TopicWithAnotherPartitionCountThenFailedPreconditionUntilRepaired) {
  const std::string area = NewArea();
  const KafkaOptions kafka = Kafka(SharedBroker());
  ASSERT_THAT(EnsureTopic(kafka, {.area = area, .partition_count = 2}, kPatience), IsOk());
  const auto feed = FeedOf(SharedBroker(), area, 4);
  CheckingReader reader(*feed);
  ASSERT_THAT(feed->Seek({}), IsOk());
  absl::Status trouble;
  ASSERT_TRUE(Eventually([&] {
    trouble = feed->Poll(1).status();
    return !trouble.ok();
  }));
  EXPECT_THAT(trouble, StatusIs(absl::StatusCode::kFailedPrecondition,
                                AllOf(HasSubstr("has 2 partitions"), HasSubstr("have 4"))));
  DeleteTopic(kafka, area);
  ASSERT_TRUE(Eventually([&] {
    return EnsureTopic(kafka, {.area = area, .partition_count = 4}, absl::Seconds(5)).ok();
  }));
  ASSERT_TRUE(Eventually([&] { return feed->Poll(1).ok(); }));
  HandWriter writer(kafka);
  writer.Write(
      {.source = {area, 0, 3}, .position = 1, .previous = 0, .payload = MakeEvent(area, 1, 3)});
  ASSERT_TRUE(reader.ReadUntilCount(1));
}

TEST(KafkaFeed, TopicMadeLaterThenItsRecordsCome) {
  const std::string area = NewArea();
  const auto feed = FeedOf(SharedBroker(), area);
  CheckingReader reader(*feed);
  ASSERT_THAT(feed->Seek({}), IsOk());
  EXPECT_THAT(feed->Poll(1), IsOk());
  EXPECT_FALSE(feed->caught_up());
  EventStore store({.area = area});
  store.Append(50);
  Relay relay(store.journal(), {.kafka = Kafka(SharedBroker())});
  ASSERT_THAT(relay.Start(), IsOk());
  ASSERT_TRUE(reader.ReadUntilCount(50));
  EXPECT_EQ(BySource(reader.applied()), BySource(store.All()));
}

TEST(KafkaFeed, ReaderThatDoesNotPollThenFetchingPausesAndNothingIsLost) {
  EventStore store({.area = NewArea()});
  store.Append(3000);
  Relay relay(store.journal(), {.kafka = Kafka(SharedBroker())});
  ASSERT_THAT(relay.Start(), IsOk());
  ASSERT_GE(relay.WaitPublished(3000, absl::Now() + kPatience), 3000u);
  auto created = KafkaFeed::Create(store.spec().area,
                                   {.kafka = Kafka(SharedBroker()), .max_buffered_records = 10});
  ASSERT_THAT(created, IsOk());
  EventFeed& feed = **created;
  CheckingReader reader(feed);
  ASSERT_THAT(feed.Seek({}), IsOk());
  // A Seek while the buffer is full must not wait for anybody to poll.
  ASSERT_TRUE(Eventually([&] { return !feed.Poll(1)->empty(); }));
  ASSERT_THAT(feed.Seek({}), IsOk());
  ASSERT_TRUE(reader.ReadUntilCount(3000));
}

TEST(KafkaFeed, MalformedAreaOrSettingThenInvalidArgument) {
  EXPECT_THAT(KafkaFeed::Create("No Area", {}), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(KafkaFeed::Create("a", {.kafka = {.properties = {{"no.such.setting", "1"}}}}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("no.such.setting")));
}

}  // namespace
}  // namespace pitlane::stream
