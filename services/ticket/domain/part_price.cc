#include "services/ticket/domain/part_price.h"

#include "libs/base/status.h"
#include "services/ticket/domain/refusals.h"

namespace pitlane::ticket {

void PartPriceAggregate::Apply(v1::PartPrice& price, const v1::TicketEvent& event) {
  if (!event.has_price_listed()) return;
  const v1::PriceListed& listed = event.price_listed();
  price.set_part_id(listed.part_id());
  price.set_part_number(listed.part_number());
  price.set_brand(listed.brand());
  price.set_description(listed.description());
  price.set_category(listed.category());
  price.set_currency(listed.currency());
  price.set_list_price_minor(listed.list_price_minor());
  price.set_unit_cost_e4(listed.unit_cost_e4());
  price.set_core_minor(listed.core_minor());
  price.set_unit(listed.unit());
  price.set_price_version(listed.price_version());
}

std::vector<v1::TicketEvent> Decide(const v1::PartPrice& price, const ListPrice& command) {
  // An older price never replaces a newer one.
  const v1::PartPrice& wanted = command.price;
  if (wanted.price_version() <= price.price_version()) return {};
  std::vector<v1::TicketEvent> events(1);
  v1::PriceListed& listed = *events[0].mutable_price_listed();
  listed.set_part_id(wanted.part_id());
  listed.set_part_number(wanted.part_number());
  listed.set_brand(wanted.brand());
  listed.set_description(wanted.description());
  listed.set_category(wanted.category());
  listed.set_currency(wanted.currency());
  listed.set_list_price_minor(wanted.list_price_minor());
  listed.set_unit_cost_e4(wanted.unit_cost_e4());
  listed.set_core_minor(wanted.core_minor());
  listed.set_unit(wanted.unit());
  listed.set_price_version(wanted.price_version());
  return events;
}

absl::StatusOr<std::vector<v1::TicketEvent>> Decide(const v1::PartPrice& price,
                                                    const ChangeListedPrice& command) {
  // What was never listed has no number, brand or description to print.
  RETURN_IF_ERROR(CheckKnown(price, command.part_id));
  ListPrice changed{price};
  changed.price.set_currency(command.currency);
  changed.price.set_list_price_minor(command.list_price_minor);
  changed.price.set_unit_cost_e4(command.unit_cost_e4);
  changed.price.set_core_minor(command.core_minor);
  changed.price.set_price_version(command.price_version);
  return Decide(price, changed);
}

}  // namespace pitlane::ticket
