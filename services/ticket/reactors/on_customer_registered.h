// There is a new customer: tickets may be opened for them.
#pragma once

#include "libs/runtime/reactor.h"
#include "pitlane/customer_vehicle/v1/events.pb.h"

namespace pitlane::ticket {

class OnCustomerRegistered final
    : public runtime::TypedReactor<customer_vehicle::v1::CustomerRegistered> {
 public:
  absl::Status On(const common::v1::EventMeta& meta,
                  const customer_vehicle::v1::CustomerRegistered& event,
                  runtime::Unit& unit) override;
};

}  // namespace pitlane::ticket
