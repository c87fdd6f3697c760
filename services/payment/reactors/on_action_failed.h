// The reader says no: the payment may be tried again, the refund came to nothing.
#pragma once

#include "libs/runtime/reactor.h"
#include "pitlane/terminal_gateway/v1/events.pb.h"

namespace pitlane::payment {

class OnActionFailed final : public runtime::TypedReactor<terminal_gateway::v1::ActionFailed> {
 public:
  absl::Status On(const common::v1::EventMeta& meta,
                  const terminal_gateway::v1::ActionFailed& event, runtime::Unit& unit) override;
};

}  // namespace pitlane::payment
