#include "services/ticket/api/approval_service.h"

#include "services/ticket/api/tax_requests.h"
#include "services/ticket/api/ticket_change.h"

namespace pitlane::ticket {
namespace {

template <class Request, class Response>
grpc::ServerUnaryReactor* Change(grpc::CallbackServerContext* context,
                                 const runtime::ServiceEnv& env, const Request* request,
                                 Response* response) {
  return runtime::Mutate(
      context, env, request, response, [](const Request& shape) { return CheckShape(shape); },
      DoToTicket<Request, Response>);
}

}  // namespace

grpc::ServerUnaryReactor* ApprovalServiceApi::RequestApproval(
    grpc::CallbackServerContext* context, const v1::RequestApprovalRequest* request,
    v1::RequestApprovalResponse* response) {
  return Change(context, env_, request, response);
}

grpc::ServerUnaryReactor* ApprovalServiceApi::GiveApproval(grpc::CallbackServerContext* context,
                                                           const v1::GiveApprovalRequest* request,
                                                           v1::GiveApprovalResponse* response) {
  return Change(context, env_, request, response);
}

}  // namespace pitlane::ticket
