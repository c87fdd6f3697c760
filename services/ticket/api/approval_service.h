// ApprovalService over gRPC: the second person.
#pragma once

#include "libs/runtime/command_call.h"
#include "pitlane/ticket/v1/approval_service.grpc.pb.h"

namespace pitlane::ticket {

// Thread-safe, as gRPC's callback services are.
class ApprovalServiceApi final : public v1::ApprovalService::CallbackService {
 public:
  // `env` is borrowed.
  explicit ApprovalServiceApi(const runtime::ServiceEnv& env) : env_(env) {}

  grpc::ServerUnaryReactor* RequestApproval(grpc::CallbackServerContext* context,
                                            const v1::RequestApprovalRequest* request,
                                            v1::RequestApprovalResponse* response) override;
  grpc::ServerUnaryReactor* GiveApproval(grpc::CallbackServerContext* context,
                                         const v1::GiveApprovalRequest* request,
                                         v1::GiveApprovalResponse* response) override;

 private:
  const runtime::ServiceEnv& env_;
};

}  // namespace pitlane::ticket
