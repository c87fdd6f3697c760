// The reader took the money, or gave it back.
#pragma once

#include "libs/runtime/reactor.h"
#include "pitlane/terminal_gateway/v1/events.pb.h"

namespace pitlane::payment {

class OnActionSucceeded final
    : public runtime::TypedReactor<terminal_gateway::v1::ActionSucceeded> {
 public:
  absl::Status On(const common::v1::EventMeta& meta,
                  const terminal_gateway::v1::ActionSucceeded& event, runtime::Unit& unit) override;
};

}  // namespace pitlane::payment
