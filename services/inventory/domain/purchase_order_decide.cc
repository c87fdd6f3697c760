#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/rpc/errors.h"
#include "pitlane/inventory/v1/inventory_service.pb.h"
#include "services/inventory/domain/purchase_order.h"

namespace pitlane::inventory {
namespace {

std::vector<v1::InventoryEvent> Nothing() { return {}; }

absl::Status CheckReceivable(const v1::PurchaseOrder& order, std::string_view purchase_order_id) {
  if (order.purchase_order_id().empty()) {
    return rpc::NotFound(v1::PURCHASE_ORDER_UNKNOWN,
                         absl::StrCat("there is no purchase order ", ToAbsl(purchase_order_id)));
  }
  // What is closed has all its goods, what is cancelled gets none.
  if (!IsOpen(order.status())) {
    return rpc::Refused(
        v1::PURCHASE_ORDER_OVER,
        absl::StrCat("order ", order.purchase_order_id(),
                     " is closed or cancelled; receive the goods without an order"));
  }
  // Nobody has promised these goods yet.
  if (order.status() != v1::PURCHASE_ORDER_STATUS_CONFIRMED &&
      order.status() != v1::PURCHASE_ORDER_STATUS_PARTIALLY_RECEIVED) {
    return rpc::Refused(v1::PURCHASE_ORDER_NOT_CONFIRMED,
                        absl::StrCat("the supplier has not confirmed order ",
                                     order.purchase_order_id(), " yet; try again once it has"));
  }
  return absl::OkStatus();
}

const v1::PurchaseOrderLine* FindLine(const v1::PurchaseOrder& order, std::string_view part_id) {
  for (const v1::PurchaseOrderLine& line : order.lines()) {
    if (line.part_id() == part_id) return &line;
  }
  return nullptr;
}

absl::StatusOr<v1::ReceivedLine> ReceiveLine(const v1::PurchaseOrder& order,
                                             const ReceivedOfLine& received) {
  // Goods that were not ordered are received without an order.
  const v1::PurchaseOrderLine* line = FindLine(order, received.part_id);
  if (line == nullptr) {
    return rpc::Refused(v1::PURCHASE_ORDER_LINE_UNKNOWN,
                        absl::StrCat("order ", order.purchase_order_id(), " has no line of part ",
                                     received.part_id));
  }
  // The shop pays for what it ordered: more than that goes back or is ordered anew.
  const int64_t outstanding = line->quantity_milli() - line->received_milli();
  if (received.quantity_milli > outstanding) {
    return rpc::Refused(v1::OVER_RECEIPT,
                        absl::StrCat("order ", order.purchase_order_id(), " expects ", outstanding,
                                     " more thousandths of part ", received.part_id));
  }
  v1::ReceivedLine result;
  result.set_part_id(received.part_id);
  result.set_quantity_milli(received.quantity_milli);
  result.set_unit_cost_e4(received.unit_cost_e4.value_or(line->unit_cost_e4()));
  return result;
}

std::vector<v1::InventoryEvent> ReceivedEvents(const v1::PurchaseOrder& order,
                                               v1::PurchaseOrderReceived received) {
  std::vector<v1::InventoryEvent> events(1);
  received.set_purchase_order_id(order.purchase_order_id());
  *events[0].mutable_purchase_order_received() = std::move(received);
  v1::PurchaseOrder after = order;
  PurchaseOrderAggregate::Apply(after, events[0]);
  // Everything is here, so nothing more is expected of the order.
  if (after.status() == v1::PURCHASE_ORDER_STATUS_RECEIVED) {
    events.emplace_back().mutable_purchase_order_closed()->set_purchase_order_id(
        order.purchase_order_id());
  }
  return events;
}

}  // namespace

bool IsOpen(v1::PurchaseOrderStatus status) {
  return status != v1::PURCHASE_ORDER_STATUS_CLOSED &&
         status != v1::PURCHASE_ORDER_STATUS_CANCELLED;
}

PurchaseOrderEvents Decide(const v1::PurchaseOrder& order, const RaisePurchaseOrder& command) {
  if (!order.purchase_order_id().empty()) return Nothing();
  v1::InventoryEvent event;
  v1::PurchaseOrder& raised = *event.mutable_purchase_order_raised()->mutable_purchase_order();
  raised = command.order;
  raised.set_status(v1::PURCHASE_ORDER_STATUS_DRAFT);
  raised.set_version(1);
  return std::vector{event};
}

PurchaseOrderEvents Decide(const v1::PurchaseOrder& order, const SendPurchaseOrder&) {
  if (order.status() != v1::PURCHASE_ORDER_STATUS_DRAFT &&
      order.status() != v1::PURCHASE_ORDER_STATUS_SENT) {
    return Nothing();
  }
  v1::InventoryEvent event;
  event.mutable_purchase_order_sent()->set_purchase_order_id(order.purchase_order_id());
  return std::vector{event};
}

PurchaseOrderEvents Decide(const v1::PurchaseOrder& order, const ConfirmPurchaseOrder& command) {
  if (order.status() != v1::PURCHASE_ORDER_STATUS_SENT) return Nothing();
  v1::InventoryEvent event;
  event.mutable_purchase_order_confirmed()->set_purchase_order_id(order.purchase_order_id());
  event.mutable_purchase_order_confirmed()->set_supplier_reference(command.supplier_reference);
  return std::vector{event};
}

PurchaseOrderEvents Decide(const v1::PurchaseOrder& order, const FailPurchaseOrder& command) {
  if (order.status() != v1::PURCHASE_ORDER_STATUS_SENT) return Nothing();
  v1::InventoryEvent event;
  event.mutable_purchase_order_failed()->set_purchase_order_id(order.purchase_order_id());
  event.mutable_purchase_order_failed()->set_reason(command.reason);
  return std::vector{event};
}

PurchaseOrderEvents Decide(const v1::PurchaseOrder& order, std::string_view purchase_order_id,
                           const ReceivePurchaseOrder& command) {
  RETURN_IF_ERROR(CheckReceivable(order, purchase_order_id));
  v1::PurchaseOrderReceived received;
  std::set<std::string> seen;
  for (const ReceivedOfLine& line : command.lines) {
    // Two lines of one part would each be measured against the same outstanding quantity.
    if (!seen.insert(line.part_id).second) {
      return rpc::Refused(v1::PURCHASE_ORDER_LINE_UNKNOWN,
                          absl::StrCat("part ", line.part_id, " is named twice; add it up"));
    }
    ASSIGN_OR_RETURN(*received.add_lines(), ReceiveLine(order, line));
  }
  return ReceivedEvents(order, std::move(received));
}

PurchaseOrderEvents Decide(const v1::PurchaseOrder& order, std::string_view purchase_order_id,
                           const ReceiveOutstanding&) {
  RETURN_IF_ERROR(CheckReceivable(order, purchase_order_id));
  v1::PurchaseOrderReceived received;
  for (const v1::PurchaseOrderLine& line : order.lines()) {
    if (line.quantity_milli() == line.received_milli()) continue;
    v1::ReceivedLine& all = *received.add_lines();
    all.set_part_id(line.part_id());
    all.set_quantity_milli(line.quantity_milli() - line.received_milli());
    all.set_unit_cost_e4(line.unit_cost_e4());
  }
  return ReceivedEvents(order, std::move(received));
}

}  // namespace pitlane::inventory
