// The service's methods: check the shape, hand over, answer. No rules.
#pragma once

#include "libs/runtime/command_call.h"
#include "pitlane/terminal_gateway/v1/terminal_gateway_service.grpc.pb.h"

namespace pitlane::terminal_gateway {

// Thread-safe.
class TerminalGatewayServiceApi final : public v1::TerminalGatewayService::CallbackService {
 public:
  // `env` is borrowed.
  TerminalGatewayServiceApi(const runtime::ServiceEnv& env, bool simulate_by_amount)
      : env_(env), simulate_by_amount_(simulate_by_amount) {}

  grpc::ServerUnaryReactor* RegisterReader(grpc::CallbackServerContext* context,
                                           const v1::RegisterReaderRequest* request,
                                           v1::RegisterReaderResponse* response) override;
  grpc::ServerUnaryReactor* GetReader(grpc::CallbackServerContext* context,
                                      const v1::GetReaderRequest* request,
                                      v1::GetReaderResponse* response) override;
  grpc::ServerUnaryReactor* ListReaders(grpc::CallbackServerContext* context,
                                        const v1::ListReadersRequest* request,
                                        v1::ListReadersResponse* response) override;
  grpc::ServerUnaryReactor* ProcessPayment(grpc::CallbackServerContext* context,
                                           const v1::ProcessPaymentRequest* request,
                                           v1::ProcessPaymentResponse* response) override;
  grpc::ServerUnaryReactor* ProcessRefund(grpc::CallbackServerContext* context,
                                          const v1::ProcessRefundRequest* request,
                                          v1::ProcessRefundResponse* response) override;
  grpc::ServerUnaryReactor* CancelAction(grpc::CallbackServerContext* context,
                                         const v1::CancelActionRequest* request,
                                         v1::CancelActionResponse* response) override;
  grpc::ServerUnaryReactor* GetAction(grpc::CallbackServerContext* context,
                                      const v1::GetActionRequest* request,
                                      v1::GetActionResponse* response) override;
  grpc::ServerUnaryReactor* ResolveAction(grpc::CallbackServerContext* context,
                                          const v1::ResolveActionRequest* request,
                                          v1::ResolveActionResponse* response) override;
  grpc::ServerUnaryReactor* ScriptSimulator(grpc::CallbackServerContext* context,
                                            const v1::ScriptSimulatorRequest* request,
                                            v1::ScriptSimulatorResponse* response) override;
  grpc::ServerWriteReactor<v1::WatchReadersResponse>* WatchReaders(
      grpc::CallbackServerContext* context, const v1::WatchReadersRequest* request) override;

 private:
  const runtime::ServiceEnv& env_;
  const bool simulate_by_amount_;
};

}  // namespace pitlane::terminal_gateway
