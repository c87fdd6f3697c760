#include "services/inventory/reactors/on_job_deferred.h"

#include "services/inventory/reactors/ticket_lines.h"

namespace pitlane::inventory {

absl::Status OnJobDeferred::On(const common::v1::EventMeta& meta,
                               const ticket::v1::JobDeferred& event, runtime::Unit& unit) {
  return ReleaseLines(unit, meta, meta.stream_id(), event.job_id(), std::nullopt);
}

}  // namespace pitlane::inventory
