// A ticket was voided: everything kept for it is free again.
#pragma once

#include "libs/runtime/reactor.h"
#include "pitlane/ticket/v1/events.pb.h"

namespace pitlane::inventory {

class OnTicketVoided final : public runtime::TypedReactor<ticket::v1::TicketVoided> {
 public:
  absl::Status On(const common::v1::EventMeta& meta, const ticket::v1::TicketVoided& event,
                  runtime::Unit& unit) override;
};

}  // namespace pitlane::inventory
