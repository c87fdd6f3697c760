// The topics that events travel by.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "libs/stream/kafka_options.h"

namespace pitlane::stream {

struct TopicSpec {
  std::string area;
  uint32_t partition_count = 8;     // of the area's stores; a topic cannot change it later
  uint32_t replication_factor = 1;  // only for a topic that is made here
};

// Makes the area's topic when it is not there (records are kept for ever, and carry the broker's
// time, so that a till with a wrong clock is not refused), and waits until it is usable. A topic
// that is there is checked. Idempotent; several may call it at once.
//   FAILED_PRECONDITION  the topic has another partition count
//   INVALID_ARGUMENT     the area's name or the counts are wrong
//   UNAVAILABLE          no broker answered in time
//   PERMISSION_DENIED, UNAUTHENTICATED  as the broker says
absl::Status EnsureTopic(const KafkaOptions& kafka, const TopicSpec& spec, absl::Duration timeout);

// FAILED_PRECONDITION saying both numbers and what to do, unless they are equal.
absl::Status CheckPartitionCount(const std::string& topic, uint32_t actual, uint32_t expected);

}  // namespace pitlane::stream
