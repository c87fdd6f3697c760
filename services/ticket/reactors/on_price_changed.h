// A part's price, cost or core value changed: the till sells at it from now on.
#pragma once

#include "libs/runtime/reactor.h"
#include "pitlane/inventory/v1/events.pb.h"

namespace pitlane::ticket {

class OnPriceChanged final : public runtime::TypedReactor<inventory::v1::PriceChanged> {
 public:
  absl::Status On(const common::v1::EventMeta& meta, const inventory::v1::PriceChanged& event,
                  runtime::Unit& unit) override;
};

}  // namespace pitlane::ticket
