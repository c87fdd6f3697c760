#include "services/inventory/domain/supplier.h"

namespace pitlane::inventory {

void SupplierAggregate::Apply(v1::Supplier& supplier, const v1::InventoryEvent& event) {
  const uint64_t version = supplier.version() + 1;
  switch (event.event_case()) {
    case v1::InventoryEvent::kSupplierRegistered:
      supplier = event.supplier_registered().supplier();
      break;
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
    case v1::InventoryEvent::kPurchaseOrderRaised:
    case v1::InventoryEvent::kPurchaseOrderSent:
    case v1::InventoryEvent::kPurchaseOrderConfirmed:
    case v1::InventoryEvent::kPurchaseOrderFailed:
    case v1::InventoryEvent::kPurchaseOrderReceived:
    case v1::InventoryEvent::kPurchaseOrderClosed:
    case v1::InventoryEvent::EVENT_NOT_SET:
      break;  // not facts of this stream
  }
  supplier.set_version(version);
}

}  // namespace pitlane::inventory
