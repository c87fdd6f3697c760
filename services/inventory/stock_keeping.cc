#include "services/inventory/stock_keeping.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "libs/base/ids.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/rpc/errors.h"
#include "libs/runtime/timestamps.h"
#include "pitlane/inventory/v1/inventory_service.pb.h"
#include "services/inventory/domain/part.h"
#include "services/inventory/domain/purchase_order.h"

namespace pitlane::inventory {
namespace {

struct Need {
  int64_t quantity_milli = 0;
  std::string supplier_id;
};

absl::StatusOr<v1::PurchaseOrder> MakeOrder(runtime::Unit& unit, const StockKey& key,
                                            const Need& need, const v1::Part& part) {
  ASSIGN_OR_RETURN(const LocationId location, LocationId::Parse(key.location_id));
  v1::PurchaseOrder order;
  order.set_purchase_order_id(unit.NewId<PurchaseOrderId>(location.slot()).text());
  order.set_supplier_id(need.supplier_id);
  order.set_location_id(key.location_id);
  order.set_currency(part.currency());
  *order.mutable_raised_at() = runtime::ToTimestamp(unit.now());
  v1::PurchaseOrderLine& line = *order.add_lines();
  line.set_part_id(key.part_id);
  line.set_quantity_milli(need.quantity_milli);
  line.set_unit_cost_e4(part.unit_cost_e4());
  return order;
}

absl::Status RaiseAndSend(runtime::Unit& unit, const runtime::EventScope& scope,
                          const v1::PurchaseOrder& order) {
  const auto execute = [&](auto command) {
    return unit.Execute<PurchaseOrderAggregate>(
        order.purchase_order_id(), std::nullopt, scope,
        [&](const v1::PurchaseOrder& state) { return Decide(state, command); });
  };
  RETURN_IF_ERROR(execute(RaisePurchaseOrder{.order = order}));
  // Committed before the supplier is called: whatever happens then, the order is known.
  RETURN_IF_ERROR(execute(SendPurchaseOrder{}));
  unit.RequestEffect(kPurchaseOrderEffect, order.purchase_order_id(), order.SerializeAsString());
  return unit.status();
}

}  // namespace

absl::StatusOr<v1::Part> KnownPart(runtime::Unit& unit, std::string_view part_id) {
  if (PartId::Parse(part_id).ok()) {
    ASSIGN_OR_RETURN(const auto part, unit.Load<PartAggregate>(part_id));
    if (part.version > 0) return part.state;
  }
  return rpc::NotFound(v1::PART_UNKNOWN,
                       absl::StrCat("there is no part ", ToAbsl(part_id), "; import it first"));
}

absl::Status StockKeeper::OrderWhatRunsLow() {
  for (const StockKey& key : touched_) RETURN_IF_ERROR(OrderIfLow(key));
  touched_.clear();
  return absl::OkStatus();
}

absl::Status StockKeeper::OrderIfLow(const StockKey& key) {
  ASSIGN_OR_RETURN(const auto item, unit_.Load<StockItemAggregate>(key.stream_id()));
  Need need{.quantity_milli = QuantityToOrder(item.state), .supplier_id = item.state.supplier_id()};
  if (need.quantity_milli == 0) return absl::OkStatus();
  ASSIGN_OR_RETURN(const v1::Part part, KnownPart(unit_, key.part_id));
  if (need.supplier_id.empty()) need.supplier_id = part.supplier_id();
  // Without a supplier somebody has to go and find one: there is nobody to send an order to.
  if (need.supplier_id.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const v1::PurchaseOrder order, MakeOrder(unit_, key, need, part));
  RETURN_IF_ERROR(Do(key, OrderStock{.purchase_order_id = order.purchase_order_id(),
                                     .quantity_milli = need.quantity_milli}));
  return RaiseAndSend(unit_, scope_, order);
}

}  // namespace pitlane::inventory
