// What things are called on the way: areas, journals, topics, partitions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace pitlane::stream {

inline constexpr size_t kMaxAreaNameLength = 60;

// OK for "ticket", "customer_vehicle"; INVALID_ARGUMENT saying what an area's name is made of.
absl::Status CheckAreaName(std::string_view area);

// "pitlane.ticket.events.v1". INVALID_ARGUMENT as CheckAreaName.
absl::StatusOr<std::string> TopicName(std::string_view area);

// One shard's journal, as EventMeta.source names it: "ticket.0".
struct ShardName {
  std::string area;
  uint32_t shard = 0;

  // INVALID_ARGUMENT for anything ToString does not make.
  static absl::StatusOr<ShardName> Parse(std::string_view text);
  std::string ToString() const;

  friend bool operator==(const ShardName&, const ShardName&) = default;
};

// Where an event of this slot goes. A service of N shards gives slot s to shard s % N, and N must
// divide the partition count; then every partition is written by exactly one shard.
constexpr uint32_t PartitionOfSlot(uint32_t slot, uint32_t partition_count) {
  return slot % partition_count;
}
constexpr uint32_t ShardOfPartition(uint32_t partition, uint32_t shard_count) {
  return partition % shard_count;
}

}  // namespace pitlane::stream
