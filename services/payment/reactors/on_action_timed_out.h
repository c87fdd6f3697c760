// The reader does not answer: the outcome is unknown until the gateway finds it out.
#pragma once

#include "libs/runtime/reactor.h"
#include "pitlane/terminal_gateway/v1/events.pb.h"

namespace pitlane::payment {

class OnActionTimedOut final : public runtime::TypedReactor<terminal_gateway::v1::ActionTimedOut> {
 public:
  absl::Status On(const common::v1::EventMeta& meta,
                  const terminal_gateway::v1::ActionTimedOut& event, runtime::Unit& unit) override;
};

}  // namespace pitlane::payment
