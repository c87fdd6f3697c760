#include "libs/stream/units.h"

#include <set>

#include "pitlane/common/v1/unit.pb.h"

namespace pitlane::stream {
namespace {

constexpr size_t kMaxUnitBytes = 4u << 20;

bool SameUnit(const common::v1::EventMeta& a, const common::v1::EventMeta& b) {
  return a.request_id() == b.request_id() && a.causation_id() == b.causation_id() &&
         a.causation_position() == b.causation_position() &&
         a.correlation_id() == b.correlation_id() &&
         a.recorded_at().seconds() == b.recorded_at().seconds() &&
         a.recorded_at().nanos() == b.recorded_at().nanos();
}

void AttachUnit(std::span<PartitionRecord> unit) {
  size_t bytes = 0;
  for (const PartitionRecord& record : unit) bytes += record.payload.size();
  if (unit.size() < 2 || bytes > kMaxUnitBytes) return;
  std::set<uint32_t> partitions;
  for (PartitionRecord& first : unit) {
    if (!partitions.insert(first.partition).second) continue;
    common::v1::UnitEvents others;
    for (const PartitionRecord& record : unit) {
      if (record.position != first.position) others.add_events(record.payload);
    }
    first.unit = others.SerializeAsString();
  }
}

}  // namespace

size_t StartOfLastUnit(std::span<const PartitionRecord> records) {
  if (records.empty()) return 0;
  size_t start = records.size() - 1;
  while (start > 0 && SameUnit(records[start - 1].meta, records.back().meta)) --start;
  return start;
}

void AttachUnits(std::span<PartitionRecord> records) {
  size_t start = 0;
  for (size_t end = 1; end <= records.size(); ++end) {
    if (end < records.size() && SameUnit(records[start].meta, records[end].meta)) continue;
    AttachUnit(records.subspan(start, end - start));
    start = end;
  }
}

}  // namespace pitlane::stream
