#include "services/inventory/reactors/on_job_declined.h"

#include "services/inventory/reactors/ticket_lines.h"

namespace pitlane::inventory {

absl::Status OnJobDeclined::On(const common::v1::EventMeta& meta,
                               const ticket::v1::JobDeclined& event, runtime::Unit& unit) {
  return ReleaseLines(unit, meta, meta.stream_id(), event.job_id(), std::nullopt);
}

}  // namespace pitlane::inventory
