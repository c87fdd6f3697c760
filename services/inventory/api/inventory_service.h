// InventoryService over gRPC: checks the shape of requests, hands commands to the executor, answers
// reads from the views.
#pragma once

#include "libs/runtime/command_call.h"
#include "pitlane/inventory/v1/inventory_service.grpc.pb.h"

namespace pitlane::inventory {

// Thread-safe, as gRPC's callback services are.
class InventoryServiceApi final : public v1::InventoryService::CallbackService {
 public:
  // `env` is borrowed. `simulated`: whether orders go to a simulated supplier.
  InventoryServiceApi(const runtime::ServiceEnv& env, bool simulated)
      : env_(env), simulated_(simulated) {}

  grpc::ServerUnaryReactor* RegisterSupplier(grpc::CallbackServerContext* context,
                                             const v1::RegisterSupplierRequest* request,
                                             v1::RegisterSupplierResponse* response) override;
  grpc::ServerUnaryReactor* GetSupplier(grpc::CallbackServerContext* context,
                                        const v1::GetSupplierRequest* request,
                                        v1::GetSupplierResponse* response) override;
  grpc::ServerUnaryReactor* ListSuppliers(grpc::CallbackServerContext* context,
                                          const v1::ListSuppliersRequest* request,
                                          v1::ListSuppliersResponse* response) override;

  grpc::ServerBidiReactor<v1::ImportPartsRequest, v1::ImportPartsResponse>* ImportParts(
      grpc::CallbackServerContext* context) override;
  grpc::ServerUnaryReactor* ChangePrice(grpc::CallbackServerContext* context,
                                        const v1::ChangePriceRequest* request,
                                        v1::ChangePriceResponse* response) override;
  grpc::ServerUnaryReactor* SetReorderRule(grpc::CallbackServerContext* context,
                                           const v1::SetReorderRuleRequest* request,
                                           v1::SetReorderRuleResponse* response) override;
  grpc::ServerUnaryReactor* ReceiveStock(grpc::CallbackServerContext* context,
                                         const v1::ReceiveStockRequest* request,
                                         v1::ReceiveStockResponse* response) override;
  grpc::ServerUnaryReactor* AdjustStock(grpc::CallbackServerContext* context,
                                        const v1::AdjustStockRequest* request,
                                        v1::AdjustStockResponse* response) override;

  grpc::ServerUnaryReactor* GetPart(grpc::CallbackServerContext* context,
                                    const v1::GetPartRequest* request,
                                    v1::GetPartResponse* response) override;
  grpc::ServerUnaryReactor* SearchParts(grpc::CallbackServerContext* context,
                                        const v1::SearchPartsRequest* request,
                                        v1::SearchPartsResponse* response) override;
  grpc::ServerUnaryReactor* GetStock(grpc::CallbackServerContext* context,
                                     const v1::GetStockRequest* request,
                                     v1::GetStockResponse* response) override;
  grpc::ServerUnaryReactor* ListStock(grpc::CallbackServerContext* context,
                                      const v1::ListStockRequest* request,
                                      v1::ListStockResponse* response) override;
  grpc::ServerUnaryReactor* ListPartStock(grpc::CallbackServerContext* context,
                                          const v1::ListPartStockRequest* request,
                                          v1::ListPartStockResponse* response) override;
  grpc::ServerUnaryReactor* ListTicketStock(grpc::CallbackServerContext* context,
                                            const v1::ListTicketStockRequest* request,
                                            v1::ListTicketStockResponse* response) override;
  grpc::ServerWriteReactor<v1::WatchStockResponse>* WatchStock(
      grpc::CallbackServerContext* context, const v1::WatchStockRequest* request) override;

  grpc::ServerUnaryReactor* ListPurchaseOrders(grpc::CallbackServerContext* context,
                                               const v1::ListPurchaseOrdersRequest* request,
                                               v1::ListPurchaseOrdersResponse* response) override;
  grpc::ServerUnaryReactor* GetPurchaseOrder(grpc::CallbackServerContext* context,
                                             const v1::GetPurchaseOrderRequest* request,
                                             v1::GetPurchaseOrderResponse* response) override;
  grpc::ServerUnaryReactor* ReceivePurchaseOrder(
      grpc::CallbackServerContext* context, const v1::ReceivePurchaseOrderRequest* request,
      v1::ReceivePurchaseOrderResponse* response) override;
  grpc::ServerUnaryReactor* DeliverSimulatedOrder(
      grpc::CallbackServerContext* context, const v1::DeliverSimulatedOrderRequest* request,
      v1::DeliverSimulatedOrderResponse* response) override;

 private:
  const runtime::ServiceEnv& env_;
  const bool simulated_;
};

}  // namespace pitlane::inventory
