#include "libs/stream/topics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <thread>
#include <vector>

#include "libs/stream/kafka_test_support.h"

namespace pitlane::stream {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;
using ::testing::Pair;

// Settings of a topic, as the broker says.
std::map<std::string, std::string> ConfigOf(const std::string& topic) {
  auto client = KafkaClient::Make(RD_KAFKA_PRODUCER, Kafka(SharedBroker()), {}, 0);
  PITLANE_CHECK_OK(client.status());
  rd_kafka_ConfigResource_t* resource =
      rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic.c_str());
  const KafkaQueue queue(rd_kafka_queue_new((*client)->get()));
  rd_kafka_DescribeConfigs((*client)->get(), &resource, 1, nullptr, queue.get());
  rd_kafka_ConfigResource_destroy(resource);
  const KafkaEvent event(rd_kafka_queue_poll(queue.get(), ToTimeoutMs(kPatience)));
  PITLANE_CHECK(event != nullptr && rd_kafka_event_error(event.get()) == 0);
  size_t resources = 0;
  const auto* described = rd_kafka_DescribeConfigs_result_resources(
      rd_kafka_event_DescribeConfigs_result(event.get()), &resources);
  size_t entries = 0;
  const auto* configs = rd_kafka_ConfigResource_configs(described[0], &entries);
  std::map<std::string, std::string> result;
  for (size_t i = 0; i < entries; ++i) {
    const char* value = rd_kafka_ConfigEntry_value(configs[i]);
    result[rd_kafka_ConfigEntry_name(configs[i])] = value == nullptr ? "" : value;
  }
  return result;
}

TEST(EnsureTopic, MissingThenMadeWithItsPartitionsAndKeptForEver) {
  const std::string area = NewArea();
  ASSERT_THAT(EnsureTopic(Kafka(SharedBroker()), {.area = area, .partition_count = 6}, kPatience),
              IsOk());
  const std::string topic = "pitlane." + area + ".events.v1";
  EXPECT_EQ(ReadTopic(SharedBroker(), area).size(), 6u);
  EXPECT_THAT(ConfigOf(topic),
              IsSupersetOf({Pair("cleanup.policy", "delete"), Pair("retention.ms", "-1"),
                            Pair("retention.bytes", "-1"),
                            Pair("message.timestamp.type", "LogAppendTime")}));
}

TEST(EnsureTopic, ThereWithTheRightCountThenOk) {
  const TopicSpec spec{.area = NewArea(), .partition_count = 3};
  for (int i = 0; i < 3; ++i) {
    EXPECT_THAT(EnsureTopic(Kafka(SharedBroker()), spec, kPatience), IsOk());
  }
}

TEST(EnsureTopic, AskedForByManyAtOnceThenAllOk) {
  const TopicSpec spec{.area = NewArea(), .partition_count = 5};
  std::vector<absl::Status> answers(6, absl::UnknownError("not asked"));
  std::vector<std::thread> threads;
  for (absl::Status& answer : answers) {
    threads.emplace_back([&] { answer = EnsureTopic(Kafka(SharedBroker()), spec, kPatience); });
  }
  for (std::thread& thread : threads) thread.join();
  for (const absl::Status& answer : answers) EXPECT_THAT(answer, IsOk());
}

TEST(EnsureTopic, ThereWithAnotherCountThenFailedPreconditionSayingBothAndWhatToDo) {
  const std::string area = NewArea();
  const KafkaOptions kafka = Kafka(SharedBroker());
  ASSERT_THAT(EnsureTopic(kafka, {.area = area, .partition_count = 3}, kPatience), IsOk());
  EXPECT_THAT(EnsureTopic(kafka, {.area = area, .partition_count = 8}, kPatience),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr("has 3 partitions"), HasSubstr("have 8"),
                             HasSubstr("Delete the topic"))));
}

TEST(EnsureTopic, MoreReplicasThanBrokersThenInvalidArgument) {
  EXPECT_THAT(
      EnsureTopic(Kafka(SharedBroker()), {.area = NewArea(), .replication_factor = 3}, kPatience),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("3 replicas")));
}

TEST(EnsureTopic, MalformedSpecThenInvalidArgument) {
  const KafkaOptions kafka = {.bootstrap_servers = "127.0.0.1:1"};
  for (const TopicSpec& spec :
       {TopicSpec{.area = "Bad Name"}, TopicSpec{.area = "a", .partition_count = 0},
        TopicSpec{.area = "a", .partition_count = 4097},
        TopicSpec{.area = "a", .replication_factor = 0}}) {
    EXPECT_THAT(EnsureTopic(kafka, spec, kPatience), StatusIs(absl::StatusCode::kInvalidArgument));
  }
}

TEST(EnsureTopic, UnknownKafkaSettingThenInvalidArgumentNamingIt) {
  const KafkaOptions kafka = {.bootstrap_servers = "127.0.0.1:1",
                              .properties = {{"no.such.setting", "1"}}};
  EXPECT_THAT(EnsureTopic(kafka, {.area = "a"}, kPatience),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("no.such.setting")));
}

TEST(EnsureTopic, NoBrokerThenUnavailable) {
  // Port 1 is never a broker's.
  EXPECT_THAT(
      EnsureTopic({.bootstrap_servers = "127.0.0.1:1"}, {.area = "a"}, absl::Milliseconds(300)),
      StatusIs(absl::StatusCode::kUnavailable));
}

}  // namespace
}  // namespace pitlane::stream
