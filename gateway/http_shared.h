// What all HTTP/1.1 connections of the gateway share: options, limits, the end.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "gateway/door.h"
#include "gateway/plan.h"

namespace pitlane::gateway {

struct HttpOptions {
  // "https://shop.example", or "*" for every origin. Empty: pages of other origins get no answer
  // they may read.
  std::vector<std::string> allowed_origins;
  int max_connections = 10'000;
  // All headers of a request and its first line, which holds the whole message of a GET.
  size_t max_header_bytes = 32 << 10;
  absl::Duration header_timeout = absl::Seconds(10);  // from a request's first byte to its headers
  // Without any byte of the body; and a body of one message must come at 1 KiB/s or faster.
  absl::Duration body_timeout = absl::Seconds(20);
  absl::Duration idle_timeout = absl::Minutes(2);    // between requests
  absl::Duration write_timeout = absl::Seconds(30);  // for the client to take 64 KiB
};

class HttpConnection;

// What the connections of a process share. Thread-safe; outlives them.
class HttpShared {
 public:
  HttpShared(Door& door, const HttpOptions& options);

  Door& door() { return door_; }
  const HttpOptions& options() const { return options_; }

  // Whether there is room for one connection more; then Leave.
  bool Enter();
  void Leave();
  // No connection takes another request, and none stays without one.
  void Drain();
  // Waits until no connection is left, up to `timeout`; false if some are.
  bool WaitUntilEmpty(absl::Duration timeout);
  // Ends all connections now.
  void Stop();

  // A connection from its start to its end; Drain and Stop wake it.
  void Add(const std::shared_ptr<HttpConnection>& connection);
  void Remove(const HttpConnection* connection);

  bool draining() const { return draining_; }
  bool stopped() const { return stopped_; }

  void CountRequest(const Plan& plan);
  void CountRefusal(int http_status);
  void CountTimeout(const char* what);

 private:
  void WakeAll();

  Door& door_;
  const HttpOptions options_;
  prometheus::Gauge& connections_gauge_;
  prometheus::Counter& connections_refused_;
  std::atomic<bool> draining_{false};
  std::atomic<bool> stopped_{false};
  absl::Mutex mutex_;
  int connections_ ABSL_GUARDED_BY(mutex_) = 0;
  // Weak, because a connection lives as long as its own work.
  std::map<const HttpConnection*, std::weak_ptr<HttpConnection>> open_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace pitlane::gateway
