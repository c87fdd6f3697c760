// Vehicle identification numbers: what may be one (49 CFR 565, ISO 3779). Pure functions; safe from
// any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace pitlane::customer_vehicle {

inline constexpr size_t kVinLength = 17;

// Without blanks around it, ASCII letters in upper case: how a VIN is stored and looked up.
std::string NormaliseVin(std::string_view text);

// The check digit that belongs at position 9, '0' … '9' or 'X'. CHECKs length and characters.
char VinCheckDigit(std::string_view vin);

// What I→1, O→0, Q→0 make of a text that has one of these letters, if that is a VIN; else empty.
// For North America its check digit must be right too.
std::string SuggestVin(std::string_view vin);

// The warnings under which a normalised VIN is taken: a wrong check digit outside North America (or
// in it, when `accept_wrong_check_digit`), a model year that is none. Refuses VIN_INVALID, field
// "vin", with metadata `suggestion` when there is one: length, characters, and a wrong check digit
// in North America (first character 1 to 5).
absl::StatusOr<std::vector<std::string>> CheckVin(std::string_view vin,
                                                  bool accept_wrong_check_digit);

}  // namespace pitlane::customer_vehicle
