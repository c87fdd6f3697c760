// The reader never heard of the action, and never will: nothing was charged.
#pragma once

#include "libs/runtime/reactor.h"
#include "pitlane/terminal_gateway/v1/events.pb.h"

namespace pitlane::payment {

class OnActionRefused final : public runtime::TypedReactor<terminal_gateway::v1::ActionRefused> {
 public:
  absl::Status On(const common::v1::EventMeta& meta,
                  const terminal_gateway::v1::ActionRefused& event, runtime::Unit& unit) override;
};

}  // namespace pitlane::payment
