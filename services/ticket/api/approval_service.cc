#include "services/ticket/api/approval_service.h"

#include "services/ticket/api/ticket_change.h"

namespace pitlane::ticket {

grpc::ServerUnaryReactor* ApprovalServiceApi::RequestApproval(
    grpc::CallbackServerContext* context, const v1::RequestApprovalRequest* request,
    v1::RequestApprovalResponse* response) {
  return ChangeTicket(context, env_, request, response);
}

grpc::ServerUnaryReactor* ApprovalServiceApi::GiveApproval(grpc::CallbackServerContext* context,
                                                           const v1::GiveApprovalRequest* request,
                                                           v1::GiveApprovalResponse* response) {
  return ChangeTicket(context, env_, request, response);
}

}  // namespace pitlane::ticket
