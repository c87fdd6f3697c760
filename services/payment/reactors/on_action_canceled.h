// The reader gave up before money moved.
#pragma once

#include "libs/runtime/reactor.h"
#include "pitlane/terminal_gateway/v1/events.pb.h"

namespace pitlane::payment {

class OnActionCanceled final : public runtime::TypedReactor<terminal_gateway::v1::ActionCanceled> {
 public:
  absl::Status On(const common::v1::EventMeta& meta,
                  const terminal_gateway::v1::ActionCanceled& event, runtime::Unit& unit) override;
};

}  // namespace pitlane::payment
