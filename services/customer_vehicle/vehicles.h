// Commands on vehicles inside a unit: what a rule needs of other aggregates and views is looked up
// here.
#pragma once

#include "absl/status/status.h"
#include "libs/runtime/unit.h"
#include "pitlane/customer_vehicle/v1/customer_vehicle_service.pb.h"

namespace pitlane::customer_vehicle {

// Each answers the vehicle as it then is. Executor's thread. Refusals are those of
// domain/vehicle.h, and CUSTOMER_UNKNOWN and CUSTOMER_ERASED for a new owner.
absl::Status Execute(runtime::Unit& unit, const v1::RegisterVehicleRequest& request,
                     v1::RegisterVehicleResponse* response);
absl::Status Execute(runtime::Unit& unit, const v1::UpdateVehicleRequest& request,
                     v1::UpdateVehicleResponse* response);
absl::Status Execute(runtime::Unit& unit, const v1::LinkVehicleRequest& request,
                     v1::LinkVehicleResponse* response);
absl::Status Execute(runtime::Unit& unit, const v1::EndOwnershipRequest& request,
                     v1::EndOwnershipResponse* response);
absl::Status Execute(runtime::Unit& unit, const v1::RecordOdometerRequest& request,
                     v1::RecordOdometerResponse* response);

// What a request says of a vehicle, trimmed, with its VIN normalised.
v1::Vehicle DescribedBy(const v1::RegisterVehicleRequest& request);

}  // namespace pitlane::customer_vehicle
