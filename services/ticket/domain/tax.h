// Sales tax of a document; see calculation.h for the rules. Pure functions; safe from any thread.
#pragma once

#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "pitlane/ticket/v1/types.pb.h"

namespace pitlane::ticket {

// A line whose net is known; its taxes are added to `amounts`.
struct TaxedLine {
  v1::TaxCategory category;
  v1::LineAmounts* amounts;  // borrowed
};

// YYYY-MM-DD compares as text. Both ends belong to the time in force; an empty one is open.
bool IsInForce(const v1::TaxRule& rule, std::string_view date);

// Taxes the lines, in document order, by the location's rules of that date. `totals` gets one entry
// per (authority, rate), named after the first of their rules. OUT_OF_RANGE when a sum does not
// fit.
absl::Status AddTaxes(const v1::Location& location, std::string_view date,
                      const std::vector<TaxedLine>& lines,
                      google::protobuf::RepeatedPtrField<v1::TaxAmount>& totals);

}  // namespace pitlane::ticket
