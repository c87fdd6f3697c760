// Unary methods of a callback service:
//
//   grpc::ServerUnaryReactor* OpenTicket(grpc::CallbackServerContext* context,
//                                        const OpenTicketRequest* request,
//                                        OpenTicketResponse* response) override {
//     return rpc::Unary(env_, context, request, response,
//                       [this](rpc::CallContext& call, const OpenTicketRequest& request,
//                              OpenTicketResponse* response, rpc::Done done) { … });
//   }
//
// The caller is authenticated and authorised by the method's access option before the handler runs;
// refusals, metrics, the log line, trace context and position trailer are dealt with here.
#pragma once

#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

#include "grpcpp/support/server_callback.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/server_call.h"

namespace pitlane::rpc {

namespace internal {

class UnaryReactor final : public grpc::ServerUnaryReactor {
 public:
  UnaryReactor(ServerEnv& env, grpc::CallbackServerContext& context, const MethodInfo& method)
      : env_(env), call_(env, context, method) {}

  // Ends by itself; deletes itself when gRPC is done with it.
  void Start(const google::protobuf::Message& request,
             const std::function<void(CallContext&, Done)>& work);

  void OnCancel() override { call_.context().MarkCancelled(); }
  void OnDone() override { delete this; }

 private:
  ServerEnv& env_;
  ServerCall call_;
};

// A call without a network, from its admission to its end.
void RunDirect(ServerEnv& env, std::unique_ptr<DirectCall> direct, const MethodInfo& method,
               const google::protobuf::Message& request,
               const std::function<void(CallContext&, Done)>& work);

}  // namespace internal

// `handler` is either `void(CallContext&, const Request&, Response*, Done)`, which must return soon
// and see that Done is called, from whichever thread; or `absl::Status(CallContext&, const
// Request&, Response*)`, for answers that need no waiting. Context, request and response stay valid
// until Done is called. An error discards the response.
template <typename Request, typename Response, typename Handler>
grpc::ServerUnaryReactor* Unary(ServerEnv& env, grpc::CallbackServerContext* context,
                                const Request* request, Response* response, Handler&& handler) {
  const auto work = [&](CallContext& call, Done done) {
    if constexpr (std::is_invocable_r_v<absl::Status, Handler, CallContext&, const Request&,
                                        Response*>) {
      done(handler(call, *request, response));
    } else {
      handler(call, *request, response, std::move(done));
    }
  };
  if (context == nullptr) {
    internal::RunDirect(env, env.TakeDirect(), MethodOf<Request>(), *request, work);
    return nullptr;
  }
  auto* reactor = new internal::UnaryReactor(env, *context, MethodOf<Request>());
  reactor->Start(*request, work);
  return reactor;
}

}  // namespace pitlane::rpc
