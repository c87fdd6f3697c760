// Reads a journal as its partitions: each record with its partition and its predecessor there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/journal/journal.h"
#include "pitlane/common/v1/event_meta.pb.h"

namespace pitlane::stream {

struct PartitionRecord {
  uint32_t partition = 0;
  uint64_t position = 0;
  uint64_t previous = 0;  // position of its predecessor in the partition; 0 = first
  common::v1::EventMeta meta;
  std::string payload;
  std::string unit;  // bytes of a common.v1.UnitEvents; empty: it carries none
};

// One reader of one journal, over all its partitions at once, in the order of the log. Not
// thread-safe; the journal (borrowed) may be written meanwhile.
class PartitionReader {
 public:
  explicit PartitionReader(const journal::Journal& journal);

  // Starts behind these positions, one per partition of the journal's identity. FAILED_PRECONDITION
  // when one of them lies behind the end of the journal.
  absl::Status Seek(const std::vector<uint64_t>& positions);

  // The next records behind the positions, at most `max_records`; empty when the end of the log is
  // reached. DATA_LOSS when an event does not decode or its meta contradicts its place; the next
  // call says so again.
  absl::StatusOr<std::vector<PartitionRecord>> Read(size_t max_records);

  // Every record of the log up to here was returned or lies before the positions sought.
  uint64_t scanned() const { return next_ - 1; }

 private:
  absl::StatusOr<uint64_t> StartOf(journal::Reader& reader, uint32_t partition, uint64_t position);
  absl::StatusOr<PartitionRecord> Decode(journal::Record record) const;

  const journal::Journal& journal_;
  const std::string source_;         // what every event's meta names
  uint64_t next_ = 1;                // position in the log
  std::vector<uint64_t> positions_;  // return what lies behind these
  std::vector<uint64_t> last_seen_;  // newest record looked at, per partition
};

}  // namespace pitlane::stream
