#include <algorithm>

#include "services/inventory/domain/purchase_order.h"

namespace pitlane::inventory {
namespace {

void Apply(v1::PurchaseOrder& order, const v1::PurchaseOrderReceived& received) {
  for (const v1::ReceivedLine& came : received.lines()) {
    for (v1::PurchaseOrderLine& line : *order.mutable_lines()) {
      if (line.part_id() != came.part_id()) continue;
      line.set_received_milli(line.received_milli() + came.quantity_milli());
    }
  }
  const bool complete = std::all_of(order.lines().begin(), order.lines().end(),
                                    [](const v1::PurchaseOrderLine& line) {
                                      return line.received_milli() == line.quantity_milli();
                                    });
  order.set_status(complete ? v1::PURCHASE_ORDER_STATUS_RECEIVED
                            : v1::PURCHASE_ORDER_STATUS_PARTIALLY_RECEIVED);
}

}  // namespace

void PurchaseOrderAggregate::Apply(v1::PurchaseOrder& order, const v1::InventoryEvent& event) {
  const uint64_t version = order.version() + 1;
  switch (event.event_case()) {
    case v1::InventoryEvent::kPurchaseOrderRaised:
      order = event.purchase_order_raised().purchase_order();
      break;
    case v1::InventoryEvent::kPurchaseOrderSent:
      order.set_status(v1::PURCHASE_ORDER_STATUS_SENT);
      break;
    case v1::InventoryEvent::kPurchaseOrderConfirmed:
      order.set_status(v1::PURCHASE_ORDER_STATUS_CONFIRMED);
      order.set_supplier_reference(event.purchase_order_confirmed().supplier_reference());
      break;
    case v1::InventoryEvent::kPurchaseOrderFailed:
      order.set_status(v1::PURCHASE_ORDER_STATUS_CANCELLED);
      break;
    case v1::InventoryEvent::kPurchaseOrderReceived:
      inventory::Apply(order, event.purchase_order_received());
      break;
    case v1::InventoryEvent::kPurchaseOrderClosed:
      order.set_status(v1::PURCHASE_ORDER_STATUS_CLOSED);
      break;
    case v1::InventoryEvent::kSupplierRegistered:
    case v1::InventoryEvent::kPartImported:
    case v1::InventoryEvent::kPriceChanged:
    case v1::InventoryEvent::kReorderRuleSet:
    case v1::InventoryEvent::kStockReceived:
    case v1::InventoryEvent::kStockAdjusted:
    case v1::InventoryEvent::kStockReserved:
    case v1::InventoryEvent::kStockShortageFound:
    case v1::InventoryEvent::kReservationReleased:
    case v1::InventoryEvent::kStockIssued:
    case v1::InventoryEvent::kStockReturned:
    case v1::InventoryEvent::kCostTruedUp:
    case v1::InventoryEvent::kStockOrdered:
    case v1::InventoryEvent::kOrderedStockReduced:
    case v1::InventoryEvent::EVENT_NOT_SET:
      break;  // not facts of this stream
  }
  order.set_version(version);
}

}  // namespace pitlane::inventory
