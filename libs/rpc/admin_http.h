// The admin port: Prometheus metrics under /metrics, over plain HTTP, on loopback unless told
// otherwise. Health is asked over gRPC, not here.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "libs/rpc/metrics.h"

namespace prometheus {
class Exposer;
}

namespace pitlane::rpc {

// Serves from construction to destruction, on threads of its own.
class AdminHttp {
 public:
  // `address` is HOST:PORT; port 0 takes a free one. UNAVAILABLE when it cannot be bound.
  static absl::StatusOr<std::unique_ptr<AdminHttp>> Start(
      const Metrics& metrics, const std::string& address = "127.0.0.1:0");
  ~AdminHttp();

  int port() const;

 private:
  explicit AdminHttp(std::unique_ptr<prometheus::Exposer> exposer);
  std::unique_ptr<prometheus::Exposer> exposer_;
};

}  // namespace pitlane::rpc
