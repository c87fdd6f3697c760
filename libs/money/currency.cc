#include "libs/money/currency.h"

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "libs/base/check.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/money/currency_table.h"
#include "libs/money/rounding.h"

namespace pitlane {
namespace {

using internal::CurrencyRow;
using internal::kCurrencies;
using internal::kWithoutMinorUnits;

constexpr bool ByCode(const CurrencyRow& a, const CurrencyRow& b) { return a.code < b.code; }
static_assert(std::is_sorted(kCurrencies.begin(), kCurrencies.end(), ByCode));
static_assert(std::is_sorted(kWithoutMinorUnits.begin(), kWithoutMinorUnits.end()));
static_assert(std::all_of(kCurrencies.begin(), kCurrencies.end(), [](const CurrencyRow& row) {
  return row.cash_digits <= row.exponent && row.exponent <= 4;
}));

int64_t PowerOfTen(int exponent) {
  int64_t power = 1;
  for (; exponent > 0; --exponent) power *= 10;
  return power;
}

const CurrencyRow* FindRow(std::string_view code) {
  const auto row = std::lower_bound(kCurrencies.begin(), kCurrencies.end(), code,
                                    [](const CurrencyRow& candidate, std::string_view wanted) {
                                      return candidate.code < wanted;
                                    });
  return row != kCurrencies.end() && row->code == code ? &*row : nullptr;
}

}  // namespace

absl::StatusOr<Currency> Currency::Parse(std::string_view code) {
  if (const CurrencyRow* row = FindRow(code)) return Currency(row);
  if (std::binary_search(kWithoutMinorUnits.begin(), kWithoutMinorUnits.end(), code)) {
    return absl::InvalidArgumentError(
        absl::StrCat("currency ", ToAbsl(code), " has no minor units, so no amount can be in it"));
  }
  return absl::InvalidArgumentError(
      "currency must be one of the three-letter upper-case codes of ISO 4217");
}

Currency Currency::Known(std::string_view code) {
  const CurrencyRow* row = FindRow(code);
  PITLANE_CHECK(row != nullptr) << "unknown currency " << code;
  return Currency(row);
}

std::vector<Currency> Currency::All() {
  std::vector<Currency> all;
  all.reserve(kCurrencies.size());
  for (const CurrencyRow& row : kCurrencies) all.push_back(Currency(&row));
  return all;
}

std::string_view Currency::code() const { return row_ == nullptr ? "" : row_->code; }
int Currency::number() const { return row_ == nullptr ? 0 : row_->number; }
int Currency::exponent() const { return row_ == nullptr ? 0 : row_->exponent; }
int64_t Currency::minor_per_major() const { return PowerOfTen(exponent()); }

int64_t Currency::cash_increment() const {
  if (row_ == nullptr) return 1;
  return std::max<int64_t>(row_->cash_rounding, 1) * PowerOfTen(row_->exponent - row_->cash_digits);
}

absl::StatusOr<int64_t> CashRound(int64_t minor, Currency currency) {
  return CashRoundTo(minor, currency.cash_increment());
}

absl::StatusOr<int64_t> CashRoundTo(int64_t minor, int64_t increment_minor) {
  if (increment_minor <= 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("cash increment must be positive, not ", increment_minor));
  }
  ASSIGN_OR_RETURN(const int64_t steps, DivideRounded(minor, increment_minor));
  return CheckedMul(steps, increment_minor);
}

}  // namespace pitlane
