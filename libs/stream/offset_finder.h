// Where in a topic a journal position is. For this library's own sources.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/stream/feed.h"
#include "libs/stream/kafka_client.h"

namespace pitlane::stream {

struct FindRequest {
  std::string topic;
  // Last position read of every source that was read from.
  std::map<Source, uint64_t> positions;
  std::vector<PartitionRange> ranges;  // of each partition of the topic
  std::function<bool()> stopped;
};

// An offset for each partition from which on everything behind the positions is found, and little
// before it; exact also where records were written twice. By halving, with one record read per
// step. Errors as ReadTails.
absl::StatusOr<std::vector<int64_t>> FindOffsets(const KafkaOptions& kafka,
                                                 const FindRequest& request);

}  // namespace pitlane::stream
