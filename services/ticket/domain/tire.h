// A tire's DOT TIN (49 CFR 574.5). Pure functions; safe from any thread.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "pitlane/ticket/v1/types.pb.h"

namespace pitlane::ticket {

// "DOT 4B9R T1AB 2325" is 4B9RT1AB2325, week 23 of 2025. INVALID_ARGUMENT unless it is 8 to 13 of
// the symbols in use (no G, I, O, Q, S, Z) and ends in week 01 to 53 and a year of this century.
absl::StatusOr<v1::Tire> ParseTire(std::string_view text);

// The Monday of its week, YYYY-MM-DD.
std::string MadeOn(const v1::Tire& tire);

}  // namespace pitlane::ticket
