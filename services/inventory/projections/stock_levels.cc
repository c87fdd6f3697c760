#include "services/inventory/projections/stock_levels.h"

namespace pitlane::inventory {

const v1::StockLevel* LevelOf(const v1::InventoryEvent& event) {
  switch (event.event_case()) {
    case v1::InventoryEvent::kStockReceived:
      return &event.stock_received().level();
    case v1::InventoryEvent::kStockAdjusted:
      return &event.stock_adjusted().level();
    case v1::InventoryEvent::kStockReserved:
      return &event.stock_reserved().level();
    case v1::InventoryEvent::kReservationReleased:
      return &event.reservation_released().level();
    case v1::InventoryEvent::kStockIssued:
      return &event.stock_issued().level();
    case v1::InventoryEvent::kStockReturned:
      return &event.stock_returned().level();
    case v1::InventoryEvent::kCostTruedUp:
      return &event.cost_trued_up().level();
    case v1::InventoryEvent::kStockOrdered:
      return &event.stock_ordered().level();
    case v1::InventoryEvent::kOrderedStockReduced:
      return &event.ordered_stock_reduced().level();
    case v1::InventoryEvent::kReorderRuleSet:
    case v1::InventoryEvent::kStockShortageFound:
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
      return nullptr;
  }
  return nullptr;
}

void StockLevels::On(const v1::InventoryEvent& event, runtime::ViewWriter& rows) {
  if (const v1::StockLevel* level = LevelOf(event))
    return rows.Put(event.meta().stream_id(), *level);
  if (!event.has_reorder_rule_set() && !event.has_stock_shortage_found()) return;
  v1::StockLevel level =
      rows.GetMessage<v1::StockLevel>(event.meta().stream_id()).value_or(v1::StockLevel());
  if (event.has_reorder_rule_set()) {
    const v1::ReorderRuleSet& rule = event.reorder_rule_set();
    level.set_part_id(rule.part_id());
    level.set_location_id(rule.location_id());
    level.set_reorder_point_milli(rule.reorder_point_milli());
    level.set_reorder_quantity_milli(rule.reorder_quantity_milli());
  } else {
    level.set_part_id(event.stock_shortage_found().part_id());
    level.set_location_id(event.stock_shortage_found().location_id());
  }
  level.set_version(event.meta().version());
  rows.Put(event.meta().stream_id(), level);
}

absl::StatusOr<std::optional<v1::StockLevel>> StockLevels::Get(runtime::ViewReader& views,
                                                               const StockKey& key) {
  return views.GetMessage<v1::StockLevel>(kView, key.stream_id());
}

}  // namespace pitlane::inventory
