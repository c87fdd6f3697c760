#include "services/inventory/reactors/on_job_cancelled.h"

#include "services/inventory/reactors/ticket_lines.h"

namespace pitlane::inventory {

absl::Status OnJobCancelled::On(const common::v1::EventMeta& meta,
                                const ticket::v1::JobCancelled& event, runtime::Unit& unit) {
  return ReleaseLines(unit, meta, meta.stream_id(), event.job_id(), std::nullopt);
}

}  // namespace pitlane::inventory
