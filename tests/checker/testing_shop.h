// A shop's days made up from a seed: what six services would have written, by the rules of the
// trade as the domain handbook has them. Knows nothing of the services' code.
#pragma once

#include <cstdint>

#include "tests/checker/testing_history.h"

namespace pitlane::checker {

// With clients' records, with times and versions, and the card provider's.
Draft MakeShop(uint64_t seed, int tickets);

}  // namespace pitlane::checker
