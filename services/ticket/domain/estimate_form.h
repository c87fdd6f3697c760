// The canonical form of a presented estimate, and its hash: what proves, with nothing but this page
// and SHA-256, that an estimate is the one that was put before the customer.
//
// The form is UTF-8 text. Its first line is "pitlane-estimate-1". Then comes one line for every
// field that is set, but not for `sha256`: path, "=", value, and a line feed. Fields are in the
// order of their numbers in types.proto, messages and list elements in place:
//
//   number=2
//   jobs[0].lines[1].unit_price_minor=8460
//   jobs[0].lines[1].discount.reason=returning customer
//
// Paths are field names as in the proto, elements counted from 0. Numbers are decimal, enum values
// their full names, booleans "true". In text, backslash, line feed, carriage return and tab are
// written \\ \n \r \t. A number 0, a false, an empty text and an unspecified enum are not set,
// unless the field is `optional` and present. So a field that is added later changes no old hash.
//
// Pure functions; safe from any thread.
#pragma once

#include <string>

#include "pitlane/ticket/v1/types.pb.h"

namespace pitlane::ticket {

std::string CanonicalForm(const v1::EstimateVersion& estimate);

// SHA-256 of the canonical form, 64 lower-case hexadecimal digits.
std::string EstimateHash(const v1::EstimateVersion& estimate);

}  // namespace pitlane::ticket
