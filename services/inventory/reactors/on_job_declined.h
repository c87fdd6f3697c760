// The customer said no to a job: its parts need not be kept.
#pragma once

#include "libs/runtime/reactor.h"
#include "pitlane/ticket/v1/events.pb.h"

namespace pitlane::inventory {

class OnJobDeclined final : public runtime::TypedReactor<ticket::v1::JobDeclined> {
 public:
  absl::Status On(const common::v1::EventMeta& meta, const ticket::v1::JobDeclined& event,
                  runtime::Unit& unit) override;
};

}  // namespace pitlane::inventory
