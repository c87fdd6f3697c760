// The shape of what is in force from one day to another, and of tax rules. Pure functions; safe
// from any thread.
#pragma once

#include <string>

#include "google/protobuf/repeated_ptr_field.h"
#include "pitlane/ticket/v1/types.pb.h"
#include "services/ticket/api/shape.h"

namespace pitlane::ticket {

// Days there are, the last not before the first.
template <class Rule>
void CheckDates(const std::string& field, const Rule& rule, Shape& shape) {
  shape.OptionalDate(field + ".effective_from", rule.effective_from());
  shape.OptionalDate(field + ".effective_to", rule.effective_to());
  shape.Require(field + ".effective_to",
                rule.effective_to().empty() || rule.effective_from() <= rule.effective_to(),
                "is before effective_from");
}

// Whether both are in force on some day.
template <class Rule>
bool ShareADay(const Rule& a, const Rule& b) {
  const auto begins_before_end = [](const Rule& first, const Rule& second) {
    return second.effective_to().empty() || first.effective_from() <= second.effective_to();
  };
  return begins_before_end(a, b) && begins_before_end(b, a);
}

// Each rule, and that no two tax the same.
void CheckTaxRules(const std::string& field,
                   const google::protobuf::RepeatedPtrField<v1::TaxRule>& rules, Shape& shape);

}  // namespace pitlane::ticket
