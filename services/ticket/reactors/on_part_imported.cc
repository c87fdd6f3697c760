#include "services/ticket/reactors/on_part_imported.h"

#include <optional>
#include <vector>

#include "libs/runtime/unit.h"
#include "services/ticket/domain/part_price.h"

namespace pitlane::ticket {

absl::Status OnPartImported::On(const common::v1::EventMeta& meta,
                                const inventory::v1::PartImported& event, runtime::Unit& unit) {
  const inventory::v1::Part& part = event.part();
  ListPrice command;
  command.price.set_part_id(part.part_id());
  command.price.set_part_number(part.number());
  command.price.set_brand(part.brand());
  command.price.set_description(part.description());
  command.price.set_category(part.category());
  command.price.set_currency(part.currency());
  command.price.set_list_price_minor(part.list_price_minor());
  command.price.set_unit_cost_e4(part.unit_cost_e4());
  command.price.set_core_minor(part.core_minor());
  command.price.set_unit(part.unit());
  command.price.set_price_version(meta.version());
  return unit.Execute<PartPriceAggregate>(
      part.part_id(), std::nullopt, {},
      [&command](const v1::PartPrice& price) -> absl::StatusOr<std::vector<v1::TicketEvent>> {
        return Decide(price, command);
      });
}

}  // namespace pitlane::ticket
