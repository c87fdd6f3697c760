// CreditService over gRPC.
#pragma once

#include "libs/runtime/command_call.h"
#include "pitlane/ticket/v1/credit_service.grpc.pb.h"

namespace pitlane::ticket {

// Thread-safe, as gRPC's callback services are.
class CreditServiceApi final : public v1::CreditService::CallbackService {
 public:
  // `env` is borrowed.
  explicit CreditServiceApi(const runtime::ServiceEnv& env) : env_(env) {}

  grpc::ServerUnaryReactor* IssueCreditMemo(grpc::CallbackServerContext* context,
                                            const v1::IssueCreditMemoRequest* request,
                                            v1::IssueCreditMemoResponse* response) override;
  grpc::ServerUnaryReactor* PreviewCreditMemo(grpc::CallbackServerContext* context,
                                              const v1::PreviewCreditMemoRequest* request,
                                              v1::PreviewCreditMemoResponse* response) override;
  grpc::ServerUnaryReactor* GetCreditMemo(grpc::CallbackServerContext* context,
                                          const v1::GetCreditMemoRequest* request,
                                          v1::GetCreditMemoResponse* response) override;
  grpc::ServerUnaryReactor* ListCreditMemos(grpc::CallbackServerContext* context,
                                            const v1::ListCreditMemosRequest* request,
                                            v1::ListCreditMemosResponse* response) override;

 private:
  const runtime::ServiceEnv& env_;
};

}  // namespace pitlane::ticket
