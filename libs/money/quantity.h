// Units that must not be mixed up, and the arithmetic between them. Every result is rounded exactly
// once, ties away from zero unless said otherwise; nothing wraps: OUT_OF_RANGE when a result does
// not fit. Pure functions; safe from any thread.
#pragma once

#include <compare>
#include <cstdint>

#include "absl/status/statusor.h"
#include "libs/money/currency.h"
#include "libs/money/rounding.h"

namespace pitlane {

// A rate or multiplier in parts per million: 8.25 % is Ppm{82'500}, x1.75 is Ppm{1'750'000}.
struct Ppm {
  int64_t value = 0;
  friend auto operator<=>(const Ppm&, const Ppm&) = default;
};
inline constexpr int64_t kPpmOne = 1'000'000;

// How much of something, in thousandths of its unit of measure.
struct Quantity {
  int64_t thousandths = 0;
  friend auto operator<=>(const Quantity&, const Quantity&) = default;

  // Serialised items are sold in whole units only.
  bool IsWhole() const { return thousandths % 1000 == 0; }
};

// Flat-rate or billed hours, in hundredths of an hour.
struct LabourHours {
  int32_t hundredths = 0;
  friend auto operator<=>(const LabourHours&, const LabourHours&) = default;
};

// What one unit costs, in 1/10 000 of the currency's major unit whatever its exponent: fluids are
// bought by the drum and sold by the quart.
struct UnitCost {
  int64_t ten_thousandths = 0;
  friend auto operator<=>(const UnitCost&, const UnitCost&) = default;
};

// A conversion between units of measure as a rational pair: 1 drum = 220 quarts is {220, 1} from
// drums to quarts and {1, 220} back. Both must be positive.
struct UnitRatio {
  int64_t numerator = 1;
  int64_t denominator = 1;
};

// `units` whole units.
absl::StatusOr<Quantity> WholeUnits(int64_t units);
// `quantity` in the other unit of measure, to the nearest thousandth. INVALID_ARGUMENT for a ratio
// that is not positive.
absl::StatusOr<Quantity> Convert(Quantity quantity, UnitRatio ratio);
// Cost of one unit after the same conversion as above: a drum of 550.0000 by {220, 1} is 2.5000.
absl::StatusOr<UnitCost> Convert(UnitCost cost, UnitRatio ratio);
// Clocked time as billed: up to the next whole `step` (0.1 h is LabourHours{10}). INVALID_ARGUMENT
// for negative time or a step that is not positive.
absl::StatusOr<LabourHours> BillableHours(int64_t seconds, LabourHours step);

// A line's extension in minor units: quantity x unit price, 2.000 x 116.24 = 232.48.
absl::StatusOr<int64_t> Extend(Quantity quantity, int64_t unit_price_minor,
                               Rounding rounding = Rounding::kHalfAwayFromZero);
// Labour in minor units: hours x hourly rate, 1.80 h x 145.00 = 261.00.
absl::StatusOr<int64_t> Extend(LabourHours hours, int64_t rate_minor_per_hour,
                               Rounding rounding = Rounding::kHalfAwayFromZero);
// `amount` x rate: discounts, percentage fees, and tax on a net base. 680.73 at 8.25 % is 56.16.
absl::StatusOr<int64_t> ApplyPpm(int64_t amount_minor, Ppm rate,
                                 Rounding rounding = Rounding::kHalfAwayFromZero);
// The tax inside a gross amount, gross x r / (1 + r): 99.99 at 20 % holds 16.67; the net is the
// difference. INVALID_ARGUMENT for a negative rate.
absl::StatusOr<int64_t> TaxInInclusive(int64_t gross_minor, Ppm rate,
                                       Rounding rounding = Rounding::kHalfAwayFromZero);

// One unit's cost in minor units, for posting.
absl::StatusOr<int64_t> ToMinor(UnitCost cost, Currency currency,
                                Rounding rounding = Rounding::kHalfAwayFromZero);
// An amount per unit as a cost; exact.
absl::StatusOr<UnitCost> ToUnitCost(int64_t minor, Currency currency);
// Quantity x cost in minor units, for posting.
absl::StatusOr<int64_t> ExtendCost(Quantity quantity, UnitCost cost, Currency currency,
                                   Rounding rounding = Rounding::kHalfAwayFromZero);
// Cost x multiplier in minor units: 168.7500 x 1.75 = 295.31.
absl::StatusOr<int64_t> PriceByMultiplier(UnitCost cost, Ppm multiplier, Currency currency,
                                          Rounding rounding = Rounding::kHalfAwayFromZero);
// cost / (1 - margin) in minor units: 50 % margin doubles the cost. INVALID_ARGUMENT unless the
// margin is below 100 %.
absl::StatusOr<int64_t> PriceByMargin(UnitCost cost, Ppm margin, Currency currency,
                                      Rounding rounding = Rounding::kHalfAwayFromZero);

}  // namespace pitlane
