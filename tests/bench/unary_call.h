// A unary call that is under way on its own, as the benchmarks keep many of.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "grpcpp/client_context.h"
#include "libs/base/check.h"
#include "libs/rpc/channel.h"
#include "libs/rpc/grpc_status.h"

namespace pitlane::bench {

// `begin` is (ClientContext*, const Request*, Response*, callback): a method of a stub's async().
// `done` is called when it is answered; a refusal is a CHECK.
template <class Response, class Request, class BeginFn>
void CallUnary(const std::string& token, Request request, BeginFn begin,
               std::function<void()> done) {
  struct Call {
    grpc::ClientContext context;
    Request request;
    Response response;
  };
  auto call = std::make_shared<Call>();  // shared with the callback: lives until it is answered
  call->request = std::move(request);
  rpc::AttachToken(call->context, token);
  rpc::SetTimeout(call->context, absl::Seconds(60));
  begin(&call->context, &call->request, &call->response,
        [call, done = std::move(done)](const grpc::Status& status) {
          PITLANE_CHECK_OK(rpc::FromGrpcStatus(status));
          done();
        });
}

}  // namespace pitlane::bench
