#include "libs/money/quantity.h"

#include <limits>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "libs/base/status.h"

namespace pitlane {
namespace {

constexpr int64_t kCostPerMajor = 10'000;
constexpr int64_t kSecondsPerHundredth = 36;

// Ten-thousandths of the major unit per minor unit: 100 for USD, 10 000 for JPY, 1 for CLF.
int64_t CostPerMinor(Currency currency) { return kCostPerMajor / currency.minor_per_major(); }

absl::Status CheckRatio(UnitRatio ratio) {
  if (ratio.numerator > 0 && ratio.denominator > 0) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("unit conversion must be positive, not ",
                                                 ratio.numerator, "/", ratio.denominator));
}

}  // namespace

absl::StatusOr<Quantity> WholeUnits(int64_t units) {
  ASSIGN_OR_RETURN(const int64_t thousandths, CheckedMul(units, 1000));
  return Quantity{thousandths};
}

absl::StatusOr<Quantity> Convert(Quantity quantity, UnitRatio ratio) {
  RETURN_IF_ERROR(CheckRatio(ratio));
  ASSIGN_OR_RETURN(const int64_t thousandths,
                   MultiplyRounded(quantity.thousandths, ratio.numerator, ratio.denominator));
  return Quantity{thousandths};
}

absl::StatusOr<UnitCost> Convert(UnitCost cost, UnitRatio ratio) {
  RETURN_IF_ERROR(CheckRatio(ratio));
  // More of a smaller unit: each of them costs less.
  ASSIGN_OR_RETURN(const int64_t ten_thousandths,
                   MultiplyRounded(cost.ten_thousandths, ratio.denominator, ratio.numerator));
  return UnitCost{ten_thousandths};
}

absl::StatusOr<LabourHours> BillableHours(int64_t seconds, LabourHours step) {
  if (seconds < 0 || step.hundredths <= 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("billable hours need seconds >= 0 and a step > 0, not ", seconds, " s in ",
                     step.hundredths, " hundredths"));
  }
  ASSIGN_OR_RETURN(
      const int64_t steps,
      DivideRounded(seconds, kSecondsPerHundredth * step.hundredths, Rounding::kCeiling));
  ASSIGN_OR_RETURN(const int64_t hundredths, CheckedMul(steps, step.hundredths));
  if (hundredths > std::numeric_limits<int32_t>::max()) {
    return absl::OutOfRangeError(absl::StrCat(seconds, " seconds are more hours than fit"));
  }
  return LabourHours{static_cast<int32_t>(hundredths)};
}

absl::StatusOr<int64_t> Extend(Quantity quantity, int64_t unit_price_minor, Rounding rounding) {
  return MultiplyRounded(quantity.thousandths, unit_price_minor, 1000, rounding);
}

absl::StatusOr<int64_t> Extend(LabourHours hours, int64_t rate_minor_per_hour, Rounding rounding) {
  return MultiplyRounded(hours.hundredths, rate_minor_per_hour, 100, rounding);
}

absl::StatusOr<int64_t> ApplyPpm(int64_t amount_minor, Ppm rate, Rounding rounding) {
  return MultiplyRounded(amount_minor, rate.value, kPpmOne, rounding);
}

absl::StatusOr<int64_t> TaxInInclusive(int64_t gross_minor, Ppm rate, Rounding rounding) {
  if (rate.value < 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("tax rate must not be negative, not ", rate.value, " ppm"));
  }
  return DivideRounded(Int128{gross_minor} * rate.value, Int128{kPpmOne} + rate.value, rounding);
}

absl::StatusOr<int64_t> ToMinor(UnitCost cost, Currency currency, Rounding rounding) {
  return DivideRounded(cost.ten_thousandths, CostPerMinor(currency), rounding);
}

absl::StatusOr<UnitCost> ToUnitCost(int64_t minor, Currency currency) {
  ASSIGN_OR_RETURN(const int64_t ten_thousandths, CheckedMul(minor, CostPerMinor(currency)));
  return UnitCost{ten_thousandths};
}

absl::StatusOr<int64_t> ExtendCost(Quantity quantity, UnitCost cost, Currency currency,
                                   Rounding rounding) {
  return MultiplyRounded(quantity.thousandths, cost.ten_thousandths, 1000 * CostPerMinor(currency),
                         rounding);
}

absl::StatusOr<int64_t> PriceByMultiplier(UnitCost cost, Ppm multiplier, Currency currency,
                                          Rounding rounding) {
  return MultiplyRounded(cost.ten_thousandths, multiplier.value, kPpmOne * CostPerMinor(currency),
                         rounding);
}

absl::StatusOr<int64_t> PriceByMargin(UnitCost cost, Ppm margin, Currency currency,
                                      Rounding rounding) {
  if (margin.value >= kPpmOne) {
    return absl::InvalidArgumentError(
        absl::StrCat("margin must be below 100 %, not ", margin.value, " ppm"));
  }
  return DivideRounded(Int128{cost.ten_thousandths} * kPpmOne,
                       (Int128{kPpmOne} - margin.value) * CostPerMinor(currency), rounding);
}

}  // namespace pitlane
