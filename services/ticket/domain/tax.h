// Sales tax of a document; see calculation.h for the rules. Pure functions; safe from any thread.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "pitlane/ticket/v1/types.pb.h"
#include "services/ticket/domain/tax_rules.h"

namespace pitlane::ticket {

// What one payer pays of a line.
struct LineShare {
  const v1::Payer* payer;    // borrowed
  int64_t amount_minor = 0;  // of the line's price after discounts
};

// A line whose price after discounts is known: net_minor of `amounts`, with tax in it where prices
// include tax. Gets its taxes, and its net before tax.
struct TaxedLine {
  const v1::Line* line;           // borrowed
  const v1::Job* job;             // borrowed; nullptr: one of the ticket's own
  v1::LineAmounts* amounts;       // borrowed
  std::vector<LineShare> shares;  // sum to net_minor; empty: the customer pays it all
};

// Taxes the lines of a ticket, in document order, by the rules of that date. `totals` gets one
// entry per (authority, rate), named after the first of their rules. OUT_OF_RANGE when a sum does
// not fit.
absl::Status AddTaxes(const TaxSetting& setting, const v1::Ticket& ticket, std::string_view date,
                      const std::vector<TaxedLine>& lines,
                      google::protobuf::RepeatedPtrField<v1::TaxAmount>& totals);

}  // namespace pitlane::ticket
