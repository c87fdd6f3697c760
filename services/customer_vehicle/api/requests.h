// The shape of each request, checked on the RPC's thread before anything is queued:
// INVALID_ARGUMENT naming the field. Pure functions; safe from any thread.
#pragma once

#include "absl/status/status.h"
#include "pitlane/customer_vehicle/v1/customer_vehicle_service.pb.h"

namespace pitlane::customer_vehicle {

absl::Status CheckCustomerId(const std::string& text);
absl::Status CheckVehicleId(const std::string& text);

absl::Status CheckShape(const v1::RegisterCustomerRequest& request);
absl::Status CheckShape(const v1::UpdateCustomerRequest& request);
absl::Status CheckShape(const v1::AddNoteRequest& request);
absl::Status CheckShape(const v1::SetPreferencesRequest& request);
absl::Status CheckShape(const v1::EraseCustomerRequest& request);
absl::Status CheckShape(const v1::RegisterVehicleRequest& request);
absl::Status CheckShape(const v1::UpdateVehicleRequest& request);
absl::Status CheckShape(const v1::LinkVehicleRequest& request);
absl::Status CheckShape(const v1::EndOwnershipRequest& request);
absl::Status CheckShape(const v1::RecordOdometerRequest& request);

}  // namespace pitlane::customer_vehicle
