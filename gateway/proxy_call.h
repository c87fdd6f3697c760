// One call passing through: bytes and metadata, both ways, without looking into messages.
//
// Each direction has one message in flight: read, write, and only then read again. So the slower
// side sets the pace, and a call never holds more than two messages.
#pragma once

#include <optional>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "gateway/passage.h"
#include "grpcpp/client_context.h"
#include "grpcpp/generic/async_generic_service.h"
#include "grpcpp/support/client_callback.h"
#include "libs/rpc/server_call.h"

namespace pitlane::gateway {

// Made for every call that comes; deletes itself when gRPC is done with it.
class ProxyCall final : public grpc::ServerGenericBidiReactor {
 public:
  ProxyCall(Door& door, grpc::GenericCallbackServerContext& context);

  // Once, last: refuses the call or passes it on.
  void Start();

  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

 private:
  using Bytes = grpc::ByteBuffer;

  // The service's side of the call.
  class Upstream final : public grpc::ClientBidiReactor<Bytes, Bytes> {
   public:
    explicit Upstream(ProxyCall& call) : call_(call) {}
    void OnReadInitialMetadataDone(bool ok) override { call_.UpstreamStarted(ok); }
    void OnReadDone(bool ok) override { call_.UpstreamRead(ok); }
    void OnWriteDone(bool ok) override { call_.UpstreamWrote(ok); }
    void OnDone(const grpc::Status& status) override { call_.UpstreamDone(status); }

   private:
    ProxyCall& call_;
  };

  // Where the requests' direction stands. gRPC must be told ("holds") that operations may yet be
  // started from outside the upstream's own reactions; stopping gives that hold back.
  enum class Requests { kReading, kWriting, kStopped };

  void UpstreamStarted(bool ok);
  void UpstreamRead(bool ok);
  void UpstreamWrote(bool ok);
  void UpstreamDone(const grpc::Status& status);
  // Nothing more will come from the service: no more requests go to it either.
  void EndResponses();
  // Moves from one state of the requests to another; false if it was not in that state.
  bool Step(Requests from, Requests to);
  void PassMetadata();

  grpc::GenericCallbackServerContext& context_;
  Door& door_;
  rpc::internal::GrpcCarrier carrier_;
  Passage passage_;
  Bytes request_;
  Bytes response_;

  absl::Mutex mutex_;
  Requests requests_ ABSL_GUARDED_BY(mutex_) = Requests::kReading;
  bool responses_ended_ ABSL_GUARDED_BY(mutex_) = false;
  std::optional<absl::Status> refusal_ ABSL_GUARDED_BY(mutex_);  // ours, instead of the service's

  grpc::ClientContext upstream_context_;
  Upstream upstream_{*this};
};

}  // namespace pitlane::gateway
