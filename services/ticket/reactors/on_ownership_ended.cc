#include "services/ticket/reactors/on_ownership_ended.h"

#include <optional>
#include <vector>

#include "libs/runtime/unit.h"
#include "services/ticket/domain/known_vehicle.h"

namespace pitlane::ticket {

absl::Status OnOwnershipEnded::On(const common::v1::EventMeta& meta,
                                  const customer_vehicle::v1::OwnershipEnded& event,
                                  runtime::Unit& unit) {
  const EndOwnership command{.vehicle_id = event.vehicle_id(), .on_date = event.to_date()};
  return unit.Execute<KnownVehicleAggregate>(
      event.vehicle_id(), std::nullopt, {},
      [&command](const v1::KnownVehicle& vehicle) -> absl::StatusOr<std::vector<v1::TicketEvent>> {
        return Decide(vehicle, command);
      });
}

}  // namespace pitlane::ticket
