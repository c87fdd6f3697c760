#include "libs/stream/relay.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "libs/stream/kafka_feed.h"
#include "libs/stream/kafka_test_support.h"

namespace pitlane::stream {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;
using ::testing::Pair;

RelayOptions Options(const testing::KafkaBroker& broker) {
  return {.kafka = Kafka(broker), .topic_check_interval = absl::Milliseconds(100)};
}

std::unique_ptr<Relay> StartRelay(EventStore& store, const RelayOptions& options) {
  auto relay = std::make_unique<Relay>(store.journal(), options);
  PITLANE_CHECK_OK(relay->Start());
  return relay;
}

bool PublishesAll(const Relay& relay, const EventStore& store) {
  const uint64_t published = relay.WaitPublished(store.size(), absl::Now() + kPatience);
  if (published >= store.size()) return true;
  ADD_FAILURE() << "published " << published << " of " << store.size() << ": "
                << relay.status().trouble;
  return false;
}

// Positions of each partition of the store, in order.
std::map<uint32_t, std::vector<uint64_t>> PositionsOf(const EventStore& store) {
  std::map<uint32_t, std::vector<uint64_t>> positions;
  for (uint32_t partition = 0; partition < store.spec().partition_count; ++partition) {
    positions[partition];
  }
  for (const FeedRecord& record : store.All()) {
    positions[record.source.partition].push_back(record.position);
  }
  return positions;
}

std::map<uint32_t, std::vector<uint64_t>> PositionsIn(const testing::KafkaBroker& broker,
                                                      const std::string& area) {
  std::map<uint32_t, std::vector<uint64_t>> positions;
  for (const auto& [partition, records] : ReadTopic(broker, area)) {
    positions[partition] = Positions(records);
  }
  return positions;
}

// What a service that starts from nothing gets of the topic.
void ExpectNewReaderGetsEverything(const testing::KafkaBroker& broker, const EventStore& store) {
  auto feed = KafkaFeed::Create(store.spec().area, {.kafka = Kafka(broker)});
  ASSERT_THAT(feed, IsOk());
  CheckingReader reader(**feed);
  ASSERT_THAT((*feed)->Seek({}), IsOk());
  ASSERT_TRUE(reader.ReadUntilCount(store.size()));
  EXPECT_EQ(BySource(reader.applied()), BySource(store.All()));
}

TEST(Relay, JournalThenEveryRecordOnceInItsPartitionInOrder) {
  EventStore store({.area = NewArea()});
  store.Append(700);
  const auto relay = StartRelay(store, Options(SharedBroker()));
  store.Append(300);
  ASSERT_TRUE(PublishesAll(*relay, store));
  EXPECT_EQ(PositionsIn(SharedBroker(), store.spec().area), PositionsOf(store));
  EXPECT_EQ(relay->status().acknowledged, 1000u);
  EXPECT_THAT(relay->status().trouble, IsOk());
}

TEST(Relay, RecordThenKeyHeadersAndValueForAnyConsumer) {
  EventStore store({.area = "documented"});
  store.AppendToSlot(6);
  store.AppendToSlot(2);
  const auto relay = StartRelay(store, Options(SharedBroker()));
  ASSERT_TRUE(PublishesAll(*relay, store));
  const auto topic = ReadTopic(SharedBroker(), "documented");
  ASSERT_EQ(topic.at(2).size(), 2u);
  const RawRecord& record = topic.at(2)[1];
  EXPECT_EQ(record.key, "thing_2");
  EXPECT_EQ(record.value, MakeEvent("documented", 2, 2));
  EXPECT_THAT(record.headers,
              IsSupersetOf({Pair("ce_specversion", "1.0"), Pair("ce_id", "evt_documented_2"),
                            Pair("ce_source", "/pitlane/documented.0"),
                            Pair("ce_type", "pitlane.documented.v1.ThingHappened"),
                            Pair("ce_subject", "thing_2"), Pair("ce_partitionkey", "thing_2"),
                            Pair("ce_time", "2026-01-01T00:00:02Z"),
                            Pair("content-type", "application/protobuf"),
                            Pair("pitlane-position", "2"), Pair("pitlane-previous", "1")}));
}

TEST(Relay, RecordThenKcatReadsIt) {
  EventStore store({.area = NewArea()});
  store.AppendToSlot(0);
  const auto relay = StartRelay(store, Options(SharedBroker()));
  ASSERT_TRUE(PublishesAll(*relay, store));
  const std::string command =
      absl::StrCat("kcat -b ", SharedBroker().address(), " -C -e -q -o beginning -t pitlane.",
                   store.spec().area, ".events.v1 -f '%k|%h|%S\\n' 2>&1");
  FILE* pipe = popen(command.c_str(), "r");
  ASSERT_NE(pipe, nullptr);
  std::array<char, 4096> line{};
  ASSERT_NE(fgets(line.data(), line.size(), pipe), nullptr);
  pclose(pipe);
  EXPECT_THAT(std::string(line.data()),
              AllOf(HasSubstr("thing_0|"), HasSubstr("ce_specversion=1.0"),
                    HasSubstr("content-type=application/protobuf"), HasSubstr("pitlane-position=1"),
                    HasSubstr(absl::StrCat("|", MakeEvent(store.spec().area, 1, 0).size()))));
}

TEST(Relay, StoppedAndStartedAnywhereThenNothingIsMissing) {
  EventStore store({.area = NewArea()});
  for (int life = 0; life < 6; ++life) {
    store.Append(400);
    const auto relay = StartRelay(store, Options(SharedBroker()));
    // Some lives end in the midst of publishing, some after it.
    const uint64_t enough = life % 2 == 0 ? store.size() : store.size() - 399;
    ASSERT_GE(relay->WaitPublished(enough, absl::Now() + kPatience), enough);
  }
  const auto relay = StartRelay(store, Options(SharedBroker()));
  ASSERT_TRUE(PublishesAll(*relay, store));
  ExpectNewReaderGetsEverything(SharedBroker(), store);
}

TEST(Relay, StartedAgainWithEverythingPublishedThenNothingIsWrittenTwice) {
  for (const bool note_heads : {true, false}) {
    EventStore store({.area = NewArea(), .note_heads = note_heads});
    store.Append(500);
    for (int life = 0; life < 3; ++life) {
      const auto relay = StartRelay(store, Options(SharedBroker()));
      ASSERT_TRUE(PublishesAll(*relay, store));
    }
    EXPECT_EQ(PositionsIn(SharedBroker(), store.spec().area), PositionsOf(store));
  }
}

TEST(Relay, MoreRecordsThanItLooksBackThenStartedAgainWithoutRepetition) {
  EventStore store({.area = NewArea()});
  store.Append(2000);
  RelayOptions options = Options(SharedBroker());
  options.max_in_flight_records = 50;
  for (int life = 0; life < 2; ++life) {
    const auto relay = StartRelay(store, options);
    ASSERT_TRUE(PublishesAll(*relay, store));
    store.Append(100);
    ASSERT_TRUE(PublishesAll(*relay, store));
  }
  EXPECT_EQ(PositionsIn(SharedBroker(), store.spec().area), PositionsOf(store));
}

// As a producer leaves it that did not notice at once that the broker had lost records.
TEST(Relay, GapBeforeTheEndOfThePartitionThenFilled) {
  EventStore store({.area = NewArea(), .partition_count = 1});
  store.Append(300);
  ASSERT_THAT(EnsureTopic(Kafka(SharedBroker()), {.area = store.spec().area, .partition_count = 1},
                          kPatience),
              IsOk());
  HandWriter writer(Kafka(SharedBroker()));
  const std::vector<FeedRecord> all = store.All();
  for (size_t i = 0; i < 120; ++i) writer.Write(all[i]);
  for (size_t i = 140; i < 160; ++i) writer.Write(all[i]);
  RelayOptions options = Options(SharedBroker());
  options.max_in_flight_records = 20;
  const auto relay = StartRelay(store, options);
  ASSERT_TRUE(PublishesAll(*relay, store));
  EXPECT_EQ(relay->status().acknowledged, 180u);
  ExpectNewReaderGetsEverything(SharedBroker(), store);
}

// The same, and the relay that was filling the gap was stopped in the midst of it.
TEST(Relay, GapFilledInPartThenFilledWhole) {
  EventStore store({.area = NewArea(), .partition_count = 1});
  store.Append(300);
  ASSERT_THAT(EnsureTopic(Kafka(SharedBroker()), {.area = store.spec().area, .partition_count = 1},
                          kPatience),
              IsOk());
  HandWriter writer(Kafka(SharedBroker()));
  const std::vector<FeedRecord> all = store.All();
  for (size_t i = 0; i < 120; ++i) writer.Write(all[i]);
  for (size_t i = 140; i < 160; ++i) writer.Write(all[i]);
  for (size_t i = 120; i < 130; ++i) writer.Write(all[i]);
  RelayOptions options = Options(SharedBroker());
  options.max_in_flight_records = 20;
  const auto relay = StartRelay(store, options);
  ASSERT_TRUE(PublishesAll(*relay, store));
  EXPECT_EQ(relay->status().acknowledged, 170u);
  ExpectNewReaderGetsEverything(SharedBroker(), store);
}

TEST(Relay, PartitionThatDoesNotBeginAtTheBeginningThenFilled) {
  EventStore store({.area = NewArea(), .partition_count = 1});
  store.Append(100);
  ASSERT_THAT(EnsureTopic(Kafka(SharedBroker()), {.area = store.spec().area, .partition_count = 1},
                          kPatience),
              IsOk());
  HandWriter writer(Kafka(SharedBroker()));
  const std::vector<FeedRecord> all = store.All();
  for (size_t i = 30; i < 90; ++i) writer.Write(all[i]);
  RelayOptions options = Options(SharedBroker());
  options.max_in_flight_records = 10;
  for (int life = 0; life < 2; ++life) {
    const auto relay = StartRelay(store, options);
    ASSERT_TRUE(PublishesAll(*relay, store));
    EXPECT_EQ(relay->status().acknowledged, life == 0 ? 100u : 0u);
  }
  ExpectNewReaderGetsEverything(SharedBroker(), store);
}

TEST(Relay, TopicDeletedWhileIdleThenFilledAgainFromTheBeginning) {
  EventStore store({.area = NewArea()});
  store.Append(500);
  const auto relay = StartRelay(store, Options(SharedBroker()));
  ASSERT_TRUE(PublishesAll(*relay, store));
  auto feed = KafkaFeed::Create(store.spec().area, {.kafka = Kafka(SharedBroker())});
  ASSERT_THAT(feed, IsOk());
  CheckingReader reader(**feed);
  ASSERT_THAT((*feed)->Seek({}), IsOk());
  ASSERT_TRUE(reader.ReadUntilCount(500));

  DeleteTopic(Kafka(SharedBroker()), store.spec().area);
  ASSERT_TRUE(Eventually([&] { return relay->status().acknowledged >= 1000; }));
  EXPECT_EQ(PositionsIn(SharedBroker(), store.spec().area), PositionsOf(store));
  // The reader that had everything goes on where it was.
  store.Append(100);
  ASSERT_TRUE(reader.ReadUntilCount(600));
  ExpectNewReaderGetsEverything(SharedBroker(), store);
}

// Nothing tells the producer: its next record becomes the first one of the new topic.
TEST(Relay, TopicMadeAnewByOthersBetweenTwoRecordsThenFilledFromTheBeginning) {
  EventStore store({.area = NewArea()});
  store.Append(500);
  RelayOptions options = Options(SharedBroker());
  options.topic_check_interval = absl::Hours(1);
  const auto relay = StartRelay(store, options);
  ASSERT_TRUE(PublishesAll(*relay, store));
  DeleteTopic(Kafka(SharedBroker()), store.spec().area);
  ASSERT_TRUE(Eventually([&] {
    return EnsureTopic(Kafka(SharedBroker()), {.area = store.spec().area, .partition_count = 4},
                       absl::Seconds(5))
        .ok();
  }));
  store.Append(20);
  ExpectNewReaderGetsEverything(SharedBroker(), store);
  ASSERT_TRUE(PublishesAll(*relay, store));
}

TEST(Relay, TopicDeletedUnderLoadThenReadersOldAndNewGetEverythingOnce) {
  EventStore store({.area = NewArea()});
  store.Append(300);
  const auto relay = StartRelay(store, Options(SharedBroker()));
  ASSERT_TRUE(PublishesAll(*relay, store));
  auto feed = KafkaFeed::Create(store.spec().area, {.kafka = Kafka(SharedBroker())});
  ASSERT_THAT(feed, IsOk());
  CheckingReader reader(**feed);
  ASSERT_THAT((*feed)->Seek({}), IsOk());
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 40; ++i) {
      store.Append(10);
      if (i == 20) DeleteTopic(Kafka(SharedBroker()), store.spec().area);
    }
    ASSERT_TRUE(reader.ReadUntilCount(store.size()))
        << reader.applied().size() << " of " << store.size() << relay->status().trouble;
  }
  EXPECT_EQ(BySource(reader.applied()), BySource(store.All()));
  ExpectNewReaderGetsEverything(SharedBroker(), store);
}

TEST(Relay, TopicWithAnotherPartitionCountThenRefusedSayingBothUntilRepaired) {
  EventStore store({.area = NewArea(), .partition_count = 4});
  store.Append(10);
  const KafkaOptions kafka = Kafka(SharedBroker());
  ASSERT_THAT(EnsureTopic(kafka, {.area = store.spec().area, .partition_count = 3}, kPatience),
              IsOk());
  const auto relay = StartRelay(store, Options(SharedBroker()));
  ASSERT_TRUE(Eventually([&] { return !relay->status().trouble.ok(); }));
  EXPECT_THAT(relay->status().trouble,
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr("has 3 partitions"), HasSubstr("have 4"))));
  EXPECT_FALSE(relay->status().publishing);
  DeleteTopic(kafka, store.spec().area);
  ASSERT_TRUE(PublishesAll(*relay, store));
  EXPECT_THAT(relay->status().trouble, IsOk());
}

TEST(Relay, TopicOfAnotherStoreThenRefusedAndNothingWritten) {
  const std::string area = NewArea();
  EventStore first({.area = area, .partition_count = 1});
  first.AppendToSlot(5);
  PITLANE_CHECK(PublishesAll(*StartRelay(first, Options(SharedBroker())), first));
  EventStore other({.area = area, .partition_count = 1});
  other.AppendToSlot(6);
  other.Append(10);
  const auto relay = StartRelay(other, Options(SharedBroker()));
  ASSERT_TRUE(Eventually([&] { return !relay->status().trouble.ok(); }));
  EXPECT_THAT(relay->status().trouble,
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("another store")));
  EXPECT_EQ(ReadTopic(SharedBroker(), area).at(0).size(), 1u);
}

TEST(Relay, StoreOlderThanItsTopicThenRefusedSayingBothEnds) {
  const std::string area = NewArea();
  EventStore whole({.area = area, .partition_count = 1});
  whole.Append(10);
  PITLANE_CHECK(PublishesAll(*StartRelay(whole, Options(SharedBroker())), whole));
  EventStore backup({.area = area, .partition_count = 1});
  backup.Append(7);
  const auto relay = StartRelay(backup, Options(SharedBroker()));
  ASSERT_TRUE(Eventually([&] { return !relay->status().trouble.ok(); }));
  EXPECT_THAT(relay->status().trouble,
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr("up to position 10"), HasSubstr("ends at 7"),
                             HasSubstr("pitlane journal restore --from-kafka"))));
  EXPECT_TRUE(relay->status().behind_topic);
  // Whoever gives up what only the topic has may go on.
  DeleteTopic(Kafka(SharedBroker()), area);
  ASSERT_TRUE(PublishesAll(*relay, backup));
  EXPECT_FALSE(relay->status().behind_topic);
}

TEST(Relay, StartedTwiceThenRefused) {
  EventStore store({.area = NewArea()});
  Relay relay(store.journal(), Options(SharedBroker()));
  EXPECT_THAT(relay.Start(), IsOk());
  EXPECT_THAT(relay.Start(), StatusIs(absl::StatusCode::kFailedPrecondition));
  relay.Stop();
  EXPECT_THAT(relay.Start(), StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST(Relay, ShardsThatDoNotDivideThePartitionsThenRefused) {
  ScratchFolder folder;
  auto journal = journal::Journal::Open(
      {.path = folder.path() + "/journal",
       .identity = {.service = "ticket", .shard = 0, .shard_count = 3, .partition_count = 8}});
  ASSERT_THAT(journal, IsOk());
  Relay relay(**journal, Options(SharedBroker()));
  EXPECT_THAT(relay.Start(), StatusIs(absl::StatusCode::kFailedPrecondition,
                                      AllOf(HasSubstr("3 shards"), HasSubstr("8 partitions"))));
}

TEST(Relay, ProgressThenTheListenerIsTold) {
  EventStore store({.area = NewArea()});
  Relay relay(store.journal(), Options(SharedBroker()));
  absl::Mutex mutex;
  uint64_t told = 0;
  relay.OnProgress([&] {
    absl::MutexLock lock(&mutex);
    told = relay.published();
  });
  ASSERT_THAT(relay.Start(), IsOk());
  store.Append(25);
  ASSERT_TRUE(PublishesAll(relay, store));
  EXPECT_TRUE(Eventually([&] {
    absl::MutexLock lock(&mutex);
    return told == 25;
  }));
}

TEST(Relay, HundredThousandEventsThenAllPublished) {
  EventStore store({.area = NewArea()});
  store.Append(100'000);
  const absl::Time start = absl::Now();
  const auto relay = StartRelay(store, Options(SharedBroker()));
  ASSERT_TRUE(PublishesAll(*relay, store));
  const double relay_seconds = absl::ToDoubleSeconds(absl::Now() - start);
  const absl::Time read_start = absl::Now();
  ExpectNewReaderGetsEverything(SharedBroker(), store);
  const double read_seconds = absl::ToDoubleSeconds(absl::Now() - read_start);
  std::printf("100000 events: relay %.0f/s, feed %.0f/s\n", 100'000 / relay_seconds,
              100'000 / read_seconds);
}

}  // namespace
}  // namespace pitlane::stream
