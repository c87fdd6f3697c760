// gRPC's health checking protocol, with names that start out as not serving.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "grpc/health/v1/health.grpc.pb.h"

namespace pitlane::rpc {

// Thread-safe. Needs no token: it says nothing but up or down.
class HealthService final : public grpc::health::v1::Health::CallbackService {
 public:
  // Known from now on. Without effect after Stop.
  void Set(std::string_view name, bool serving);
  // Says NOT_SERVING for every name, for good, and ends all watches.
  void Stop();

  grpc::ServerUnaryReactor* Check(grpc::CallbackServerContext* context,
                                  const grpc::health::v1::HealthCheckRequest* request,
                                  grpc::health::v1::HealthCheckResponse* response) override;
  grpc::ServerWriteReactor<grpc::health::v1::HealthCheckResponse>* Watch(
      grpc::CallbackServerContext* context,
      const grpc::health::v1::HealthCheckRequest* request) override;

 private:
  class Watcher;
  class WatchReactor;

  void Remove(const std::shared_ptr<Watcher>& watcher);

  absl::Mutex mutex_;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  std::map<std::string, bool, std::less<>> serving_ ABSL_GUARDED_BY(mutex_);
  // Shared with their reactors, which gRPC ends whenever it likes.
  std::map<std::string, std::set<std::shared_ptr<Watcher>>, std::less<>> watchers_
      ABSL_GUARDED_BY(mutex_);
};

}  // namespace pitlane::rpc
