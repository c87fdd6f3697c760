#include "services/ticket/api/payer_service.h"

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

grpc::ServerUnaryReactor* PayerServiceApi::SplitJob(grpc::CallbackServerContext* context,
                                                    const v1::SplitJobRequest* request,
                                                    v1::SplitJobResponse* response) {
  return Change(context, env_, request, response);
}

grpc::ServerUnaryReactor* PayerServiceApi::PutOnAccount(grpc::CallbackServerContext* context,
                                                        const v1::PutOnAccountRequest* request,
                                                        v1::PutOnAccountResponse* response) {
  return Change(context, env_, request, response);
}

}  // namespace pitlane::ticket
