// Streams both ways in step: each message gets one response, and the next message is read only when
// the response before it has been sent; so a fast sender waits in its own network buffers, and one
// that loses the connection knows by the responses how far it got.
//
//   return rpc::BidiStream<ImportPartsRequest, ImportPartsResponse>(
//       env_, context, std::make_unique<PartsImport>(…));
#pragma once

#include <memory>
#include <utility>

#include "grpcpp/support/server_callback.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/server_call.h"

namespace pitlane::rpc {

// What a service does with one stream. Calls come one at a time, never overlapping; the arguments
// are valid until Done is called. The stream ends with OK when the caller has sent everything.
template <typename Request, typename Response>
class BidiStreamHandler {
 public:
  virtual ~BidiStreamHandler() = default;
  // One message, already authorised by its own scope; with OK, `response` (empty at the call) is
  // sent. An error ends the stream.
  virtual void OnMessage(CallContext& call, const Request& request, Response* response,
                         Done done) = 0;
};

namespace internal {

template <typename Request, typename Response>
class BidiStreamReactor final : public grpc::ServerBidiReactor<Request, Response> {
 public:
  BidiStreamReactor(ServerEnv& env, grpc::CallbackServerContext& context,
                    std::unique_ptr<BidiStreamHandler<Request, Response>> handler)
      : call_(env, context, MethodOf<Request>()), handler_(std::move(handler)) {}

  void Start() {
    absl::Status status = call_.Identify(absl::InfiniteDuration());
    if (!status.ok()) return End(status);
    this->StartRead(&request_);
  }

  void OnReadDone(bool ok) override {
    if (!ok) return End(call_.context().cancelled() ? CallerLeft() : absl::OkStatus());
    absl::Status status = call_.Admit(request_);
    if (!status.ok()) return End(status);
    response_.Clear();
    RunCatching(
        [this](absl::Status done) {
          if (!done.ok()) return End(done);
          this->StartWrite(&response_);
        },
        [this](Done done) {
          handler_->OnMessage(call_.context(), request_, &response_, std::move(done));
        });
  }
  void OnWriteDone(bool ok) override {
    if (!ok) return End(CallerLeft());
    this->StartRead(&request_);
  }
  void OnCancel() override { call_.context().MarkCancelled(); }
  void OnDone() override { delete this; }

 private:
  void End(const absl::Status& status) { this->Finish(call_.End(status)); }

  ServerCall call_;
  Request request_;
  Response response_;
  std::unique_ptr<BidiStreamHandler<Request, Response>> handler_;
};

}  // namespace internal

template <typename Request, typename Response>
grpc::ServerBidiReactor<Request, Response>* BidiStream(
    ServerEnv& env, grpc::CallbackServerContext* context,
    std::unique_ptr<BidiStreamHandler<Request, Response>> handler) {
  auto* reactor =
      new internal::BidiStreamReactor<Request, Response>(env, *context, std::move(handler));
  reactor->Start();
  return reactor;
}

}  // namespace pitlane::rpc
