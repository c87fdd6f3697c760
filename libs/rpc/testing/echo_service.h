// pitlane.testing.v1.EchoService: what tests of the gateway and benchmarks call.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "libs/rpc/call_context.h"
#include "libs/rpc/server_call.h"
#include "libs/rpc/server_env.h"
#include "libs/rpc/server_stream.h"
#include "pitlane/testing/v1/echo_service.grpc.pb.h"

namespace pitlane::rpc::testing {

// Thread-safe. `env` must outlive it.
class EchoService final : public pitlane::testing::v1::EchoService::CallbackService {
 public:
  explicit EchoService(ServerEnv& env) : env_(env) {}

  // From now on Echo answers only when Release is called, which also ends the holding.
  void Hold();
  void Release();
  // Whether it came to that many held echoes, or that many open endless watches, within 10 s.
  bool WaitForHeld(size_t count);
  bool WaitForOpenWatches(size_t count);
  // Whether the caller of some held echo left within 10 s.
  bool WaitForCancelled();
  // Sends one message to every endless watch.
  void Push(const std::string& payload);
  // Every Echo answers with this position.
  void SetPosition(PositionToken position);

  grpc::ServerUnaryReactor* Ping(grpc::CallbackServerContext* context,
                                 const pitlane::testing::v1::PingRequest* request,
                                 pitlane::testing::v1::PingResponse* response) override;
  grpc::ServerUnaryReactor* Echo(grpc::CallbackServerContext* context,
                                 const pitlane::testing::v1::EchoRequest* request,
                                 pitlane::testing::v1::EchoResponse* response) override;
  grpc::ServerWriteReactor<pitlane::testing::v1::WatchResponse>* Watch(
      grpc::CallbackServerContext* context,
      const pitlane::testing::v1::WatchRequest* request) override;
  grpc::ServerReadReactor<pitlane::testing::v1::CollectRequest>* Collect(
      grpc::CallbackServerContext* context,
      pitlane::testing::v1::CollectResponse* response) override;

 private:
  using Writer = StreamWriter<pitlane::testing::v1::WatchResponse>;
  struct Held {
    CallContext* call;
    Done done;
  };

  ServerEnv& env_;
  absl::Mutex mutex_;
  bool holding_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<Held> held_ ABSL_GUARDED_BY(mutex_);
  // Shared with the calls.
  std::vector<std::shared_ptr<Writer>> watches_ ABSL_GUARDED_BY(mutex_);
  PositionToken position_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace pitlane::rpc::testing
