#include "libs/stream/partition_heads.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/stream/names.h"

namespace pitlane::stream {
namespace {

std::string HeadName(uint32_t partition) { return absl::StrCat("partition_head/", partition); }

}  // namespace

void NotePartitionHead(journal::Batch& batch, uint32_t partition_count, uint32_t slot,
                       uint64_t position) {
  batch.PutCursor(HeadName(PartitionOfSlot(slot, partition_count)), position);
}

absl::StatusOr<std::optional<std::vector<uint64_t>>> ReadPartitionHeads(journal::Reader& reader,
                                                                        uint32_t partition_count) {
  ASSIGN_OR_RETURN(const journal::Tail tail, reader.GetTail());
  std::vector<uint64_t> heads(partition_count, 0);
  uint64_t newest = 0;
  for (uint32_t partition = 0; partition < partition_count; ++partition) {
    ASSIGN_OR_RETURN(const std::optional<uint64_t> head, reader.GetCursor(HeadName(partition)));
    heads[partition] = head.value_or(0);
    newest = std::max(newest, heads[partition]);
  }
  // Every event is the last one of its partition when it is appended; so if the newest event was
  // not noted, notes are missing.
  if (newest != tail.last_position) return std::nullopt;
  return heads;
}

}  // namespace pitlane::stream
