// What every handler of a process shares: identity, time, metrics, defaults.
#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "libs/base/clock.h"
#include "libs/rpc/call_context.h"
#include "libs/rpc/identity.h"
#include "libs/rpc/metrics.h"
#include "libs/rpc/permissions.h"

namespace pitlane::rpc {

// Counts and times the calls of one method: pitlane_rpc_calls_total{area, method, code} and
// pitlane_rpc_call_seconds{area, method}. Thread-safe.
class MethodMetrics {
 public:
  MethodMetrics(Metrics& metrics, std::string area, std::string method);
  void Record(absl::StatusCode code, absl::Duration latency);

 private:
  Metrics& metrics_;
  const std::string area_;
  const std::string method_;
  prometheus::Histogram& seconds_;
  // Made when first needed: most methods end in two or three ways.
  std::array<std::atomic<prometheus::Counter*>, 17> calls_{};
};

// A unary call that comes without a network: the caller is known already, and `done` gets how it
// ended, once, with the call's positions. Request and response must live until then.
struct DirectCall {
  CallInfo info;
  std::function<void(const absl::Status&, const CallContext&)> done;
};

// Thread-safe. Everything given to it is borrowed and must outlive it; it must outlive the server.
class ServerEnv {
 public:
  struct Options {
    std::string area;  // e.g. "ticket"; a label of metrics and logs
    absl::Duration default_deadline = absl::Seconds(30);  // of unary calls that come without one
    size_t stream_buffer_messages = 1024;                 // per server stream
    size_t stream_buffer_bytes = 4 << 20;                 // per server stream
  };

  // Without a verifier only public methods can be called.
  ServerEnv(Options options, TokenVerifier* verifier, Clock& clock, Entropy& entropy,
            Metrics& metrics);

  const Options& options() const { return options_; }
  TokenVerifier* verifier() const { return verifier_; }
  Clock& clock() const { return clock_; }
  Entropy& entropy() const { return entropy_; }
  Metrics& metrics() const { return metrics_; }
  MethodMetrics& metrics_of(const MethodInfo& method);

  // For simulations, which do everything on one thread: the next unary method that is called, with
  // a null gRPC context, is this call, and returns null. Never beside a server.
  void NextIsDirect(DirectCall call) { direct_ = std::make_unique<DirectCall>(std::move(call)); }
  // That call, once; null when there is none.
  std::unique_ptr<DirectCall> TakeDirect() { return std::move(direct_); }

 private:
  std::unique_ptr<DirectCall> direct_;
  const Options options_;
  TokenVerifier* const verifier_;
  Clock& clock_;
  Entropy& entropy_;
  Metrics& metrics_;
  absl::Mutex mutex_;
  absl::flat_hash_map<const MethodInfo*, std::unique_ptr<MethodMetrics>> methods_
      ABSL_GUARDED_BY(mutex_);
};

}  // namespace pitlane::rpc
