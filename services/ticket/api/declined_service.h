// DeclinedWorkService over gRPC.
#pragma once

#include "libs/runtime/command_call.h"
#include "pitlane/ticket/v1/declined_service.grpc.pb.h"

namespace pitlane::ticket {

// Thread-safe, as gRPC's callback services are.
class DeclinedWorkServiceApi final : public v1::DeclinedWorkService::CallbackService {
 public:
  // `env` is borrowed.
  explicit DeclinedWorkServiceApi(const runtime::ServiceEnv& env) : env_(env) {}

  grpc::ServerUnaryReactor* ListDeclinedWork(grpc::CallbackServerContext* context,
                                             const v1::ListDeclinedWorkRequest* request,
                                             v1::ListDeclinedWorkResponse* response) override;
  grpc::ServerUnaryReactor* TakeUpDeclinedWork(grpc::CallbackServerContext* context,
                                               const v1::TakeUpDeclinedWorkRequest* request,
                                               v1::TakeUpDeclinedWorkResponse* response) override;

 private:
  const runtime::ServiceEnv& env_;
};

}  // namespace pitlane::ticket
