// The document is fixed: its total is owed. Once for each ticket, for ever.
#pragma once

#include "libs/runtime/reactor.h"
#include "pitlane/ticket/v1/events.pb.h"

namespace pitlane::payment {

class OnTicketInvoiced final : public runtime::TypedReactor<ticket::v1::TicketInvoiced> {
 public:
  absl::Status On(const common::v1::EventMeta& meta, const ticket::v1::TicketInvoiced& event,
                  runtime::Unit& unit) override;
};

}  // namespace pitlane::payment
