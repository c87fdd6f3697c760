// What a topic already holds of a journal. For this library's own sources.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/stream/kafka_options.h"

namespace pitlane::stream {

struct PartitionTail {
  uint64_t position = 0;   // everything of the source up to here is in the partition
  std::string payload;     // of the record at `position`
  int64_t end_offset = 0;  // what the next record gets
};

struct TailRequest {
  std::string topic;
  std::string source;  // "ticket.0": records of other sources are stepped over
  // Those to read, of the topic's partitions 0 .. partition_count - 1; others stay empty.
  uint32_t partition_count = 0;
  std::function<bool(uint32_t partition)> wanted;
  // How many records may follow a gap, at most: a writer never has more of them under way.
  uint32_t window = 0;
  std::function<bool()> stopped;
};

// Reads the last records of each partition; the whole partition when these do not follow each other
// without a gap, or when it does not begin with the source's first record. UNAVAILABLE when the
// broker stops answering, CANCELLED when `stopped` says so, DATA_LOSS for a record that is not one
// of ours.
absl::StatusOr<std::vector<PartitionTail>> ReadTails(const KafkaOptions& kafka,
                                                     const TailRequest& request);

}  // namespace pitlane::stream
