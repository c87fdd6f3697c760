// Commands on customers inside a unit: keys are made, personal data is sealed, rules decide.
#pragma once

#include "absl/status/statusor.h"
#include "libs/runtime/unit.h"
#include "pitlane/customer_vehicle/v1/customer_vehicle_service.pb.h"
#include "pitlane/customer_vehicle/v1/state.pb.h"

namespace pitlane::customer_vehicle {

// Each answers the customer as it then is, sealed: what is remembered of a request must not be
// readable once the person is erased. Executor's thread. Refusals are those of domain/customer.h.
absl::Status Execute(runtime::Unit& unit, const v1::RegisterCustomerRequest& request,
                     v1::CustomerState* customer);
absl::Status Execute(runtime::Unit& unit, const v1::UpdateCustomerRequest& request,
                     v1::CustomerState* customer);
absl::Status Execute(runtime::Unit& unit, const v1::AddNoteRequest& request,
                     v1::CustomerState* customer);
absl::Status Execute(runtime::Unit& unit, const v1::SetPreferencesRequest& request,
                     v1::CustomerState* customer);
absl::Status Execute(runtime::Unit& unit, const v1::EraseCustomerRequest& request,
                     v1::CustomerState* customer);

}  // namespace pitlane::customer_vehicle
