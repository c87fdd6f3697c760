#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "libs/base/text.h"
#include "services/inventory/domain/part.h"

namespace pitlane::inventory {

std::string NaturalKey(std::string_view brand, std::string_view number) {
  return absl::StrCat(StripToAlnumUpper(number), absl::string_view("\0", 1),
                      absl::AsciiStrToLower(absl::StripAsciiWhitespace(ToAbsl(brand))));
}

void PartAggregate::Apply(v1::Part& part, const v1::InventoryEvent& event) {
  const uint64_t version = part.version() + 1;
  switch (event.event_case()) {
    case v1::InventoryEvent::kPartImported:
      part = event.part_imported().part();
      break;
    case v1::InventoryEvent::kPriceChanged:
      part.set_list_price_minor(event.price_changed().list_price_minor());
      part.set_unit_cost_e4(event.price_changed().unit_cost_e4());
      part.set_core_minor(event.price_changed().core_minor());
      break;
    case v1::InventoryEvent::kSupplierRegistered:
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
  part.set_version(version);
}

}  // namespace pitlane::inventory
