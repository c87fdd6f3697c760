// Moving-average cost of one part at one location (domain handbook 8.4). Values and unit costs are
// in 1/10 000 of the major unit, quantities in thousandths. Pure functions; safe from any thread.
//
// Below zero, `value_e4` is minus the provisional cost of what was issued without being there, so
// value / on hand is a unit cost on both sides of zero, and nothing on hand is worth nothing.
//
// Quantities given are positive. OUT_OF_RANGE when a result does not fit in 64 bits.
#pragma once

#include <cstdint>

#include "absl/status/statusor.h"

namespace pitlane::inventory {

struct Valuation {
  int64_t on_hand_milli = 0;
  int64_t value_e4 = 0;

  friend bool operator==(const Valuation&, const Valuation&) = default;
};

struct IssueCost {
  int64_t cost_e4 = 0;       // taken off the value
  bool provisional = false;  // some of it at last cost, because it was not there

  friend bool operator==(const IssueCost&, const IssueCost&) = default;
};

// An issue of `quantity_milli`: round(value * quantity / on hand), and `last_unit_cost_e4` for what
// is not there.
absl::StatusOr<IssueCost> CostOfIssue(Valuation stock, int64_t quantity_milli,
                                      int64_t last_unit_cost_e4);

struct ReceiptValue {
  int64_t added_e4 = 0;       // quantity * unit cost
  int64_t settled_milli = 0;  // of what had been issued below zero
  int64_t difference_e4 = 0;  // its true cost less its provisional cost; taken off the value again
};

// A receipt of `quantity_milli` at `unit_cost_e4`. Sold 2 at 50.00 with none on hand, receive 5 at
// 56.00: 280.00 added, difference 12.00, so that 3 are left at 168.00.
absl::StatusOr<ReceiptValue> ValueOfReceipt(Valuation stock, int64_t quantity_milli,
                                            int64_t unit_cost_e4);

// A return of `quantity_milli` at the cost it left with: as a receipt at that cost.
absl::StatusOr<ReceiptValue> ValueOfReturn(Valuation stock, int64_t quantity_milli,
                                           int64_t cost_e4);

// What finding `quantity_milli` adds to the value: the present average, or `last_unit_cost_e4` when
// nothing is there. What had been issued below zero comes back at the cost it left with.
absl::StatusOr<int64_t> ValueOfFound(Valuation stock, int64_t quantity_milli,
                                     int64_t last_unit_cost_e4);

}  // namespace pitlane::inventory
