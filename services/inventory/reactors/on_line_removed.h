// A line was taken off a ticket: its part need not be kept any more.
#pragma once

#include "libs/runtime/reactor.h"
#include "pitlane/ticket/v1/events.pb.h"

namespace pitlane::inventory {

class OnLineRemoved final : public runtime::TypedReactor<ticket::v1::LineRemoved> {
 public:
  absl::Status On(const common::v1::EventMeta& meta, const ticket::v1::LineRemoved& event,
                  runtime::Unit& unit) override;
};

}  // namespace pitlane::inventory
