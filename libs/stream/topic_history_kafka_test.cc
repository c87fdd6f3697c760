// A journal read back from a real topic.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "libs/base/check.h"
#include "libs/base/status_matchers.h"
#include "libs/base/text.h"
#include "libs/stream/kafka_test_support.h"
#include "libs/stream/relay.h"
#include "libs/stream/topic_history.h"
#include "libs/stream/topics.h"
#include "pitlane/common/v1/unit.pb.h"

namespace pitlane::stream {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

void Publish(journal::Journal& journal) {
  Relay relay(journal, {.kafka = Kafka(SharedBroker())});
  ASSERT_THAT(relay.Start(), IsOk());
  ASSERT_EQ(relay.WaitPublished(journal.last_position(), absl::Now() + kPatience),
            journal.last_position());
}

TEST(TopicHistory, PublishedJournalThenReadBackInItsOrder) {
  EventStore store({.area = NewArea(), .partition_count = 4});
  store.Append(1500);
  Publish(store.journal());
  ASSERT_OK_AND_ASSIGN(const auto history,
                       TopicHistory::Open(Kafka(SharedBroker()), store.spec().area, 0, 1, 4));
  for (const FeedRecord& expected : store.All()) {
    ASSERT_OK_AND_ASSIGN(const auto record, history->Next());
    ASSERT_TRUE(record.has_value());
    EXPECT_EQ(record->position, expected.position);
    EXPECT_EQ(record->payload, expected.payload);
  }
  EXPECT_THAT(history->Next(), IsOkAndHolds(std::nullopt));
}

TEST(TopicHistory, AnotherPartitionCountThenRefused) {
  const std::string area = NewArea();
  ASSERT_THAT(EnsureTopic(Kafka(SharedBroker()), {.area = area, .partition_count = 3}, kPatience),
              IsOk());
  EXPECT_THAT(TopicHistory::Open(Kafka(SharedBroker()), area, 0, 1, 4).status(),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("has 3 partitions")));
}

TEST(TopicHistory, NoSuchTopicThenNotFound) {
  EXPECT_THAT(TopicHistory::Open(Kafka(SharedBroker()), NewArea(), 0, 1, 4).status(),
              StatusIs(absl::StatusCode::kNotFound));
}

// Two events of one request, in two partitions.
TEST(Relay, UnitOfSeveralEventsThenItsRecordsCarryEachOther) {
  const std::string area = NewArea();
  ScratchFolder folder;
  auto journal = journal::Journal::Open(
      {.path = folder.path() + "/journal", .identity = {.service = area, .partition_count = 2}});
  ASSERT_THAT(journal, IsOk());
  journal::Batch batch = (*journal)->NewBatch();
  std::vector<std::string> payloads;
  for (const uint32_t slot : {0, 1}) {
    common::v1::Envelope event;
    ASSERT_TRUE(event.ParseFromString(MakeEvent(area, slot + 1, slot)));
    event.mutable_meta()->set_request_id("r1");
    event.mutable_meta()->mutable_recorded_at()->set_seconds(7);
    payloads.push_back(event.SerializeAsString());
    ASSERT_THAT(batch.Append(event.meta().stream_id(), 0, payloads.back()), IsOk());
    NotePartitionHead(batch, 2, slot, slot + 1);
  }
  ASSERT_THAT((*journal)->Commit(std::move(batch)), IsOk());
  Publish(**journal);
  const auto topic = ReadTopic(SharedBroker(), area);
  for (const uint32_t partition : {0u, 1u}) {
    ASSERT_EQ(topic.at(partition).size(), 1u);
    common::v1::UnitEvents others;
    ASSERT_OK_AND_ASSIGN(const std::string unit,
                         Base64UrlDecode(topic.at(partition)[0].headers.at("pitlane-unit")));
    ASSERT_TRUE(others.ParseFromString(unit));
    EXPECT_THAT(others.events(), ElementsAre(payloads[1 - partition]));
  }
}

}  // namespace
}  // namespace pitlane::stream
