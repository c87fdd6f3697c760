#include <algorithm>

#include "services/inventory/domain/stock_item.h"

namespace pitlane::inventory {
namespace {

template <class Fact>
bool IsFor(const v1::Reservation& reservation, const Fact& fact) {
  return reservation.ticket_id() == fact.ticket_id() && reservation.job_id() == fact.job_id() &&
         reservation.line_id() == fact.line_id();
}

template <class Fact>
v1::Reservation& ReservationFor(v1::StockItemState& item, const Fact& fact) {
  for (v1::Reservation& reservation : *item.mutable_reservations()) {
    if (IsFor(reservation, fact)) return reservation;
  }
  v1::Reservation& reservation = *item.add_reservations();
  reservation.set_ticket_id(fact.ticket_id());
  reservation.set_job_id(fact.job_id());
  reservation.set_line_id(fact.line_id());
  return reservation;
}

template <class Fact>
void EndReservation(v1::StockItemState& item, const Fact& fact) {
  auto& all = *item.mutable_reservations();
  all.erase(std::remove_if(all.begin(), all.end(),
                           [&](const v1::Reservation& entry) { return IsFor(entry, fact); }),
            all.end());
}

void Apply(v1::StockItemState& item, const v1::ReorderRuleSet& rule) {
  v1::StockLevel& level = *item.mutable_level();
  level.set_part_id(rule.part_id());
  level.set_location_id(rule.location_id());
  level.set_reorder_point_milli(rule.reorder_point_milli());
  level.set_reorder_quantity_milli(rule.reorder_quantity_milli());
  level.set_version(level.version() + 1);
  item.set_supplier_id(rule.supplier_id());
}

void Apply(v1::StockItemState& item, const v1::StockShortageFound& shortage) {
  v1::StockLevel& level = *item.mutable_level();
  level.set_part_id(shortage.part_id());
  level.set_location_id(shortage.location_id());
  level.set_version(level.version() + 1);
  ReservationFor(item, shortage).set_missing_milli(shortage.missing_milli());
}

void Apply(v1::StockItemState& item, const v1::StockReserved& reserved) {
  v1::Reservation& reservation = ReservationFor(item, reserved);
  reservation.set_quantity_milli(reserved.quantity_milli());
  reservation.set_missing_milli(0);
}

void Apply(v1::StockItemState& item, const v1::OrderedStockReduced& reduced) {
  if (reduced.level().on_order_milli() == 0) item.clear_open_purchase_order_id();
}

}  // namespace

void StockItemAggregate::Apply(v1::StockItemState& item, const v1::InventoryEvent& event) {
  switch (event.event_case()) {
    case v1::InventoryEvent::kReorderRuleSet:
      inventory::Apply(item, event.reorder_rule_set());
      break;
    case v1::InventoryEvent::kStockReceived:
      *item.mutable_level() = event.stock_received().level();
      item.set_last_unit_cost_e4(event.stock_received().unit_cost_e4());
      break;
    case v1::InventoryEvent::kStockAdjusted:
      *item.mutable_level() = event.stock_adjusted().level();
      break;
    case v1::InventoryEvent::kStockReserved:
      *item.mutable_level() = event.stock_reserved().level();
      inventory::Apply(item, event.stock_reserved());
      break;
    case v1::InventoryEvent::kStockShortageFound:
      inventory::Apply(item, event.stock_shortage_found());
      break;
    case v1::InventoryEvent::kReservationReleased:
      *item.mutable_level() = event.reservation_released().level();
      EndReservation(item, event.reservation_released());
      break;
    case v1::InventoryEvent::kStockIssued:
      *item.mutable_level() = event.stock_issued().level();
      EndReservation(item, event.stock_issued());
      break;
    case v1::InventoryEvent::kStockReturned:
      *item.mutable_level() = event.stock_returned().level();
      break;
    case v1::InventoryEvent::kCostTruedUp:
      *item.mutable_level() = event.cost_trued_up().level();
      break;
    case v1::InventoryEvent::kStockOrdered:
      *item.mutable_level() = event.stock_ordered().level();
      item.set_open_purchase_order_id(event.stock_ordered().purchase_order_id());
      break;
    case v1::InventoryEvent::kOrderedStockReduced:
      *item.mutable_level() = event.ordered_stock_reduced().level();
      inventory::Apply(item, event.ordered_stock_reduced());
      break;
    case v1::InventoryEvent::kSupplierRegistered:
    case v1::InventoryEvent::kPartImported:
    case v1::InventoryEvent::kPriceChanged:
    case v1::InventoryEvent::kPurchaseOrderRaised:
    case v1::InventoryEvent::kPurchaseOrderSent:
    case v1::InventoryEvent::kPurchaseOrderConfirmed:
    case v1::InventoryEvent::kPurchaseOrderFailed:
    case v1::InventoryEvent::kPurchaseOrderReceived:
    case v1::InventoryEvent::kPurchaseOrderClosed:
    case v1::InventoryEvent::EVENT_NOT_SET:
      break;  // not facts of this stream
  }
}

}  // namespace pitlane::inventory
