// Decimal text to scaled integers and back, for the command line and for files of other systems.
// ASCII only, no locale: '.' is the decimal separator; grouping, symbols, exponents, a plus sign,
// white space and superfluous leading zeros are refused, because guessing what a file means with
// "1,234" costs money. Pure functions; safe from any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "libs/money/currency.h"

namespace pitlane {

// "12.34" with 2 decimals is 1234; so is "12.340" refused and "12.3" 1230. For quantities (3), unit
// costs (4), hours (2) and per cents (4 gives parts per million). "-0" is 0.
// INVALID_ARGUMENT says which character at which index is wrong, or that there are too many
// decimals; OUT_OF_RANGE when the number does not fit. CHECKs 0 <= decimals <= 18.
absl::StatusOr<int64_t> ParseScaled(std::string_view text, int decimals);
// The text with exactly `decimals` decimals; ParseScaled gives the number back.
std::string FormatScaled(int64_t value, int decimals);

// An amount in minor units. Stricter than ParseScaled: either no decimals or exactly the currency's
// ("12" and "12.34" in USD, never "12.3"), so that a cut-off number is noticed.
absl::StatusOr<int64_t> ParseAmount(std::string_view text, Currency currency);
// "-12.34" for USD, "-1234" for JPY; no symbol, no grouping.
std::string FormatAmount(int64_t minor, Currency currency);

}  // namespace pitlane
