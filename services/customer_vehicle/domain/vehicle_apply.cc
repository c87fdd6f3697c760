#include "google/protobuf/util/time_util.h"
#include "services/customer_vehicle/domain/vehicle.h"

namespace pitlane::customer_vehicle {
namespace {

void Describe(const v1::Vehicle& from, v1::Vehicle& vehicle) {
  vehicle.set_vehicle_id(from.vehicle_id());
  vehicle.set_vin(from.vin());
  vehicle.set_chassis_number(from.chassis_number());
  vehicle.set_year(from.year());
  vehicle.set_make(from.make());
  vehicle.set_model(from.model());
  *vehicle.mutable_plate() = from.plate();
  if (!from.has_plate()) vehicle.clear_plate();
  vehicle.set_unit_number(from.unit_number());
  *vehicle.mutable_warnings() = from.warnings();
}

void StartOwnership(const v1::OwnershipStarted& started, v1::Vehicle& vehicle) {
  v1::Ownership& ownership = *vehicle.add_ownerships();
  ownership.set_customer_id(started.customer_id());
  ownership.set_from_date(started.from_date());
}

void EndOwnershipOf(const v1::OwnershipEnded& ended, v1::Vehicle& vehicle) {
  for (v1::Ownership& ownership : *vehicle.mutable_ownerships()) {
    if (ownership.customer_id() == ended.customer_id() && ownership.to_date().empty()) {
      ownership.set_to_date(ended.to_date());
    }
  }
}

void Read(const v1::OdometerReading& reading, v1::Vehicle& vehicle) {
  // A ticket that another location closed late does not turn the odometer back.
  if (vehicle.has_odometer() && reading.read_at() < vehicle.odometer().read_at()) return;
  *vehicle.mutable_odometer() = reading;
}

}  // namespace

void VehicleAggregate::Apply(v1::Vehicle& vehicle, const v1::CustomerVehicleEvent& event) {
  vehicle.set_version(vehicle.version() + 1);
  switch (event.event_case()) {
    case v1::CustomerVehicleEvent::kVehicleRegistered:
      Describe(event.vehicle_registered().vehicle(), vehicle);
      break;
    case v1::CustomerVehicleEvent::kVehicleUpdated:
      Describe(event.vehicle_updated().vehicle(), vehicle);
      break;
    case v1::CustomerVehicleEvent::kOwnershipStarted:
      StartOwnership(event.ownership_started(), vehicle);
      break;
    case v1::CustomerVehicleEvent::kOwnershipEnded:
      EndOwnershipOf(event.ownership_ended(), vehicle);
      break;
    case v1::CustomerVehicleEvent::kOdometerRead:
      Read(event.odometer_read().reading(), vehicle);
      break;
    case v1::CustomerVehicleEvent::kServiceRecorded:
    case v1::CustomerVehicleEvent::kReturnRecorded:
    case v1::CustomerVehicleEvent::kReturnCounted:
    case v1::CustomerVehicleEvent::kCustomerRegistered:
    case v1::CustomerVehicleEvent::kCustomerUpdated:
    case v1::CustomerVehicleEvent::kNoteAdded:
    case v1::CustomerVehicleEvent::kPreferencesSet:
    case v1::CustomerVehicleEvent::kSubjectErased:
    case v1::CustomerVehicleEvent::kProfileUpdated:
    case v1::CustomerVehicleEvent::kVisitCounted:
    case v1::CustomerVehicleEvent::EVENT_NOT_SET:
      break;
  }
}

}  // namespace pitlane::customer_vehicle
