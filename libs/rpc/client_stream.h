// Client streams: messages come one at a time; the next is read only when the one before is done,
// so a fast sender waits in its own network buffers.
//
//   return rpc::ClientStream<ImportPartsRequest>(env_, context, response,
//                                                std::make_unique<PartsImport>(…));
#pragma once

#include <atomic>
#include <memory>
#include <utility>

#include "grpcpp/support/server_callback.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/server_call.h"

namespace pitlane::rpc {

// What a service does with one stream. Calls come one at a time, never overlapping; the arguments
// are valid until Done is called.
template <typename Request, typename Response>
class ClientStreamHandler {
 public:
  virtual ~ClientStreamHandler() = default;
  // One message, already authorised by its own scope. An error ends the stream.
  virtual void OnMessage(CallContext& call, const Request& request, Done done) = 0;
  // The caller has sent everything; with OK the response is the answer. Not called after an error.
  // A caller that vanishes usually leads straight to the destructor, but may look like one that has
  // ended: rely on every message having been dealt with, never on having got them all.
  virtual void OnEnd(CallContext& call, Response* response, Done done) = 0;
};

namespace internal {

template <typename Request, typename Response>
class ClientStreamReactor final : public grpc::ServerReadReactor<Request> {
 public:
  ClientStreamReactor(ServerEnv& env, grpc::CallbackServerContext& context, Response* response,
                      std::unique_ptr<ClientStreamHandler<Request, Response>> handler)
      : call_(env, context, MethodOf<Request>()),
        response_(response),
        handler_(std::move(handler)) {}

  void Start() {
    absl::Status status = call_.Identify(absl::InfiniteDuration());
    if (!status.ok()) return End(status);
    // Tells the caller that it may send, before it has sent anything.
    this->StartSendInitialMetadata();
    this->StartRead(&request_);
  }

  void OnReadDone(bool ok) override {
    if (!ok) return Conclude();
    absl::Status status = call_.Admit(request_);
    if (!status.ok()) return End(status);
    RunCatching(
        [this](absl::Status done) {
          if (!done.ok()) return End(done);
          this->StartRead(&request_);
        },
        [this](Done done) { handler_->OnMessage(call_.context(), request_, std::move(done)); });
  }
  void OnCancel() override { call_.context().MarkCancelled(); }
  void OnDone() override { delete this; }

 private:
  void Conclude() {
    if (call_.context().cancelled()) return End(CallerLeft());
    RunCatching(
        [this](absl::Status done) { End(done); },
        [this](Done done) { handler_->OnEnd(call_.context(), response_, std::move(done)); });
  }
  void End(const absl::Status& status) { this->Finish(call_.End(status)); }

  ServerCall call_;
  Response* const response_;
  Request request_;
  std::unique_ptr<ClientStreamHandler<Request, Response>> handler_;
};

}  // namespace internal

template <typename Request, typename Response>
grpc::ServerReadReactor<Request>* ClientStream(
    ServerEnv& env, grpc::CallbackServerContext* context, Response* response,
    std::unique_ptr<ClientStreamHandler<Request, Response>> handler) {
  auto* reactor = new internal::ClientStreamReactor<Request, Response>(env, *context, response,
                                                                       std::move(handler));
  reactor->Start();
  return reactor;
}

}  // namespace pitlane::rpc
