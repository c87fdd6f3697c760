// Prices from cost by bands (handbook 3.2). A band holds up to and including its end. Markup is a
// share of the cost, margin a share of the price; the two types do not convert by accident. Pure
// functions; safe from any thread.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/money/currency.h"
#include "libs/money/quantity.h"
#include "pitlane/ticket/v1/menu.pb.h"

namespace pitlane::ticket {

// (price - cost) / cost: 100 % doubles the cost.
struct Markup {
  int64_t ppm = 0;
};
// (price - cost) / price: 50 % doubles the cost.
struct Margin {
  int64_t ppm = 0;
};

absl::StatusOr<int64_t> PriceAt(UnitCost cost, Markup markup, Currency currency);
// INVALID_ARGUMENT unless the margin is below 100 %.
absl::StatusOr<int64_t> PriceAt(UnitCost cost, Margin margin, Currency currency);
// INVALID_ARGUMENT for a cost (MarkupOf) or price (MarginOf) of 0.
absl::StatusOr<Markup> MarkupOf(int64_t price_minor, UnitCost cost, Currency currency);
absl::StatusOr<Margin> MarginOf(int64_t price_minor, UnitCost cost, Currency currency);
// The margin that a markup is: 100 % markup is 50 % margin. INVALID_ARGUMENT for -100 % or less.
absl::StatusOr<Margin> ToMargin(Markup markup);

struct MatrixPrice {
  int64_t price_minor = 0;
  int band = 0;  // 1 for the first
  int64_t multiplier_ppm = 0;
  bool floored = false;
  bool capped = false;
};

// Per whole unit. A cost beyond the last band's end takes the last band. `list_price_minor` 0: not
// known, and no cap. The cap is last: nobody pays more than the maker's list allows. CHECKs that
// the matrix has bands.
absl::StatusOr<MatrixPrice> PriceByMatrix(const v1::PartMatrix& matrix, UnitCost cost,
                                          int64_t list_price_minor, Currency currency);

// Where a part that costs one minor unit more is sold for less. Nothing for a matrix that floors.
absl::StatusOr<std::vector<v1::BandInversion>> InversionsOf(const v1::PartMatrix& matrix,
                                                            Currency currency);

}  // namespace pitlane::ticket
