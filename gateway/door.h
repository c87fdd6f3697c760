// What all calls share, whatever protocol they come by: the services, the methods, the limits.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "gateway/methods.h"
#include "gateway/router.h"
#include "libs/rpc/server_env.h"

namespace pitlane::gateway {

struct DoorOptions {
  Router::Channels areas;
  Router::Channels packages;
  // A FileDescriptorSet of methods that are not linked in; empty for none.
  std::string descriptor_file;
  // Metadata that goes to services besides Pitlane's own, in lower case; "*": all that is not the
  // protocol's.
  std::vector<std::string> passed_metadata;
  int max_message_bytes = 4 << 20;
  int max_calls_in_flight = 4096;    // unary calls and open streams of the whole process
  int max_streams_per_caller = 256;  // open at once with tokens of one subject
};

// Thread-safe. `env` must outlive it.
class Door {
 public:
  // NOT_FOUND, INVALID_ARGUMENT: the descriptor file.
  static absl::StatusOr<std::unique_ptr<Door>> Create(const DoorOptions& options,
                                                      rpc::ServerEnv& env);

  rpc::ServerEnv& env() { return env_; }
  const DoorOptions& options() const { return options_; }
  const Router& router() const { return router_; }
  const MethodTable& methods() const { return *methods_; }
  int in_flight() const { return in_flight_; }
  // Whether a service may see this metadata: it must not believe what only a proxy in front of us
  // would set.
  bool GoesToService(std::string_view key) const;

  // One call more; RESOURCE_EXHAUSTED, OVERLOADED when all places are taken. Leave either way.
  absl::Status Enter();
  void Leave();
  // One stream more of that caller; RESOURCE_EXHAUSTED, OVERLOADED when it has too many. Close only
  // after OK.
  absl::Status OpenStream(const std::string& caller);
  void CloseStream(const std::string& caller);

 private:
  Door(const DoorOptions& options, rpc::ServerEnv& env);

  rpc::ServerEnv& env_;
  const DoorOptions options_;
  const Router router_;
  std::unique_ptr<const MethodTable> methods_;
  prometheus::Gauge& in_flight_gauge_;
  prometheus::Gauge& streams_gauge_;
  prometheus::Counter& overloaded_;
  prometheus::Counter& streams_refused_;
  std::atomic<int> in_flight_{0};
  absl::Mutex mutex_;
  absl::flat_hash_map<std::string, int> streams_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace pitlane::gateway
