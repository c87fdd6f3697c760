// The customer agreed to a job: its parts are kept for it, checked and kept in one step for all of
// them. What is not there is a shortage, a fact of its own; the ticket goes on.
#pragma once

#include "libs/runtime/reactor.h"
#include "pitlane/ticket/v1/events.pb.h"

namespace pitlane::inventory {

class OnJobAuthorized final : public runtime::TypedReactor<ticket::v1::JobAuthorized> {
 public:
  absl::Status On(const common::v1::EventMeta& meta, const ticket::v1::JobAuthorized& event,
                  runtime::Unit& unit) override;
};

}  // namespace pitlane::inventory
