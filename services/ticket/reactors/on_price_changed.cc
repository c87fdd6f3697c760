#include "services/ticket/reactors/on_price_changed.h"

#include <optional>

#include "libs/runtime/unit.h"
#include "services/ticket/domain/part_price.h"

namespace pitlane::ticket {

absl::Status OnPriceChanged::On(const common::v1::EventMeta& meta,
                                const inventory::v1::PriceChanged& event, runtime::Unit& unit) {
  const ChangeListedPrice command{.part_id = event.part_id(),
                                  .currency = event.currency(),
                                  .list_price_minor = event.list_price_minor(),
                                  .unit_cost_e4 = event.unit_cost_e4(),
                                  .core_minor = event.core_minor(),
                                  .price_version = meta.version()};
  return unit.Execute<PartPriceAggregate>(
      event.part_id(), std::nullopt, {},
      [&command](const v1::PartPrice& price) { return Decide(price, command); });
}

}  // namespace pitlane::ticket
