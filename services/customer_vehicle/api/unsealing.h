// From the sealed customer, as it is stored, to the one that callers see.
#pragma once

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "pitlane/customer_vehicle/v1/state.pb.h"
#include "pitlane/customer_vehicle/v1/types.pb.h"

namespace pitlane::customer_vehicle {

// Without a key (the person was erased, perhaps after `sealed` was stored) nothing personal is in
// `customer`, and it says so. DATA_LOSS when the key is not the one it was sealed with. Pure; safe
// from any thread.
absl::Status Unseal(const v1::CustomerState& sealed, const std::optional<std::string>& key,
                    v1::Customer* customer);

}  // namespace pitlane::customer_vehicle
