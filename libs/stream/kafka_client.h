// librdkafka's handles with owners, and its errors as Status. For this library's own sources.
#pragma once

#include <librdkafka/rdkafka.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/stream/kafka_options.h"

namespace pitlane::stream {

// UNAVAILABLE for everything that may pass by itself; NOT_FOUND when topic or partition are not
// there; PERMISSION_DENIED, UNAUTHENTICATED, INVALID_ARGUMENT, RESOURCE_EXHAUSTED.
absl::Status KafkaError(rd_kafka_resp_err_t error, std::string_view what);

int ToTimeoutMs(absl::Duration timeout);

template <typename T, void (*kDestroy)(T*)>
struct KafkaDeleter {
  void operator()(T* handle) const { kDestroy(handle); }
};
template <typename T, void (*kDestroy)(T*)>
using KafkaOwned = std::unique_ptr<T, KafkaDeleter<T, kDestroy>>;

using KafkaTopicHandle = KafkaOwned<rd_kafka_topic_t, rd_kafka_topic_destroy>;
using KafkaQueue = KafkaOwned<rd_kafka_queue_t, rd_kafka_queue_destroy>;
using KafkaEvent = KafkaOwned<rd_kafka_event_t, rd_kafka_event_destroy>;
using KafkaMessage = KafkaOwned<rd_kafka_message_t, rd_kafka_message_destroy>;

struct PartitionRange {
  int64_t low = 0;   // offset of the first record
  int64_t high = 0;  // offset that the next record gets
};

// One instance of librdkafka. Thread-safe, as librdkafka is. Topic handles and queues made from it
// must be gone before it is.
class KafkaClient {
 public:
  // Settings that differ by use win over `options.properties`. INVALID_ARGUMENT names the setting.
  static absl::StatusOr<std::unique_ptr<KafkaClient>> Make(
      rd_kafka_type_t type, const KafkaOptions& options,
      const std::map<std::string, std::string>& settings, int events);
  ~KafkaClient();
  KafkaClient(const KafkaClient&) = delete;
  KafkaClient& operator=(const KafkaClient&) = delete;

  rd_kafka_t* get() const { return client_; }

  // Partitions of the topic. NOT_FOUND when it does not exist; UNAVAILABLE without an answer in
  // time. Never creates it.
  absl::StatusOr<uint32_t> CountPartitions(const std::string& topic, absl::Duration timeout) const;
  // First and next offset of partitions 0 .. count - 1, as the broker has them now.
  absl::StatusOr<std::vector<PartitionRange>> QueryRanges(const std::string& topic, uint32_t count,
                                                          absl::Duration timeout) const;

 private:
  explicit KafkaClient(KafkaLog log) : log_(std::move(log)) {}
  static void Log(const rd_kafka_t* client, int level, const char* facility, const char* text);
  absl::StatusOr<std::vector<int64_t>> QueryOffsets(const std::string& topic, uint32_t count,
                                                    int64_t which, absl::Duration timeout) const;

  const KafkaLog log_;
  rd_kafka_t* client_ = nullptr;
};

}  // namespace pitlane::stream
