#include "services/ticket/domain/matrix.h"

#include <algorithm>

#include "libs/base/check.h"
#include "libs/base/status.h"
#include "libs/money/rounding.h"

namespace pitlane::ticket {
namespace {

// The band that a cost is in.
int BandOf(const v1::PartMatrix& matrix, UnitCost cost) {
  for (int i = 0; i < matrix.bands_size(); ++i) {
    const int64_t to = matrix.bands(i).to_cost_e4();
    if (to == 0 || cost.ten_thousandths <= to) return i;
  }
  return matrix.bands_size() - 1;
}

// The dearest price of all bands before this one.
absl::StatusOr<int64_t> FloorOf(const v1::PartMatrix& matrix, int band, Currency currency) {
  int64_t floor = 0;
  for (int i = 0; i < band; ++i) {
    ASSIGN_OR_RETURN(const int64_t top,
                     PriceByMultiplier(UnitCost{matrix.bands(i).to_cost_e4()},
                                       Ppm{matrix.bands(i).multiplier_ppm()}, currency));
    floor = std::max(floor, top);
  }
  return floor;
}

}  // namespace

absl::StatusOr<int64_t> PriceAt(UnitCost cost, Markup markup, Currency currency) {
  ASSIGN_OR_RETURN(const int64_t multiplier, CheckedAdd(markup.ppm, kPpmOne));
  return PriceByMultiplier(cost, Ppm{multiplier}, currency);
}

absl::StatusOr<int64_t> PriceAt(UnitCost cost, Margin margin, Currency currency) {
  return PriceByMargin(cost, Ppm{margin.ppm}, currency);
}

absl::StatusOr<Markup> MarkupOf(int64_t price_minor, UnitCost cost, Currency currency) {
  ASSIGN_OR_RETURN(const UnitCost price, ToUnitCost(price_minor, currency));
  ASSIGN_OR_RETURN(const int64_t gain, CheckedSub(price.ten_thousandths, cost.ten_thousandths));
  ASSIGN_OR_RETURN(const int64_t ppm, MultiplyRounded(gain, kPpmOne, cost.ten_thousandths));
  return Markup{ppm};
}

absl::StatusOr<Margin> MarginOf(int64_t price_minor, UnitCost cost, Currency currency) {
  ASSIGN_OR_RETURN(const UnitCost price, ToUnitCost(price_minor, currency));
  ASSIGN_OR_RETURN(const int64_t gain, CheckedSub(price.ten_thousandths, cost.ten_thousandths));
  ASSIGN_OR_RETURN(const int64_t ppm, MultiplyRounded(gain, kPpmOne, price.ten_thousandths));
  return Margin{ppm};
}

absl::StatusOr<Margin> ToMargin(Markup markup) {
  ASSIGN_OR_RETURN(const int64_t multiplier, CheckedAdd(markup.ppm, kPpmOne));
  if (multiplier <= 0) return absl::InvalidArgumentError("a markup of -100 % gives no price");
  ASSIGN_OR_RETURN(const int64_t ppm, MultiplyRounded(markup.ppm, kPpmOne, multiplier));
  return Margin{ppm};
}

absl::StatusOr<MatrixPrice> PriceByMatrix(const v1::PartMatrix& matrix, UnitCost cost,
                                          int64_t list_price_minor, Currency currency) {
  PITLANE_CHECK(!matrix.bands().empty()) << "matrix " << matrix.matrix_id() << " has no bands";
  const int band = BandOf(matrix, cost);
  MatrixPrice result{.band = band + 1, .multiplier_ppm = matrix.bands(band).multiplier_ppm()};
  ASSIGN_OR_RETURN(result.price_minor,
                   PriceByMultiplier(cost, Ppm{result.multiplier_ppm}, currency));
  if (matrix.floor_inversions()) {
    ASSIGN_OR_RETURN(const int64_t floor, FloorOf(matrix, band, currency));
    result.floored = result.price_minor < floor;
    result.price_minor = std::max(result.price_minor, floor);
  }
  if (matrix.cap_list_ppm() > 0 && list_price_minor > 0) {
    ASSIGN_OR_RETURN(const int64_t cap, ApplyPpm(list_price_minor, Ppm{matrix.cap_list_ppm()}));
    result.capped = result.price_minor > cap;
    result.price_minor = std::min(result.price_minor, cap);
  }
  return result;
}

absl::StatusOr<std::vector<v1::BandInversion>> InversionsOf(const v1::PartMatrix& matrix,
                                                            Currency currency) {
  std::vector<v1::BandInversion> inversions;
  if (matrix.floor_inversions()) return inversions;
  ASSIGN_OR_RETURN(const UnitCost step, ToUnitCost(1, currency));
  for (int i = 1; i < matrix.bands_size(); ++i) {
    const UnitCost lower{matrix.bands(i - 1).to_cost_e4()};
    ASSIGN_OR_RETURN(const int64_t next, CheckedAdd(lower.ten_thousandths, step.ten_thousandths));
    ASSIGN_OR_RETURN(const int64_t before,
                     PriceByMultiplier(lower, Ppm{matrix.bands(i - 1).multiplier_ppm()}, currency));
    ASSIGN_OR_RETURN(
        const int64_t after,
        PriceByMultiplier(UnitCost{next}, Ppm{matrix.bands(i).multiplier_ppm()}, currency));
    if (after >= before) continue;
    v1::BandInversion& inversion = inversions.emplace_back();
    inversion.set_matrix_id(matrix.matrix_id());
    inversion.set_band(i + 1);
    inversion.set_lower_cost_e4(lower.ten_thousandths);
    inversion.set_higher_cost_e4(next);
    inversion.set_lower_price_minor(before);
    inversion.set_higher_price_minor(after);
  }
  return inversions;
}

}  // namespace pitlane::ticket
