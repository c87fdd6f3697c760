// What the tests over a real broker share: topics by hand, and a look at what is in them.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "libs/base/check.h"
#include "libs/base/status_matchers.h"
#include "libs/stream/cloud_event.h"
#include "libs/stream/event_bytes.h"
#include "libs/stream/kafka_client.h"
#include "libs/stream/names.h"
#include "libs/stream/test_support.h"
#include "libs/stream/topic_reader.h"
#include "libs/stream/topics.h"
#include "libs/testing/kafka/kafka_broker.h"

namespace pitlane::stream {

// Fails the test run plainly when there is no broker: it is never skipped.
inline std::unique_ptr<testing::KafkaBroker> StartBroker(const std::string& folder) {
  auto broker = testing::KafkaBroker::Start(folder);
  PITLANE_CHECK_OK(broker.status());
  return *std::move(broker);
}

// The broker of all tests that do not harm it: starts with the first one, ends with the program.
class SharedBrokerEnvironment final : public ::testing::Environment {
 public:
  testing::KafkaBroker& broker() {
    if (broker_ == nullptr) {
      folder_ = std::make_unique<ScratchFolder>();
      broker_ = StartBroker(folder_->path() + "/kafka");
    }
    return *broker_;
  }
  void TearDown() override {
    broker_.reset();
    folder_.reset();
  }

 private:
  std::unique_ptr<ScratchFolder> folder_;
  std::unique_ptr<testing::KafkaBroker> broker_;
};

inline testing::KafkaBroker& SharedBroker() {
  static auto* const environment = new SharedBrokerEnvironment;
  static const bool registered = ::testing::AddGlobalTestEnvironment(environment) != nullptr;
  PITLANE_CHECK(registered);
  return environment->broker();
}

// An area that no other test of this run uses.
inline std::string NewArea() {
  static std::atomic<int> next{0};
  return absl::StrCat("area_", ++next);
}

inline KafkaOptions Kafka(const testing::KafkaBroker& broker) {
  return {.bootstrap_servers = broker.address(), .client_id = "stream_test"};
}

// A record as a consumer of any kind sees it.
struct RawRecord {
  uint32_t partition = 0;
  int64_t offset = 0;
  std::string key;
  std::string value;
  std::map<std::string, std::string> headers;

  uint64_t position() const { return std::stoull(headers.at("pitlane-position")); }
};

// Everything that the area's topic holds, in the order of each partition.
inline std::map<uint32_t, std::vector<RawRecord>> ReadTopic(const testing::KafkaBroker& broker,
                                                            const std::string& area) {
  const std::string topic = *TopicName(area);
  std::map<uint32_t, std::vector<RawRecord>> records;
  auto reader = TopicReader::Open(Kafka(broker), topic, {});
  PITLANE_CHECK_OK(reader.status());
  const auto count = (*reader)->client().CountPartitions(topic, kPatience);
  PITLANE_CHECK_OK(count.status());
  for (uint32_t partition = 0; partition < *count; ++partition) {
    records[partition];
    PITLANE_CHECK_OK((*reader)->Seek(partition, RD_KAFKA_OFFSET_BEGINNING));
  }
  std::set<uint32_t> ended;
  const absl::Time deadline = absl::Now() + kPatience;
  while (ended.size() < *count && absl::Now() < deadline) {
    auto item = (*reader)->Next(absl::Seconds(1));
    PITLANE_CHECK_OK(item.status());
    if (item->kind == TopicReader::Kind::kEnd) ended.insert(item->partition);
    if (item->kind != TopicReader::Kind::kRecord) continue;
    RawRecord record{.partition = item->partition, .offset = item->offset};
    record.value = std::string(item->payload());
    record.key.assign(static_cast<const char*>(item->message->key), item->message->key_len);
    rd_kafka_headers_t* headers = nullptr;
    rd_kafka_message_headers(item->message.get(), &headers);
    const char* name = nullptr;
    const void* value = nullptr;
    size_t size = 0;
    for (size_t i = 0;
         headers != nullptr && rd_kafka_header_get_all(headers, i, &name, &value, &size) == 0;
         ++i) {
      record.headers[name] = std::string(static_cast<const char*>(value), size);
    }
    records[item->partition].push_back(std::move(record));
  }
  EXPECT_EQ(ended.size(), *count) << "the topic could not be read to its end";
  return records;
}

// Positions in a partition, as they stand there.
inline std::vector<uint64_t> Positions(const std::vector<RawRecord>& records) {
  std::vector<uint64_t> positions;
  for (const RawRecord& record : records) positions.push_back(record.position());
  return positions;
}

// Writes records into a topic by hand, as no relay would.
class HandWriter {
 public:
  explicit HandWriter(const KafkaOptions& options) {
    auto client = KafkaClient::Make(RD_KAFKA_PRODUCER, options, {{"linger.ms", "0"}}, 0);
    PITLANE_CHECK_OK(client.status());
    client_ = *std::move(client);
  }
  void Write(const FeedRecord& record) {
    const auto meta = ReadMeta(record.payload);
    PITLANE_CHECK_OK(meta.status());
    WriteRaw(record.source.area, record.source.partition, MakeHeaders(*meta, record.previous),
             record.payload);
  }
  // Returns when the broker has it.
  void WriteRaw(const std::string& area, uint32_t partition, const HeaderList& list,
                const std::string& value) {
    rd_kafka_headers_t* headers = rd_kafka_headers_new(list.size());
    for (const auto& [name, text] : list) {
      rd_kafka_header_add(headers, name.c_str(), -1, text.data(),
                          static_cast<ssize_t>(text.size()));
    }
    const std::string topic = *TopicName(area);
    std::array<rd_kafka_vu_t, 5> parts{};
    parts[0].vtype = RD_KAFKA_VTYPE_TOPIC;
    parts[0].u.cstr = topic.c_str();
    parts[1].vtype = RD_KAFKA_VTYPE_PARTITION;
    parts[1].u.i32 = static_cast<int32_t>(partition);
    parts[2].vtype = RD_KAFKA_VTYPE_MSGFLAGS;
    parts[2].u.i = RD_KAFKA_MSG_F_COPY;
    parts[3].vtype = RD_KAFKA_VTYPE_VALUE;
    parts[3].u.mem = {const_cast<char*>(value.data()), value.size()};
    parts[4].vtype = RD_KAFKA_VTYPE_HEADERS;
    parts[4].u.headers = headers;
    PITLANE_CHECK(rd_kafka_produceva(client_->get(), parts.data(), parts.size()) == nullptr);
    PITLANE_CHECK(rd_kafka_flush(client_->get(), ToTimeoutMs(kPatience)) == 0);
  }

 private:
  std::unique_ptr<KafkaClient> client_;
};

inline void DeleteTopic(const KafkaOptions& options, const std::string& area) {
  auto client = KafkaClient::Make(RD_KAFKA_PRODUCER, options, {}, 0);
  PITLANE_CHECK_OK(client.status());
  const std::string topic = *TopicName(area);
  rd_kafka_DeleteTopic_t* request = rd_kafka_DeleteTopic_new(topic.c_str());
  const KafkaQueue queue(rd_kafka_queue_new((*client)->get()));
  rd_kafka_DeleteTopics((*client)->get(), &request, 1, nullptr, queue.get());
  const KafkaEvent event(rd_kafka_queue_poll(queue.get(), ToTimeoutMs(kPatience)));
  PITLANE_CHECK(event != nullptr && rd_kafka_event_error(event.get()) == 0);
  rd_kafka_DeleteTopic_destroy(request);
}

// Waits for `done` without anything to be woken by. For what a broker does by itself.
template <typename Done>
bool Eventually(Done done, absl::Duration patience = kPatience) {
  absl::Mutex never;
  const absl::Time deadline = absl::Now() + patience;
  bool nothing = false;
  while (!done()) {
    if (absl::Now() > deadline) return false;
    absl::MutexLock lock(&never);
    never.AwaitWithTimeout(absl::Condition(&nothing), absl::Milliseconds(20));
  }
  return true;
}

}  // namespace pitlane::stream
