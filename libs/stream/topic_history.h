// A journal as its topic has it, in the order of the journal: what a store is rebuilt from.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/stream/kafka_options.h"

namespace pitlane::stream {

// A record of one partition, in the order of the partition.
struct HistoryItem {
  uint64_t position = 0;
  uint64_t previous = 0;
  std::string payload;
  std::string unit;  // bytes of the common.v1.UnitEvents it carries; may be empty
};
// Nothing: that was all.
using HistoryPartition = std::function<absl::StatusOr<std::optional<HistoryItem>>()>;

struct HistoryRecord {
  enum class Where {
    kTopic,  // in its partition
    kUnit,   // not there yet, but another record of its unit is, which carries it
    // Nowhere, although a later position is: it was on its way when the disk was lost, and no
    // reader has seen it. `payload` is a common.v1.PositionLost in its place, the same each time.
    kLost,
  };
  uint64_t position = 0;  // 1, 2, 3, ... without gaps
  std::string payload;
  Where where = Where::kTopic;

  friend bool operator==(const HistoryRecord&, const HistoryRecord&) = default;
};

// Brings the partitions of one journal together. One thread.
//
// Within a partition it follows the chain of predecessors from the first record on, so repetitions
// and records out of turn do not show. A published position is never given up: readers may have
// seen it, so a new store may not use it for another event. That is why a position that is missing
// before it is filled with PositionLost, in a partition that ends before it.
class TopicHistory {
 public:
  // The topic of `area` as it is now; those of its partitions that belong to the shard.
  //   UNAVAILABLE, NOT_FOUND  the broker does not answer; there is no such topic
  //   FAILED_PRECONDITION     the topic has another partition count
  static absl::StatusOr<std::unique_ptr<TopicHistory>> Open(const KafkaOptions& kafka,
                                                            const std::string& area, uint32_t shard,
                                                            uint32_t shard_count,
                                                            uint32_t partition_count);
  // `source`: "ticket.0". Partitions by their numbers.
  TopicHistory(std::string source, std::map<uint32_t, HistoryPartition> partitions);

  // The next position; nothing at the end. DATA_LOSS when a record contradicts itself, or a
  // partition does not begin with its first record; and what the partitions say.
  absl::StatusOr<std::optional<HistoryRecord>> Next();

 private:
  struct Partition {
    HistoryPartition next;
    std::optional<HistoryItem> head;
    bool ended = false;
    uint64_t last = 0;     // position of the last one taken
    bool dropped = false;  // something, as not being next in the chain
  };
  absl::Status LoadHeads();
  absl::Status LoadHead(uint32_t number, Partition& partition);
  absl::Status NoteUnit(const HistoryItem& item);
  absl::StatusOr<HistoryRecord> MakeLost(uint64_t position) const;

  const std::string source_;
  std::map<uint32_t, Partition> partitions_;
  std::map<uint64_t, std::string> carried_;  // of units, by position
  uint64_t next_ = 1;
  int64_t last_time_ms_ = 0;  // recorded_at of the last record
};

}  // namespace pitlane::stream
