// Global trade item numbers: what the bar code on a box says. Pure functions; safe from any thread.
//
// The check digit is the last one: from the right, the digits before it weigh 3, 1, 3, 1, …, and it
// is (10 - sum mod 10) mod 10 (GS1 General Specifications, 7.9).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pitlane::inventory {

// 8, 12, 13 or 14 ASCII digits with a right check digit.
bool IsGtin(std::string_view text);

// The number as 14 digits, so that a UPC (12 digits) and the same number read as EAN (13 digits
// with a leading zero) compare equal. 8 to 14 digits; nothing for anything else. Does not look at
// the check digit.
std::optional<std::string> ToGtin14(std::string_view digits);

}  // namespace pitlane::inventory
