#include "services/ticket/domain/known_vehicle.h"

namespace pitlane::ticket {

void KnownVehicleAggregate::Apply(v1::KnownVehicle& vehicle, const v1::TicketEvent& event) {
  if (!event.has_vehicle_changed_hands()) return;
  vehicle.set_vehicle_id(event.vehicle_changed_hands().vehicle_id());
  vehicle.set_changed_hands_on(event.vehicle_changed_hands().on_date());
}

std::vector<v1::TicketEvent> Decide(const v1::KnownVehicle& vehicle, const EndOwnership& command) {
  if (command.on_date <= vehicle.changed_hands_on()) return {};
  std::vector<v1::TicketEvent> events(1);
  v1::VehicleChangedHands& event = *events[0].mutable_vehicle_changed_hands();
  event.set_vehicle_id(command.vehicle_id);
  event.set_on_date(command.on_date);
  return events;
}

}  // namespace pitlane::ticket
