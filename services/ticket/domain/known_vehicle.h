// That a vehicle changed hands: what its last owner turned down is not offered to the next one.
// Stream: the vehicle's id.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "pitlane/ticket/v1/events.pb.h"
#include "pitlane/ticket/v1/state.pb.h"

namespace pitlane::ticket {

struct KnownVehicleAggregate {
  using State = v1::KnownVehicle;
  using Event = v1::TicketEvent;
  static constexpr uint32_t kSchema = 1;
  static void Apply(v1::KnownVehicle& vehicle, const v1::TicketEvent& event);
};

struct EndOwnership {
  std::string vehicle_id;
  std::string on_date;  // YYYY-MM-DD
};

// No events for a day that is known already, or one before it.
std::vector<v1::TicketEvent> Decide(const v1::KnownVehicle& vehicle, const EndOwnership& command);

}  // namespace pitlane::ticket
