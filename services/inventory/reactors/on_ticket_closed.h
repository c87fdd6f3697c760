// The sale is complete: every part on the ticket leaves the shelf at its cost, once for each line
// for ever, and whatever else was kept for the ticket is free again.
#pragma once

#include "libs/runtime/reactor.h"
#include "pitlane/ticket/v1/events.pb.h"

namespace pitlane::inventory {

class OnTicketClosed final : public runtime::TypedReactor<ticket::v1::TicketClosed> {
 public:
  absl::Status On(const common::v1::EventMeta& meta, const ticket::v1::TicketClosed& event,
                  runtime::Unit& unit) override;
};

}  // namespace pitlane::inventory
