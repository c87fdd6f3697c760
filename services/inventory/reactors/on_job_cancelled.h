// The shop gave a job up: its parts need not be kept.
#pragma once

#include "libs/runtime/reactor.h"
#include "pitlane/ticket/v1/events.pb.h"

namespace pitlane::inventory {

class OnJobCancelled final : public runtime::TypedReactor<ticket::v1::JobCancelled> {
 public:
  absl::Status On(const common::v1::EventMeta& meta, const ticket::v1::JobCancelled& event,
                  runtime::Unit& unit) override;
};

}  // namespace pitlane::inventory
