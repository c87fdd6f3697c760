#include "services/inventory/reactors/on_ticket_voided.h"

#include "services/inventory/reactors/ticket_lines.h"

namespace pitlane::inventory {

absl::Status OnTicketVoided::On(const common::v1::EventMeta& meta, const ticket::v1::TicketVoided&,
                                runtime::Unit& unit) {
  return ReleaseLines(unit, meta, meta.stream_id(), std::nullopt, std::nullopt);
}

}  // namespace pitlane::inventory
