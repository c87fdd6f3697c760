#include "services/inventory/purchasing.h"

#include <string>
#include <vector>

#include "libs/base/ids.h"
#include "libs/base/status.h"
#include "services/inventory/stock_keeping.h"

namespace pitlane::inventory {
namespace {

absl::StatusOr<v1::PurchaseOrder> LoadOrder(runtime::Unit& unit, std::string_view id) {
  // An id that is none is an order that is not there: the commands say so.
  if (!PurchaseOrderId::Parse(id).ok()) return v1::PurchaseOrder();
  ASSIGN_OR_RETURN(const auto order, unit.Load<PurchaseOrderAggregate>(id));
  return order.state;
}

runtime::EventScope ScopeOf(const v1::PurchaseOrder& order) {
  return {.location_id = order.location_id(), .business_date = ""};
}

template <class Command>
absl::Status Receive(runtime::Unit& unit, std::string_view id,
                     std::optional<uint64_t> expected_version, const Command& command) {
  ASSIGN_OR_RETURN(const v1::PurchaseOrder order, LoadOrder(unit, id));
  if (order.purchase_order_id().empty()) return Decide(order, id, command).status();
  v1::PurchaseOrderReceived received;
  RETURN_IF_ERROR(unit.Execute<PurchaseOrderAggregate>(
      id, expected_version, ScopeOf(order),
      [&](const v1::PurchaseOrder& state) -> PurchaseOrderEvents {
        PurchaseOrderEvents events = Decide(state, id, command);
        if (events.ok()) received = events->front().purchase_order_received();
        return events;
      }));
  StockKeeper keeper(unit, ScopeOf(order));
  for (const v1::ReceivedLine& line : received.lines()) {
    const StockKey key{.location_id = order.location_id(), .part_id = line.part_id()};
    RETURN_IF_ERROR(keeper.Do(key, ReceiveStock{.quantity_milli = line.quantity_milli(),
                                                .unit_cost_e4 = line.unit_cost_e4(),
                                                .purchase_order_id = std::string(id)}));
    RETURN_IF_ERROR(keeper.Do(key, ReduceOrderedStock{.purchase_order_id = std::string(id),
                                                      .quantity_milli = line.quantity_milli()}));
  }
  return keeper.OrderWhatRunsLow();
}

template <class Command>
absl::Status Execute(runtime::Unit& unit, const v1::PurchaseOrder& order, const Command& command) {
  return unit.Execute<PurchaseOrderAggregate>(
      order.purchase_order_id(), std::nullopt, ScopeOf(order),
      [&](const v1::PurchaseOrder& state) { return Decide(state, command); });
}

absl::Status RecordConfirmed(runtime::Unit& unit, const v1::PurchaseOrder& order,
                             const SupplierAnswer& answer) {
  if (order.status() != v1::PURCHASE_ORDER_STATUS_SENT) return absl::OkStatus();
  RETURN_IF_ERROR(Execute(unit, order, ConfirmPurchaseOrder{answer.reference}));
  if (!answer.delivered) return absl::OkStatus();
  return Receive(unit, order.purchase_order_id(), std::nullopt, ReceiveOutstanding{});
}

absl::Status RecordRefused(runtime::Unit& unit, const v1::PurchaseOrder& order,
                           const SupplierAnswer& answer) {
  if (order.status() != v1::PURCHASE_ORDER_STATUS_SENT) return absl::OkStatus();
  RETURN_IF_ERROR(Execute(unit, order, FailPurchaseOrder{answer.reason}));
  // The next sale may order again; doing so now would ask the same supplier for ever.
  StockKeeper keeper(unit, ScopeOf(order));
  for (const v1::PurchaseOrderLine& line : order.lines()) {
    const StockKey key{.location_id = order.location_id(), .part_id = line.part_id()};
    RETURN_IF_ERROR(
        keeper.Do(key, ReduceOrderedStock{.purchase_order_id = order.purchase_order_id(),
                                          .quantity_milli = line.quantity_milli()}));
  }
  return absl::OkStatus();
}

absl::Status SendAgain(runtime::Unit& unit, const v1::PurchaseOrder& order) {
  if (order.status() != v1::PURCHASE_ORDER_STATUS_SENT) return absl::OkStatus();
  RETURN_IF_ERROR(Execute(unit, order, SendPurchaseOrder{}));
  unit.RequestEffect(kPurchaseOrderEffect, order.purchase_order_id(), order.SerializeAsString());
  return unit.status();
}

}  // namespace

absl::Status ReceiveGoods(runtime::Unit& unit, std::string_view purchase_order_id,
                          std::optional<uint64_t> expected_version,
                          const ReceivePurchaseOrder& command) {
  return Receive(unit, purchase_order_id, expected_version, command);
}

absl::Status ReceiveGoods(runtime::Unit& unit, std::string_view purchase_order_id,
                          std::optional<uint64_t> expected_version,
                          const ReceiveOutstanding& command) {
  return Receive(unit, purchase_order_id, expected_version, command);
}

absl::Status RecordSupplierAnswer(runtime::Unit& unit, std::string_view purchase_order_id,
                                  const SupplierAnswer& answer) {
  ASSIGN_OR_RETURN(const v1::PurchaseOrder order, LoadOrder(unit, purchase_order_id));
  unit.FinishEffect(kPurchaseOrderEffect, purchase_order_id);
  switch (answer.what) {
    case SupplierAnswer::What::kConfirmed:
      return RecordConfirmed(unit, order, answer);
    case SupplierAnswer::What::kRefused:
      return RecordRefused(unit, order, answer);
    case SupplierAnswer::What::kNeverHeard:
      return SendAgain(unit, order);
  }
  return absl::OkStatus();
}

absl::Status ReopenOrder(runtime::Unit& unit, std::string_view purchase_order_id) {
  ASSIGN_OR_RETURN(const v1::PurchaseOrder order, LoadOrder(unit, purchase_order_id));
  unit.FinishEffect(kPurchaseOrderEffect, purchase_order_id);
  if (order.status() == v1::PURCHASE_ORDER_STATUS_SENT) {
    unit.RequestEffect(kPurchaseOrderEffect, purchase_order_id, order.SerializeAsString());
  }
  return unit.status();
}

}  // namespace pitlane::inventory
