#include "services/inventory/reactors/on_line_removed.h"

#include "services/inventory/reactors/ticket_lines.h"

namespace pitlane::inventory {

absl::Status OnLineRemoved::On(const common::v1::EventMeta& meta,
                               const ticket::v1::LineRemoved& event, runtime::Unit& unit) {
  if (event.part_id().empty() || event.job_id().empty()) return absl::OkStatus();
  return ReleaseLines(unit, meta, meta.stream_id(), event.job_id(), event.line_id());
}

}  // namespace pitlane::inventory
