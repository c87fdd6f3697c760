// An order to a supplier. Stream: the order's id, which carries the location's slot.
//
// DRAFT → SENT → CONFIRMED → PARTIALLY_RECEIVED → RECEIVED → CLOSED, or SENT → CANCELLED when the
// supplier refuses it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "pitlane/inventory/v1/events.pb.h"
#include "pitlane/inventory/v1/types.pb.h"

namespace pitlane::inventory {

struct PurchaseOrderAggregate {
  using State = v1::PurchaseOrder;
  using Event = v1::InventoryEvent;
  static constexpr uint32_t kSchema = 1;
  static void Apply(v1::PurchaseOrder& order, const v1::InventoryEvent& event);
};

struct RaisePurchaseOrder {
  v1::PurchaseOrder order;  // complete but for status and version
};
// About to be handed to the supplier, for the first time or because it never heard of it.
struct SendPurchaseOrder {};
struct ConfirmPurchaseOrder {
  std::string supplier_reference;
};
struct FailPurchaseOrder {
  std::string reason;
};
struct ReceivedOfLine {
  std::string part_id;
  int64_t quantity_milli = 0;
  std::optional<int64_t> unit_cost_e4;  // absent: the order's cost
};
struct ReceivePurchaseOrder {
  std::vector<ReceivedOfLine> lines;
};
// Everything that is outstanding came in at the order's cost.
struct ReceiveOutstanding {};

using PurchaseOrderEvents = absl::StatusOr<std::vector<v1::InventoryEvent>>;

PurchaseOrderEvents Decide(const v1::PurchaseOrder& order, const RaisePurchaseOrder& command);
// The next four leave an order alone that is past the step already: a supplier may answer twice.
PurchaseOrderEvents Decide(const v1::PurchaseOrder& order, const SendPurchaseOrder& command);
PurchaseOrderEvents Decide(const v1::PurchaseOrder& order, const ConfirmPurchaseOrder& command);
PurchaseOrderEvents Decide(const v1::PurchaseOrder& order, const FailPurchaseOrder& command);
// Refuses PURCHASE_ORDER_UNKNOWN, PURCHASE_ORDER_OVER, PURCHASE_ORDER_NOT_CONFIRMED,
// PURCHASE_ORDER_LINE_UNKNOWN, OVER_RECEIPT.
PurchaseOrderEvents Decide(const v1::PurchaseOrder& order, std::string_view purchase_order_id,
                           const ReceivePurchaseOrder& command);
// Refuses PURCHASE_ORDER_UNKNOWN, PURCHASE_ORDER_OVER, PURCHASE_ORDER_NOT_CONFIRMED.
PurchaseOrderEvents Decide(const v1::PurchaseOrder& order, std::string_view purchase_order_id,
                           const ReceiveOutstanding& command);

// Neither closed nor cancelled.
bool IsOpen(v1::PurchaseOrderStatus status);

}  // namespace pitlane::inventory
