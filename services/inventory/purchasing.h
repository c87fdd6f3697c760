// What becomes of purchase orders, inside a unit of work: the supplier's answer, and goods that
// come in. Raising an order is stock_keeping.h's.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "absl/status/status.h"
#include "libs/runtime/unit.h"
#include "services/inventory/domain/purchase_order.h"
#include "services/inventory/suppliers/supplier_port.h"

namespace pitlane::inventory {

// Books the goods on the order and on the shelves. Refuses what the commands refuse, and
// VERSION_MISMATCH.
absl::Status ReceiveGoods(runtime::Unit& unit, std::string_view purchase_order_id,
                          std::optional<uint64_t> expected_version,
                          const ReceivePurchaseOrder& command);
absl::Status ReceiveGoods(runtime::Unit& unit, std::string_view purchase_order_id,
                          std::optional<uint64_t> expected_version,
                          const ReceiveOutstanding& command);

// After a restore: the effect of an order that was sent and not answered is open, and no other is.
absl::Status ReopenOrder(runtime::Unit& unit, std::string_view purchase_order_id);

// Records what the supplier said and ends the effect. An order it never heard of is sent again, by
// a new effect.
absl::Status RecordSupplierAnswer(runtime::Unit& unit, std::string_view purchase_order_id,
                                  const SupplierAnswer& answer);

}  // namespace pitlane::inventory
