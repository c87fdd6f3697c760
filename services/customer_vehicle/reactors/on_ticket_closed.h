// A ticket is closed: its work goes into the vehicle's history, its visit into the customer's
// profile.
#pragma once

#include "libs/runtime/reactor.h"
#include "pitlane/ticket/v1/events.pb.h"

namespace pitlane::customer_vehicle {

// Parks with VEHICLE_UNKNOWN or CUSTOMER_UNKNOWN (FAILED_PRECONDITION) a ticket that names one who
// was never registered here, so that nothing of it is lost: register it under that id, then retry.
class OnTicketClosed final : public runtime::TypedReactor<ticket::v1::TicketClosed> {
 public:
  absl::Status On(const common::v1::EventMeta& meta, const ticket::v1::TicketClosed& event,
                  runtime::Unit& unit) override;
};

}  // namespace pitlane::customer_vehicle
