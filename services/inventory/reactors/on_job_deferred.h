// The customer said "not now" to a job: its parts need not be kept.
#pragma once

#include "libs/runtime/reactor.h"
#include "pitlane/ticket/v1/events.pb.h"

namespace pitlane::inventory {

class OnJobDeferred final : public runtime::TypedReactor<ticket::v1::JobDeferred> {
 public:
  absl::Status On(const common::v1::EventMeta& meta, const ticket::v1::JobDeferred& event,
                  runtime::Unit& unit) override;
};

}  // namespace pitlane::inventory
