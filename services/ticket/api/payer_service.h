// PayerService over gRPC: who pays for what.
#pragma once

#include "libs/runtime/command_call.h"
#include "pitlane/ticket/v1/payer_service.grpc.pb.h"

namespace pitlane::ticket {

// Thread-safe, as gRPC's callback services are.
class PayerServiceApi final : public v1::PayerService::CallbackService {
 public:
  // `env` is borrowed.
  explicit PayerServiceApi(const runtime::ServiceEnv& env) : env_(env) {}

  grpc::ServerUnaryReactor* SplitJob(grpc::CallbackServerContext* context,
                                     const v1::SplitJobRequest* request,
                                     v1::SplitJobResponse* response) override;
  grpc::ServerUnaryReactor* PutOnAccount(grpc::CallbackServerContext* context,
                                         const v1::PutOnAccountRequest* request,
                                         v1::PutOnAccountResponse* response) override;

 private:
  const runtime::ServiceEnv& env_;
};

}  // namespace pitlane::ticket
