#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/ids.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/rpc/errors.h"
#include "libs/runtime/command_call.h"
#include "libs/runtime/expected_version.h"
#include "services/inventory/api/inventory_service.h"
#include "services/inventory/api/parts_import.h"
#include "services/inventory/api/requests.h"
#include "services/inventory/domain/supplier.h"
#include "services/inventory/projections/supplier_names.h"
#include "services/inventory/purchasing.h"
#include "services/inventory/stock_keeping.h"

namespace pitlane::inventory {
namespace {

using runtime::Unit;

// Every check runs on the RPC's thread, every decision on the executor's.
constexpr auto kCheckShape = [](const auto& request) { return CheckShape(request); };

absl::Status DecideRegisterSupplier(Unit& unit, const v1::RegisterSupplierRequest& request,
                                    v1::RegisterSupplierResponse* response) {
  RegisterSupplier command{
      .supplier_id = request.supplier_id(), .name = request.name(), .holder_of_name = ""};
  if (command.supplier_id.empty()) {
    command.supplier_id = unit.NewId<SupplierId>(RandomSlot(unit.entropy())).text();
  }
  ASSIGN_OR_RETURN(auto holder, SupplierNames::Find(unit.views(), command.name));
  command.holder_of_name = std::move(holder).value_or("");
  RETURN_IF_ERROR(unit.Execute<SupplierAggregate>(
      command.supplier_id, std::nullopt, runtime::EventScope(),
      [&](const v1::Supplier& supplier) { return Decide(supplier, command); }));
  ASSIGN_OR_RETURN(const auto supplier, unit.Load<SupplierAggregate>(command.supplier_id));
  *response->mutable_supplier() = supplier.state;
  return absl::OkStatus();
}

absl::Status DecideChangePrice(Unit& unit, const v1::ChangePriceRequest& request,
                               v1::ChangePriceResponse* response) {
  const ChangePrice command = CommandOf(request);
  RETURN_IF_ERROR(unit.Execute<PartAggregate>(
      request.part_id(), runtime::ExpectedVersion(request), runtime::EventScope(),
      [&](const v1::Part& part) { return Decide(part, request.part_id(), command); }));
  ASSIGN_OR_RETURN(const auto part, unit.Load<PartAggregate>(request.part_id()));
  *response->mutable_part() = part.state;
  return absl::OkStatus();
}

// One command for the stock of a known part, with what follows from it; answers with the level.
template <class Command, class Request, class Response>
absl::Status KeepStock(Unit& unit, const Request& request, const Command& command,
                       Response* response) {
  const StockKey key = KeyOf(request);
  StockKeeper keeper(unit, {.location_id = key.location_id, .business_date = ""});
  RETURN_IF_ERROR(keeper.Do(key, command, runtime::ExpectedVersion(request)));
  RETURN_IF_ERROR(keeper.OrderWhatRunsLow());
  ASSIGN_OR_RETURN(const auto item, unit.Load<StockItemAggregate>(key.stream_id()));
  *response->mutable_level() = item.state.level();
  response->mutable_level()->set_part_id(key.part_id);
  response->mutable_level()->set_location_id(key.location_id);
  return absl::OkStatus();
}

absl::Status CheckSupplierKnown(Unit& unit, const std::string& supplier_id) {
  if (supplier_id.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const auto supplier, unit.Load<SupplierAggregate>(supplier_id));
  if (supplier.version > 0) return absl::OkStatus();
  return rpc::NotFound(v1::SUPPLIER_UNKNOWN, absl::StrCat("there is no supplier ", supplier_id));
}

absl::Status DecideSetReorderRule(Unit& unit, const v1::SetReorderRuleRequest& request,
                                  v1::SetReorderRuleResponse* response) {
  RETURN_IF_ERROR(CheckSupplierKnown(unit, request.supplier_id()));
  RETURN_IF_ERROR(KnownPart(unit, request.part_id()).status());
  return KeepStock(unit, request,
                   SetReorderRule{.reorder_point_milli = request.reorder_point_milli(),
                                  .reorder_quantity_milli = request.reorder_quantity_milli(),
                                  .supplier_id = request.supplier_id()},
                   response);
}

absl::Status DecideReceiveStock(Unit& unit, const v1::ReceiveStockRequest& request,
                                v1::ReceiveStockResponse* response) {
  ASSIGN_OR_RETURN(const v1::Part part, KnownPart(unit, request.part_id()));
  return KeepStock(unit, request,
                   ReceiveStock{.quantity_milli = request.quantity_milli(),
                                .unit_cost_e4 = request.has_unit_cost_e4() ? request.unit_cost_e4()
                                                                           : part.unit_cost_e4(),
                                .purchase_order_id = ""},
                   response);
}

absl::Status DecideAdjustStock(Unit& unit, const v1::AdjustStockRequest& request,
                               v1::AdjustStockResponse* response) {
  ASSIGN_OR_RETURN(const v1::Part part, KnownPart(unit, request.part_id()));
  return KeepStock(unit, request,
                   AdjustStock{.change_milli = request.change_milli(),
                               .reason = request.reason(),
                               .note = request.note(),
                               .catalogue_cost_e4 = part.unit_cost_e4()},
                   response);
}

template <class Request, class Command, class Response>
absl::Status Receive(Unit& unit, const Request& request, const Command& command,
                     Response* response) {
  RETURN_IF_ERROR(
      ReceiveGoods(unit, request.purchase_order_id(), runtime::ExpectedVersion(request), command));
  ASSIGN_OR_RETURN(const auto order,
                   unit.Load<PurchaseOrderAggregate>(request.purchase_order_id()));
  *response->mutable_purchase_order() = order.state;
  return absl::OkStatus();
}

}  // namespace

grpc::ServerUnaryReactor* InventoryServiceApi::RegisterSupplier(
    grpc::CallbackServerContext* context, const v1::RegisterSupplierRequest* request,
    v1::RegisterSupplierResponse* response) {
  return runtime::Mutate(context, env_, request, response, kCheckShape, DecideRegisterSupplier);
}

grpc::ServerBidiReactor<v1::ImportPartsRequest, v1::ImportPartsResponse>*
InventoryServiceApi::ImportParts(grpc::CallbackServerContext* context) {
  return rpc::BidiStream<v1::ImportPartsRequest, v1::ImportPartsResponse>(
      env_.rpc, context, std::make_unique<PartsImport>(env_));
}

grpc::ServerUnaryReactor* InventoryServiceApi::ChangePrice(grpc::CallbackServerContext* context,
                                                           const v1::ChangePriceRequest* request,
                                                           v1::ChangePriceResponse* response) {
  return runtime::Mutate(context, env_, request, response, kCheckShape, DecideChangePrice);
}

grpc::ServerUnaryReactor* InventoryServiceApi::SetReorderRule(
    grpc::CallbackServerContext* context, const v1::SetReorderRuleRequest* request,
    v1::SetReorderRuleResponse* response) {
  return runtime::Mutate(context, env_, request, response, kCheckShape, DecideSetReorderRule);
}

grpc::ServerUnaryReactor* InventoryServiceApi::ReceiveStock(grpc::CallbackServerContext* context,
                                                            const v1::ReceiveStockRequest* request,
                                                            v1::ReceiveStockResponse* response) {
  return runtime::Mutate(context, env_, request, response, kCheckShape, DecideReceiveStock);
}

grpc::ServerUnaryReactor* InventoryServiceApi::AdjustStock(grpc::CallbackServerContext* context,
                                                           const v1::AdjustStockRequest* request,
                                                           v1::AdjustStockResponse* response) {
  return runtime::Mutate(context, env_, request, response, kCheckShape, DecideAdjustStock);
}

grpc::ServerUnaryReactor* InventoryServiceApi::ReceivePurchaseOrder(
    grpc::CallbackServerContext* context, const v1::ReceivePurchaseOrderRequest* request,
    v1::ReceivePurchaseOrderResponse* response) {
  return runtime::Mutate(context, env_, request, response, kCheckShape,
                         [](Unit& unit, const v1::ReceivePurchaseOrderRequest& req,
                            v1::ReceivePurchaseOrderResponse* resp) {
                           return Receive(unit, req, CommandOf(req), resp);
                         });
}

grpc::ServerUnaryReactor* InventoryServiceApi::DeliverSimulatedOrder(
    grpc::CallbackServerContext* context, const v1::DeliverSimulatedOrderRequest* request,
    v1::DeliverSimulatedOrderResponse* response) {
  return runtime::Mutate(
      context, env_, request, response,
      [this](const v1::DeliverSimulatedOrderRequest& req) -> absl::Status {
        RETURN_IF_ERROR(CheckId<PurchaseOrderId>("purchase_order_id", req.purchase_order_id()));
        // A real supplier delivers by itself.
        if (simulated_) return absl::OkStatus();
        return rpc::Refused(v1::SUPPLIER_NOT_SIMULATED,
                            "orders go to real suppliers here; receive what they bring");
      },
      [](Unit& unit, const v1::DeliverSimulatedOrderRequest& req,
         v1::DeliverSimulatedOrderResponse* resp) {
        return Receive(unit, req, ReceiveOutstanding{}, resp);
      });
}

}  // namespace pitlane::inventory
