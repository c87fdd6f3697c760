#include "services/ticket/domain/part_price_rules.h"

#include <optional>
#include <string>

#include "absl/strings/strip.h"
#include "libs/base/status.h"
#include "libs/money/currency.h"
#include "libs/money/quantity.h"
#include "services/ticket/domain/matrix.h"
#include "services/ticket/domain/menu_dates.h"

namespace pitlane::ticket {
namespace {

v1::PriceLevel LevelOf(const v1::CustomerTerms& terms) {
  return terms.price_level() == v1::PRICE_LEVEL_UNSPECIFIED ? v1::PRICE_LEVEL_RETAIL
                                                            : terms.price_level();
}

std::string ShortName(v1::PriceLevel level) {
  return std::string(absl::StripPrefix(v1::PriceLevel_Name(level), "PRICE_LEVEL_"));
}

// What was agreed with the customer.
const v1::ContractPrice* ContractPriceOf(const v1::CustomerTerms& terms, const std::string& part_id,
                                         std::string_view date) {
  for (const v1::ContractPrice& price : terms.part_prices()) {
    if (price.part_id() == part_id && HoldsOn(price, date)) return &price;
  }
  return nullptr;
}

// How closely a price fits the part: 0 not at all, 1 all parts, 2 its category, 3 the part.
int FitOf(const v1::SpecialPrice& price, const v1::PartPrice& part) {
  if (!price.part_id().empty()) return price.part_id() == part.part_id() ? 3 : 0;
  if (!price.category().empty()) return price.category() == part.category() ? 2 : 0;
  return 1;
}

template <class Prices>
const v1::SpecialPrice* ClosestPrice(const Prices& prices, const v1::PartPrice& part,
                                     v1::PriceLevel level, bool level_required,
                                     std::string_view date) {
  const v1::SpecialPrice* closest = nullptr;
  int fit = 0;
  for (const v1::SpecialPrice& price : prices) {
    if (!HoldsOn(price, date)) continue;
    const bool everybody = price.price_level() == v1::PRICE_LEVEL_UNSPECIFIED && !level_required;
    if (!everybody && price.price_level() != level) continue;
    if (const int this_fit = FitOf(price, part); this_fit > fit) {
      closest = &price;
      fit = this_fit;
    }
  }
  return closest;
}

absl::StatusOr<int64_t> AmountOf(const v1::SpecialPrice& price, const v1::PartPrice& part) {
  if (price.has_unit_price_minor()) return price.unit_price_minor();
  return ApplyPpm(part.list_price_minor(), Ppm{price.list_ppm()});
}

// How many of category, vendor and level a matrix names, all of which fit; nothing when one does
// not.
std::optional<int> FitOf(const v1::PartMatrix& matrix, const v1::PartPrice& part,
                         std::string_view vendor, v1::PriceLevel level) {
  int fit = 0;
  if (!matrix.category().empty()) {
    if (matrix.category() != part.category()) return std::nullopt;
    ++fit;
  }
  if (!matrix.vendor().empty()) {
    if (matrix.vendor() != vendor) return std::nullopt;
    ++fit;
  }
  if (matrix.price_level() != v1::PRICE_LEVEL_UNSPECIFIED) {
    if (matrix.price_level() != level) return std::nullopt;
    ++fit;
  }
  return fit;
}

const v1::PartMatrix* MatrixOf(const v1::PartPricing& pricing, const v1::PartPrice& part,
                               std::string_view vendor, v1::PriceLevel level,
                               std::string_view date) {
  const v1::PartMatrix* best = nullptr;
  int best_fit = -1;
  for (const v1::PartMatrix& matrix : pricing.matrices()) {
    if (!HoldsOn(matrix, date)) continue;
    const std::optional<int> fit = FitOf(matrix, part, vendor, level);
    if (fit.has_value() && *fit > best_fit) {
      best = &matrix;
      best_fit = *fit;
    }
  }
  return best;
}

absl::Status OfferByMatrix(const v1::PartMatrix& matrix, const v1::PartPrice& part,
                           PartOffer& offer) {
  ASSIGN_OR_RETURN(const Currency currency, Currency::Parse(part.currency()));
  ASSIGN_OR_RETURN(const MatrixPrice price, PriceByMatrix(matrix, UnitCost{part.unit_cost_e4()},
                                                          part.list_price_minor(), currency));
  offer.unit_price_minor = price.price_minor;
  offer.source.set_rule(v1::PriceSource::RULE_MATRIX);
  offer.source.set_rule_id(matrix.matrix_id());
  offer.source.set_band(price.band);
  offer.source.set_multiplier_ppm(price.multiplier_ppm);
  offer.source.set_floored(price.floored);
  offer.source.set_capped(price.capped);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<PartOffer> OfferOf(const v1::PartPrice& part, const MenuPrices& prices,
                                  std::string_view vendor, std::string_view date) {
  const v1::PriceLevel level = LevelOf(*prices.terms);
  PartOffer offer;
  offer.source.set_price_level(ShortName(level));
  offer.source.set_vendor(std::string(vendor));
  offer.source.set_list_price_minor(part.list_price_minor());
  offer.source.set_version(prices.parts->version());
  if (const auto* contract = ContractPriceOf(*prices.terms, part.part_id(), date)) {
    offer.unit_price_minor = contract->unit_price_minor();
    offer.source.set_rule(v1::PriceSource::RULE_CONTRACT);
    offer.source.set_rule_id(prices.terms->contract());
    offer.source.set_version(prices.terms->version());
    return offer;
  }
  if (const auto* promotion = ClosestPrice(prices.parts->promotions(), part, level, false, date)) {
    ASSIGN_OR_RETURN(offer.unit_price_minor, AmountOf(*promotion, part));
    offer.source.set_rule(v1::PriceSource::RULE_PROMOTION);
    offer.source.set_rule_id(promotion->price_id());
    return offer;
  }
  if (const auto* price = ClosestPrice(prices.parts->level_prices(), part, level, true, date)) {
    ASSIGN_OR_RETURN(offer.unit_price_minor, AmountOf(*price, part));
    offer.source.set_rule(v1::PriceSource::RULE_PRICE_LEVEL);
    offer.source.set_rule_id(price->price_id());
    return offer;
  }
  // What cost nothing is not priced from its cost.
  const v1::PartMatrix* matrix = MatrixOf(*prices.parts, part, vendor, level, date);
  if (matrix != nullptr && part.unit_cost_e4() > 0) {
    RETURN_IF_ERROR(OfferByMatrix(*matrix, part, offer));
    return offer;
  }
  offer.unit_price_minor = part.list_price_minor();
  offer.source.set_rule(v1::PriceSource::RULE_LIST);
  return offer;
}

v1::PriceSource SourceByHand(const v1::PartPrice& part) {
  v1::PriceSource source;
  source.set_rule(v1::PriceSource::RULE_BY_HAND);
  source.set_list_price_minor(part.list_price_minor());
  return source;
}

}  // namespace pitlane::ticket
