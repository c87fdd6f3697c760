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
#include "gateway/rate_limit.h"
#include "gateway/router.h"
#include "libs/rpc/identity.h"
#include "libs/rpc/server_call.h"
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
  // Calls, and streams opened, a second: of one subject on one device, of all whose tokens are for
  // one location alone, and from one network address.
  Rate rate_per_token, rate_per_location, rate_per_address;
  // Addresses of proxies in front of us, whose `x-forwarded-for` says where a call is from.
  std::vector<std::string> trusted_proxies;
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

  // One call more; RESOURCE_EXHAUSTED, OVERLOADED when all places are taken, or when its address
  // has called too often. Leave either way.
  absl::Status Enter(const rpc::internal::Carrier& carrier);
  void Leave();
  // RESOURCE_EXHAUSTED, OVERLOADED, with the time to wait: the caller, or their location, has
  // called too often.
  absl::Status CheckRates(const rpc::Caller& caller);
  // gRPC knows a connection that it was handed by its file descriptor alone: from now on it is
  // `peer`'s, e.g. "ipv4:10.0.0.7:51234".
  void HandedOver(int descriptor, std::string peer);
  // One stream more of that caller; RESOURCE_EXHAUSTED, OVERLOADED when it has too many. Close only
  // after OK.
  absl::Status OpenStream(const std::string& caller);
  void CloseStream(const std::string& caller);

 private:
  Door(const DoorOptions& options, rpc::ServerEnv& env);
  std::string AddressOfCaller(const rpc::internal::Carrier& carrier);
  absl::Status Take(RateLimit& limit, std::string_view key, prometheus::Counter& refused,
                    std::string_view whose, const Rate& rate);

  rpc::ServerEnv& env_;
  const DoorOptions options_;
  const Router router_;
  std::unique_ptr<const MethodTable> methods_;
  prometheus::Gauge& in_flight_gauge_;
  prometheus::Gauge& streams_gauge_;
  prometheus::Counter& overloaded_;
  prometheus::Counter& streams_refused_;
  prometheus::Counter& token_refused_;
  prometheus::Counter& location_refused_;
  prometheus::Counter& address_refused_;
  RateLimit token_rate_, location_rate_, address_rate_;
  std::atomic<int> in_flight_{0};
  absl::Mutex mutex_;
  // A descriptor's last peer; there are never more than the process may have open.
  absl::flat_hash_map<int, std::string> peers_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<std::string, int> streams_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace pitlane::gateway
