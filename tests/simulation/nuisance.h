// Requests that no careful program would send: wrong, late, twice, against each other. Each must be
// refused or do its little, and harm nothing.
#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "tests/simulation/client.h"
#include "tests/simulation/shop.h"

namespace pitlane::simulation {

// What readers are made to do without a payment is in this currency, and no sale is.
inline constexpr std::string_view kForeign = "EUR";

// One of them, drawn. An error is one that no rule explains, or as Client::Call.
absl::Status BeNuisance(Client& client, const Shop& shop, const Acknowledgements& acknowledged);

}  // namespace pitlane::simulation
