// Where each partition of a journal ends, kept by the journal's own commits.
//
// A partition may be silent for years while the log grows (one shop = one slot = one partition).
// Without its last position a reader that wants to go on behind it would have to walk the whole log
// to learn that there is nothing. So whoever appends events notes their partitions in the same
// batch. A journal without these notes is read correctly all the same, only from further back.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/journal/journal.h"

namespace pitlane::stream {

// Notes that `batch` holds an event of `slot` at `position`. To be called for every event of a
// commit, in order (or once per partition with its last one), with the partition count of the
// journal's identity.
void NotePartitionHead(journal::Batch& batch, uint32_t partition_count, uint32_t slot,
                       uint64_t position);

// Last position of each partition (0: it has no event) as of the reader's state; empty when the
// journal holds events that were not noted. Errors as Reader::GetCursor.
absl::StatusOr<std::optional<std::vector<uint64_t>>> ReadPartitionHeads(journal::Reader& reader,
                                                                        uint32_t partition_count);

}  // namespace pitlane::stream
