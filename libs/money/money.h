// An exact amount of one currency. See rounding.h, quantity.h and allocation.h for the arithmetic
// on amounts whose currency is known from their surroundings.
#pragma once

#include <compare>
#include <cstdint>
#include <ostream>
#include <string>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "libs/money/currency.h"

namespace pitlane {

// `minor` is in the currency's minor units and may be negative. A default-made Money is zero of no
// currency.
struct Money {
  int64_t minor = 0;
  Currency currency;

  friend bool operator==(const Money&, const Money&) = default;
  // Amounts of different currencies are unordered: every comparison between them is false.
  friend std::partial_ordering operator<=>(const Money& a, const Money& b) {
    if (a.currency != b.currency) return std::partial_ordering::unordered;
    return a.minor <=> b.minor;
  }
};

// INVALID_ARGUMENT when the currencies differ, OUT_OF_RANGE when the result does not fit in 64
// bits.
absl::StatusOr<Money> Add(const Money& a, const Money& b);
absl::StatusOr<Money> Sub(const Money& a, const Money& b);
absl::StatusOr<Money> Negate(const Money& a);
// Of nothing: zero of `currency`. The order of the amounts does not matter: only the whole sum has
// to fit.
absl::StatusOr<Money> Sum(absl::Span<const Money> amounts, Currency currency);

// "-12.34 USD"; for messages and logs, not for receipts.
std::string ToString(const Money& money);
std::ostream& operator<<(std::ostream& out, const Money& money);

}  // namespace pitlane
