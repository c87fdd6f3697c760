#include <string>

#include "libs/base/status.h"
#include "services/ticket/api/ticket_change.h"
#include "services/ticket/api/ticket_service.h"
#include "services/ticket/domain/menu.h"

namespace pitlane::ticket {
namespace {

absl::Status RecordLostSaleIn(runtime::Unit& unit, const v1::RecordLostSaleRequest& request,
                              v1::RecordLostSaleResponse* response) {
  ASSIGN_OR_RETURN(Desk desk, Desk::At(unit, request.location_id()));
  RecordLostSale command{.lost_sale = request.lost_sale()};
  command.lost_sale.set_location_id(request.location_id());
  const runtime::EventScope scope{.location_id = request.location_id(),
                                  .business_date = desk.context().business_date};
  RETURN_IF_ERROR(unit.Execute<LostSalesAggregate>(
      LostSalesStream(request.location_id()), std::nullopt, scope,
      [&command](const v1::LostSales& sales) { return Decide(sales, command); }));
  *response->mutable_lost_sale() = command.lost_sale;
  return absl::OkStatus();
}

}  // namespace

grpc::ServerUnaryReactor* TicketServiceApi::AddOverlap(grpc::CallbackServerContext* context,
                                                       const v1::AddOverlapRequest* request,
                                                       v1::AddOverlapResponse* response) {
  return ChangeTicket(context, env_, request, response);
}

grpc::ServerUnaryReactor* TicketServiceApi::AssignTechnicians(
    grpc::CallbackServerContext* context, const v1::AssignTechniciansRequest* request,
    v1::AssignTechniciansResponse* response) {
  return ChangeTicket(context, env_, request, response);
}

grpc::ServerUnaryReactor* TicketServiceApi::AddSubletLine(grpc::CallbackServerContext* context,
                                                          const v1::AddSubletLineRequest* request,
                                                          v1::AddSubletLineResponse* response) {
  return ChangeTicket(context, env_, request, response);
}

grpc::ServerUnaryReactor* TicketServiceApi::AddKit(grpc::CallbackServerContext* context,
                                                   const v1::AddKitRequest* request,
                                                   v1::AddKitResponse* response) {
  return ChangeTicket(context, env_, request, response);
}

grpc::ServerUnaryReactor* TicketServiceApi::AddCannedJob(grpc::CallbackServerContext* context,
                                                         const v1::AddCannedJobRequest* request,
                                                         v1::AddCannedJobResponse* response) {
  return ChangeTicket(context, env_, request, response);
}

grpc::ServerUnaryReactor* TicketServiceApi::ReplacePart(grpc::CallbackServerContext* context,
                                                        const v1::ReplacePartRequest* request,
                                                        v1::ReplacePartResponse* response) {
  return ChangeTicket(context, env_, request, response);
}

grpc::ServerUnaryReactor* TicketServiceApi::PlaceSpecialOrder(
    grpc::CallbackServerContext* context, const v1::PlaceSpecialOrderRequest* request,
    v1::PlaceSpecialOrderResponse* response) {
  return ChangeTicket(context, env_, request, response);
}

grpc::ServerUnaryReactor* TicketServiceApi::ReceiveSpecialOrder(
    grpc::CallbackServerContext* context, const v1::ReceiveSpecialOrderRequest* request,
    v1::ReceiveSpecialOrderResponse* response) {
  return ChangeTicket(context, env_, request, response);
}

grpc::ServerUnaryReactor* TicketServiceApi::HoldForWillCall(
    grpc::CallbackServerContext* context, const v1::HoldForWillCallRequest* request,
    v1::HoldForWillCallResponse* response) {
  return ChangeTicket(context, env_, request, response);
}

grpc::ServerUnaryReactor* TicketServiceApi::RecordTires(grpc::CallbackServerContext* context,
                                                        const v1::RecordTiresRequest* request,
                                                        v1::RecordTiresResponse* response) {
  return ChangeTicket(context, env_, request, response);
}

grpc::ServerUnaryReactor* TicketServiceApi::ReturnCore(grpc::CallbackServerContext* context,
                                                       const v1::ReturnCoreRequest* request,
                                                       v1::ReturnCoreResponse* response) {
  return ChangeTicket(context, env_, request, response);
}

grpc::ServerUnaryReactor* TicketServiceApi::ForfeitCore(grpc::CallbackServerContext* context,
                                                        const v1::ForfeitCoreRequest* request,
                                                        v1::ForfeitCoreResponse* response) {
  return ChangeTicket(context, env_, request, response);
}

grpc::ServerUnaryReactor* TicketServiceApi::ChargeStorage(grpc::CallbackServerContext* context,
                                                          const v1::ChargeStorageRequest* request,
                                                          v1::ChargeStorageResponse* response) {
  return ChangeTicket(context, env_, request, response);
}

grpc::ServerUnaryReactor* TicketServiceApi::RecordLostSale(grpc::CallbackServerContext* context,
                                                           const v1::RecordLostSaleRequest* request,
                                                           v1::RecordLostSaleResponse* response) {
  return runtime::Mutate(
      context, env_, request, response,
      [](const v1::RecordLostSaleRequest& shape) { return CheckShape(shape); }, RecordLostSaleIn);
}

}  // namespace pitlane::ticket
