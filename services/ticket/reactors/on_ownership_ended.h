// A vehicle has a new owner: declined work of the last one is not offered again.
#pragma once

#include "libs/runtime/reactor.h"
#include "pitlane/customer_vehicle/v1/events.pb.h"

namespace pitlane::ticket {

class OnOwnershipEnded final : public runtime::TypedReactor<customer_vehicle::v1::OwnershipEnded> {
 public:
  absl::Status On(const common::v1::EventMeta& meta,
                  const customer_vehicle::v1::OwnershipEnded& event, runtime::Unit& unit) override;
};

}  // namespace pitlane::ticket
