#include "services/customer_vehicle/vehicles.h"

#include <optional>
#include <string>
#include <utility>

#include "libs/base/ids.h"
#include "libs/base/status.h"
#include "libs/runtime/expected_version.h"
#include "libs/runtime/timestamps.h"
#include "services/customer_vehicle/domain/customer.h"
#include "services/customer_vehicle/domain/validation.h"
#include "services/customer_vehicle/domain/vehicle.h"
#include "services/customer_vehicle/domain/vin.h"
#include "services/customer_vehicle/projections/vehicle_search.h"

namespace pitlane::customer_vehicle {
namespace {

using runtime::Unit;

template <class Command, class Response>
absl::Status Do(Unit& unit, std::optional<uint64_t> expected_version, const Command& command,
                Response* response) {
  RETURN_IF_ERROR(unit.Execute<VehicleAggregate>(
      command.vehicle_id, expected_version, runtime::EventScope(),
      [&](const v1::Vehicle& state) { return Decide(state, command); }));
  ASSIGN_OR_RETURN(const auto after, unit.Load<VehicleAggregate>(command.vehicle_id));
  *response->mutable_vehicle() = after.state;
  return absl::OkStatus();
}

absl::Status CheckOwner(Unit& unit, const std::string& customer_id) {
  ASSIGN_OR_RETURN(const auto customer, unit.Load<CustomerAggregate>(customer_id));
  return CheckPresent(customer.state, customer_id);
}

absl::StatusOr<std::string> HolderOf(Unit& unit, const std::string& vin) {
  ASSIGN_OR_RETURN(const std::optional<std::string> holder,
                   VehicleSearch::FindByVin(unit.views(), vin));
  return holder.value_or("");
}

v1::OdometerReading ReadingOf(const Unit& unit, const v1::OdometerReading& sent) {
  v1::OdometerReading reading = sent;
  if (!reading.has_read_at()) *reading.mutable_read_at() = runtime::ToTimestamp(unit.now());
  return reading;
}

// A vehicle goes where its owner is; without one it goes anywhere.
std::string NewVehicleId(Unit& unit, const std::string& owner_id) {
  const auto owner = CustomerId::Parse(owner_id);
  return unit.NewId<VehicleId>(owner.ok() ? owner->slot() : RandomSlot(unit.entropy())).text();
}

v1::Plate TrimmedPlate(const v1::Plate& plate) {
  v1::Plate trimmed;
  trimmed.set_number(Trimmed(plate.number()));
  trimmed.set_region(Trimmed(plate.region()));
  return trimmed;
}

}  // namespace

v1::Vehicle DescribedBy(const v1::RegisterVehicleRequest& request) {
  v1::Vehicle vehicle;
  vehicle.set_vin(NormaliseVin(request.vin()));
  vehicle.set_chassis_number(Trimmed(request.chassis_number()));
  vehicle.set_year(request.year());
  vehicle.set_make(Trimmed(request.make()));
  vehicle.set_model(Trimmed(request.model()));
  if (request.has_plate()) *vehicle.mutable_plate() = TrimmedPlate(request.plate());
  vehicle.set_unit_number(Trimmed(request.unit_number()));
  return vehicle;
}

absl::Status Execute(Unit& unit, const v1::RegisterVehicleRequest& request,
                     v1::RegisterVehicleResponse* response) {
  if (!request.customer_id().empty()) {
    RETURN_IF_ERROR(CheckOwner(unit, request.customer_id()));
  }
  RegisterVehicle command{
      .vehicle_id = request.vehicle_id(),
      .described = DescribedBy(request),
      .accept_wrong_check_digit = request.accept_wrong_check_digit(),
      .owner_id = request.customer_id(),
      .from_date = absl::FormatCivilTime(absl::ToCivilDay(unit.now(), absl::UTCTimeZone())),
      .now = unit.now()};
  if (command.vehicle_id.empty()) {
    command.vehicle_id = NewVehicleId(unit, request.customer_id());
  }
  if (request.has_odometer()) command.reading = ReadingOf(unit, request.odometer());
  ASSIGN_OR_RETURN(command.vin_holder, HolderOf(unit, command.described.vin()));
  return Do(unit, std::nullopt, command, response);
}

absl::Status Execute(Unit& unit, const v1::UpdateVehicleRequest& request,
                     v1::UpdateVehicleResponse* response) {
  UpdateVehicle command{.vehicle_id = request.vehicle_id(),
                        .accept_wrong_check_digit = request.accept_wrong_check_digit()};
  if (request.has_vin()) command.vin = NormaliseVin(request.vin());
  if (request.has_chassis_number()) command.chassis_number = Trimmed(request.chassis_number());
  if (request.has_year()) command.year = request.year();
  if (request.has_make()) command.make = Trimmed(request.make());
  if (request.has_model()) command.model = Trimmed(request.model());
  if (request.has_plate()) command.plate = TrimmedPlate(request.plate());
  if (request.has_unit_number()) command.unit_number = Trimmed(request.unit_number());
  ASSIGN_OR_RETURN(command.vin_holder, HolderOf(unit, command.vin.value_or("")));
  return Do(unit, runtime::ExpectedVersion(request), command, response);
}

absl::Status Execute(Unit& unit, const v1::LinkVehicleRequest& request,
                     v1::LinkVehicleResponse* response) {
  RETURN_IF_ERROR(CheckOwner(unit, request.customer_id()));
  return Do(unit, runtime::ExpectedVersion(request),
            LinkVehicle{.vehicle_id = request.vehicle_id(),
                        .customer_id = request.customer_id(),
                        .from_date = request.from_date()},
            response);
}

absl::Status Execute(Unit& unit, const v1::EndOwnershipRequest& request,
                     v1::EndOwnershipResponse* response) {
  return Do(unit, runtime::ExpectedVersion(request),
            EndOwnership{.vehicle_id = request.vehicle_id(),
                         .customer_id = request.customer_id(),
                         .to_date = request.to_date()},
            response);
}

absl::Status Execute(Unit& unit, const v1::RecordOdometerRequest& request,
                     v1::RecordOdometerResponse* response) {
  return Do(unit, runtime::ExpectedVersion(request),
            RecordOdometer{.vehicle_id = request.vehicle_id(),
                           .reading = ReadingOf(unit, request.reading()),
                           .now = unit.now()},
            response);
}

}  // namespace pitlane::customer_vehicle
