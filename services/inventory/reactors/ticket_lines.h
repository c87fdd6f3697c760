// What the reactors to tickets share.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/runtime/unit.h"
#include "pitlane/common/v1/event_meta.pb.h"
#include "services/inventory/stock_keeping.h"

namespace pitlane::inventory {

// Where and on which business date a ticket's fact counts.
inline runtime::EventScope ScopeOf(const common::v1::EventMeta& meta) {
  return {.location_id = meta.location_id(), .business_date = meta.business_date()};
}

// The part that a ticket names. FAILED_PRECONDITION with PART_UNKNOWN: the fact waits (parked)
// until the part is imported, so that the ticket's stock is not lost.
absl::StatusOr<v1::Part> PartOfTicket(runtime::Unit& unit, std::string_view part_id);

// Gives back what is kept for a ticket, one of its jobs, or one line of that. Nothing happens when
// nothing is kept.
absl::Status ReleaseLines(runtime::Unit& unit, const common::v1::EventMeta& meta,
                          std::string_view ticket_id, std::optional<std::string> job_id,
                          std::optional<std::string> line_id);

}  // namespace pitlane::inventory
