// A sale is complete: its figures are recorded.
#pragma once

#include "libs/runtime/reactor.h"
#include "pitlane/ticket/v1/events.pb.h"

namespace pitlane::reporting {

class OnTicketClosed final : public runtime::TypedReactor<ticket::v1::TicketClosed> {
 public:
  absl::Status On(const common::v1::EventMeta& meta, const ticket::v1::TicketClosed& event,
                  runtime::Unit& unit) override;
};

}  // namespace pitlane::reporting
