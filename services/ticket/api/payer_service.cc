#include "services/ticket/api/payer_service.h"

#include "services/ticket/api/ticket_change.h"

namespace pitlane::ticket {

grpc::ServerUnaryReactor* PayerServiceApi::SplitJob(grpc::CallbackServerContext* context,
                                                    const v1::SplitJobRequest* request,
                                                    v1::SplitJobResponse* response) {
  return ChangeTicket(context, env_, request, response);
}

grpc::ServerUnaryReactor* PayerServiceApi::PutOnAccount(grpc::CallbackServerContext* context,
                                                        const v1::PutOnAccountRequest* request,
                                                        v1::PutOnAccountResponse* response) {
  return ChangeTicket(context, env_, request, response);
}

}  // namespace pitlane::ticket
