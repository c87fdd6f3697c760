#include "libs/testing/kafka/kafka_broker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <librdkafka/rdkafka.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>

namespace pitlane::testing {
namespace {

using ::testing::HasSubstr;

constexpr int kAnswerMs = 20'000;

// A folder under the build folder, removed with everything in it.
class ScratchFolder {
 public:
  ScratchFolder() {
    std::string pattern = std::string(PITLANE_BINARY_DIR) + "/kafka_broker_test.XXXXXX";
    path_ = mkdtemp(pattern.data());
  }
  ~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

struct DestroyClient {
  void operator()(rd_kafka_t* client) const { rd_kafka_destroy(client); }
};
using Client = std::unique_ptr<rd_kafka_t, DestroyClient>;

Client Connect(const std::string& address) {
  char error[256];
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  rd_kafka_conf_set(conf, "bootstrap.servers", address.c_str(), error, sizeof(error));
  rd_kafka_conf_set(conf, "log_level", "0", error, sizeof(error));
  return Client(rd_kafka_new(RD_KAFKA_PRODUCER, conf, error, sizeof(error)));
}

// How many brokers the cluster at `address` says it has; -1 without an answer in time.
int BrokerCount(const std::string& address, int timeout_ms) {
  Client client = Connect(address);
  const rd_kafka_metadata_t* metadata = nullptr;
  if (rd_kafka_metadata(client.get(), 0, nullptr, &metadata, timeout_ms) != 0) return -1;
  const int count = metadata->broker_cnt;
  rd_kafka_metadata_destroy(metadata);
  return count;
}

// Creates topic `name` with one partition and writes one record; returns whether both succeeded.
bool WriteOne(const std::string& address, const char* name) {
  Client client = Connect(address);
  char error[256];
  rd_kafka_NewTopic_t* topic = rd_kafka_NewTopic_new(name, 1, 1, error, sizeof(error));
  rd_kafka_queue_t* queue = rd_kafka_queue_new(client.get());
  rd_kafka_CreateTopics(client.get(), &topic, 1, nullptr, queue);
  rd_kafka_event_t* created = rd_kafka_queue_poll(queue, kAnswerMs);
  const bool ok = created != nullptr && rd_kafka_event_error(created) == 0;
  rd_kafka_event_destroy(created);
  rd_kafka_queue_destroy(queue);
  rd_kafka_NewTopic_destroy(topic);
  if (!ok) return false;
  std::string value = "one";
  rd_kafka_topic_t* handle = rd_kafka_topic_new(client.get(), name, nullptr);
  const int produced = rd_kafka_produce(handle, 0, RD_KAFKA_MSG_F_COPY, value.data(), value.size(),
                                        nullptr, 0, nullptr);
  rd_kafka_topic_destroy(handle);
  if (produced != 0) return false;
  return rd_kafka_flush(client.get(), kAnswerMs) == 0;
}

// One past the last offset of the topic's only partition; -1 without an answer.
int64_t EndOffset(const std::string& address, const char* topic) {
  Client client = Connect(address);
  int64_t low = -1;
  int64_t high = -1;
  if (rd_kafka_query_watermark_offsets(client.get(), topic, 0, &low, &high, kAnswerMs) != 0) {
    return -1;
  }
  return high;
}

TEST(KafkaBroker, StartedThenAnswersAsTheOnlyBroker) {
  ScratchFolder folder;
  auto broker = KafkaBroker::Start(folder.path());
  ASSERT_TRUE(broker.ok()) << broker.status();
  EXPECT_EQ(BrokerCount((*broker)->address(), kAnswerMs), 1);
}

TEST(KafkaBroker, StoppedOrKilledThenRestartedKeepsAddressAndRecords) {
  ScratchFolder folder;
  auto broker = KafkaBroker::Start(folder.path());
  ASSERT_TRUE(broker.ok()) << broker.status();
  const std::string address = (*broker)->address();
  ASSERT_TRUE(WriteOne(address, "kept"));

  ASSERT_TRUE((*broker)->Kill().ok());
  EXPECT_FALSE((*broker)->running());
  EXPECT_EQ(BrokerCount(address, 300), -1);
  absl::Status restarted = (*broker)->Restart();
  ASSERT_TRUE(restarted.ok()) << restarted;
  EXPECT_EQ((*broker)->address(), address);
  EXPECT_EQ(EndOffset(address, "kept"), 1);

  ASSERT_TRUE((*broker)->Stop().ok());
  EXPECT_EQ(BrokerCount(address, 300), -1);
  restarted = (*broker)->Restart();
  ASSERT_TRUE(restarted.ok()) << restarted;
  EXPECT_EQ((*broker)->address(), address);
  EXPECT_EQ(EndOffset(address, "kept"), 1);
}

TEST(KafkaBroker, PausedThenDoesNotAnswerUntilResumed) {
  ScratchFolder folder;
  auto broker = KafkaBroker::Start(folder.path());
  ASSERT_TRUE(broker.ok()) << broker.status();
  ASSERT_TRUE((*broker)->Pause().ok());
  EXPECT_EQ(BrokerCount((*broker)->address(), 500), -1);
  ASSERT_TRUE((*broker)->Resume().ok());
  EXPECT_EQ(BrokerCount((*broker)->address(), kAnswerMs), 1);
}

TEST(KafkaBroker, SecondStartInTheSameFolderIsRefusedAndSaysWhy) {
  ScratchFolder folder;
  auto broker = KafkaBroker::Start(folder.path());
  ASSERT_TRUE(broker.ok()) << broker.status();
  auto second = KafkaBroker::Start(folder.path());
  EXPECT_EQ(second.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(second.status().message(), HasSubstr("already runs"));
  EXPECT_EQ((*broker)->Restart().code(), absl::StatusCode::kFailedPrecondition);
}

TEST(KafkaBroker, NotRunningThenPauseIsRefused) {
  ScratchFolder folder;
  auto broker = KafkaBroker::Start(folder.path());
  ASSERT_TRUE(broker.ok()) << broker.status();
  ASSERT_TRUE((*broker)->Stop().ok());
  EXPECT_EQ((*broker)->Pause().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_TRUE((*broker)->Stop().ok());
  EXPECT_TRUE((*broker)->Kill().ok());
}

}  // namespace
}  // namespace pitlane::testing
