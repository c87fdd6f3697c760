#include "libs/stream/partition_reader.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/check.h"
#include "libs/base/status.h"
#include "libs/stream/event_bytes.h"
#include "libs/stream/names.h"
#include "libs/stream/partition_heads.h"

namespace pitlane::stream {
namespace {

constexpr size_t kChunkRecords = 512;
constexpr size_t kChunkBytes = 4u << 20;

}  // namespace

PartitionReader::PartitionReader(const journal::Journal& journal)
    : journal_(journal),
      source_(ShardName{journal.identity().service, journal.identity().shard}.ToString()) {}

absl::StatusOr<uint64_t> PartitionReader::StartOf(journal::Reader& reader, uint32_t partition,
                                                  uint64_t position) {
  if (position == 0) return 1;
  ASSIGN_OR_RETURN(const std::vector<journal::Record> at, reader.ReadLog(position, 1, 1));
  if (at.size() != 1) {
    return absl::DataLossError(
        absl::StrCat("the journal of ", source_, " cannot show position ", position));
  }
  ASSIGN_OR_RETURN(const common::v1::EventMeta meta, ReadMeta(at[0].payload));
  const bool ours = PartitionOfSlot(meta.slot(), journal_.identity().partition_count) == partition;
  // Only from the start of the log can the predecessor of what follows a foreign position be known.
  return ours ? position : 1;
}

absl::Status PartitionReader::Seek(const std::vector<uint64_t>& positions) {
  const uint32_t partition_count = journal_.identity().partition_count;
  PITLANE_CHECK(positions.size() == partition_count) << "a position for every partition";
  const std::unique_ptr<journal::Reader> reader = journal_.NewReader();
  ASSIGN_OR_RETURN(const journal::Tail tail, reader->GetTail());
  ASSIGN_OR_RETURN(const std::optional<std::vector<uint64_t>> heads,
                   ReadPartitionHeads(*reader, partition_count));
  uint64_t start = tail.last_position + 1;
  std::vector<uint64_t> last_seen(partition_count, 0);
  for (uint32_t partition = 0; partition < partition_count; ++partition) {
    const uint64_t position = positions[partition];
    if (position > tail.last_position) {
      return absl::FailedPreconditionError(absl::StrCat(
          "position ", position, " of ", source_, ".", partition, " lies behind the journal's end ",
          tail.last_position, ": the journal is older than what was read from it"));
    }
    if (heads.has_value() && (*heads)[partition] == position) {
      last_seen[partition] = position;
      continue;
    }
    ASSIGN_OR_RETURN(const uint64_t from, StartOf(*reader, partition, position));
    start = std::min(start, from);
  }
  next_ = start;
  positions_ = positions;
  last_seen_ = std::move(last_seen);
  return absl::OkStatus();
}

absl::StatusOr<PartitionRecord> PartitionReader::Decode(journal::Record record) const {
  PartitionRecord out;
  absl::StatusOr<common::v1::EventMeta> meta = ReadMeta(record.payload);
  if (!meta.ok()) {
    return absl::DataLossError(
        absl::StrCat("position ", record.position, " of ", source_, ": ", meta.status().message()));
  }
  if (meta->position() != record.position || meta->source() != source_) {
    return absl::DataLossError(absl::StrCat("the event at position ", record.position, " of ",
                                            source_, " says of itself that it is at position ",
                                            meta->position(), " of \"", meta->source(), "\""));
  }
  out.partition = PartitionOfSlot(meta->slot(), journal_.identity().partition_count);
  out.position = record.position;
  out.meta = *std::move(meta);
  out.payload = std::move(record.payload);
  return out;
}

absl::StatusOr<std::vector<PartitionRecord>> PartitionReader::Read(size_t max_records) {
  std::vector<PartitionRecord> found;
  while (found.size() < max_records) {
    ASSIGN_OR_RETURN(
        std::vector<journal::Record> chunk,
        journal_.ReadLog(next_, std::min(kChunkRecords, max_records - found.size()), kChunkBytes));
    if (chunk.empty()) break;
    for (journal::Record& raw : chunk) {
      absl::StatusOr<PartitionRecord> record = Decode(std::move(raw));
      if (!record.ok()) {
        // What was found before it is still good; the fault is met again by the next call.
        if (!found.empty()) return found;
        return record.status();
      }
      record->previous = std::exchange(last_seen_[record->partition], record->position);
      next_ = record->position + 1;
      if (record->position > positions_[record->partition]) found.push_back(*std::move(record));
    }
  }
  return found;
}

}  // namespace pitlane::stream
