// ISO 4217 currencies, compiled in, and the steps in which their cash exists.
#pragma once

#include <cstdint>
#include <ostream>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

namespace pitlane {

namespace internal {
struct CurrencyRow;
}

// One currency. Small, copyable, comparable for equality; a default-made one is no currency: its
// code is empty and no amount in it mixes with a real one.
class Currency {
 public:
  Currency() = default;

  // INVALID_ARGUMENT unless `code` is the upper-case code of a currency with minor units.
  static absl::StatusOr<Currency> Parse(std::string_view code);
  // For codes written in the source or already accepted by Parse; CHECKs that it is one.
  static Currency Known(std::string_view code);
  // Every currency, by code.
  static std::vector<Currency> All();

  // "USD"; the text lives for ever.
  std::string_view code() const;
  // ISO number, 840 for USD.
  int number() const;
  // Minor units are 10^-exponent of the major unit: USD 2, JPY 0, KWD 3. At most 4.
  int exponent() const;
  // 10^exponent.
  int64_t minor_per_major() const;
  // The smallest step of cash in minor units, after CLDR: USD 1, CHF 5, SEK 100, HUF 500. Some
  // places round coarser (euro in Finland); a location's own step goes to CashRoundTo.
  int64_t cash_increment() const;
  bool empty() const { return row_ == nullptr; }

  friend bool operator==(Currency a, Currency b) { return a.row_ == b.row_; }
  template <typename H>
  friend H AbslHashValue(H h, Currency currency) {
    return H::combine(std::move(h), currency.row_);
  }
  friend std::ostream& operator<<(std::ostream& out, Currency currency) {
    return out << currency.code();
  }

 private:
  explicit Currency(const internal::CurrencyRow* row) : row_(row) {}
  const internal::CurrencyRow* row_ = nullptr;
};

// What is asked for in cash: `minor` to the nearest multiple of the step, ties away from zero. Only
// for the part that is tendered in cash; the difference goes to a rounding account. 1 245.47 at a
// step of 5 minor units is 1 245.45.
// OUT_OF_RANGE when the result does not fit; CashRoundTo: INVALID_ARGUMENT unless increment > 0.
absl::StatusOr<int64_t> CashRound(int64_t minor, Currency currency);
absl::StatusOr<int64_t> CashRoundTo(int64_t minor, int64_t increment_minor);

}  // namespace pitlane
