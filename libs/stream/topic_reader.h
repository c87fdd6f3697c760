// Reads one topic from offsets that the caller chooses. For this library's own sources.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/stream/cloud_event.h"
#include "libs/stream/kafka_client.h"

namespace pitlane::stream {

// A consumer without a group: it knows only the offsets it was told. One thread, except for Wake.
//
// While a broker is away it waits and goes on by itself. Whatever else goes wrong (topic deleted,
// offset out of range) ends it: Next says so, and the caller makes another one.
class TopicReader {
 public:
  enum class Kind {
    kRecord,   // `message`
    kEnd,      // `offset` is the end of the partition for now
    kNothing,  // time is up, or Wake was called
  };
  struct Item {
    Kind kind = Kind::kNothing;
    uint32_t partition = 0;
    int64_t offset = 0;
    KafkaMessage message;

    std::string_view payload() const;
    // Nothing: the record has no such header.
    std::optional<std::string_view> Header(std::string_view name) const;
    // Errors as ReadPlace, saying topic, partition and offset.
    absl::StatusOr<TopicPlace> Place() const;
  };
  struct Tuning {
    int fetch_wait_ms = 500;       // how long an idle fetch stays at the broker
    int fetch_bytes = 1 << 20;     // per partition and fetch
    int queued_kbytes = 32 << 10;  // fetched ahead
  };

  static absl::StatusOr<std::unique_ptr<TopicReader>> Open(const KafkaOptions& options,
                                                           std::string topic, Tuning tuning);
  // Quick, also when the topic is gone or the broker hangs.
  ~TopicReader();

  const KafkaClient& client() const { return *client_; }
  const std::string& topic() const { return topic_; }

  // What Next gives of this partition begins at `offset` from now on; nothing before comes any
  // more.
  absl::Status Seek(uint32_t partition, int64_t offset);
  absl::StatusOr<Item> Next(absl::Duration timeout);
  // The next record or end. UNAVAILABLE when the broker sends none for `patience`; CANCELLED soon
  // after `stopped`, unless that is empty, says so.
  absl::StatusOr<Item> Await(absl::Duration patience, const std::function<bool()>& stopped);
  // Ends a Next that is under way, or else the next one. Any thread.
  void Wake() { rd_kafka_queue_yield(queue_.get()); }

 private:
  TopicReader(std::string topic, std::unique_ptr<KafkaClient> client);

  const std::string topic_;
  // In this order: the handles go before the client.
  std::unique_ptr<KafkaClient> client_;
  KafkaTopicHandle handle_;
  KafkaQueue queue_;
  std::set<uint32_t> started_;
};

}  // namespace pitlane::stream
