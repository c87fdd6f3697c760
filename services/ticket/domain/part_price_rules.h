// Which price a part is sold at (handbook 3.2): contract, promotion, price level, matrix on cost,
// list; a price by hand comes before all of them and is line_decide.cc's. Pure functions; safe from
// any thread.
#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "pitlane/ticket/v1/types.pb.h"
#include "services/ticket/domain/menu_prices.h"

namespace pitlane::ticket {

struct PartOffer {
  int64_t unit_price_minor = 0;  // per whole unit
  v1::PriceSource source;        // the rule, and what it was chosen by
};

// `vendor` may be empty. OUT_OF_RANGE when a price does not fit.
absl::StatusOr<PartOffer> OfferOf(const v1::PartPrice& part, const MenuPrices& prices,
                                  std::string_view vendor, std::string_view date);

// Of a price by hand.
v1::PriceSource SourceByHand(const v1::PartPrice& part);

}  // namespace pitlane::ticket
