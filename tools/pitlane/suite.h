// The one-computer installation: gateway and six services in this process, six stores in one
// folder.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "gateway/default_address.h"
#include "gateway/gateway.h"
#include "libs/rpc/admin_http.h"
#include "libs/rpc/metrics.h"
#include "libs/rpc/tls.h"
#include "libs/rpc/token_issuer.h"
#include "libs/runtime/service_host.h"

namespace pitlane::tools {

struct SuiteOptions {
  std::string data_dir;
  std::string listen = gateway::kDefaultAddress;  // port 0 takes a free one
  std::optional<rpc::TlsFiles> tls;               // the gateway's; without it, plaintext
  std::vector<std::string> allowed_origins;       // of pages in browsers, or "*"
  std::string admin = "127.0.0.1:0";              // Prometheus metrics; empty: none
  // Kafka bootstrap servers: facts travel over the broker. Empty: over the journals next door.
  std::string kafka;
  // Commands are answered when Kafka has their events, too. Needs `kafka`.
  bool replicated = false;
  uint32_t partition_count = 8;
};

// The six services, in the order in which they are started.
std::vector<runtime::ServiceDefinition> SuiteDefinitions();

// Open starts everything and waits until it serves; destruction stops it in good order.
// One thread.
class Suite {
 public:
  static absl::StatusOr<std::unique_ptr<Suite>> Open(const SuiteOptions& options);
  ~Suite();

  // HOST:PORT of the gateway, and of the metrics page (empty without one).
  const std::string& address() const { return address_; }
  const std::string& admin_address() const { return admin_address_; }
  const rpc::TokenIssuer& issuer() const { return *issuer_; }
  runtime::ServiceHost& host(std::string_view area);
  const std::vector<std::unique_ptr<runtime::ServiceHost>>& hosts() const { return hosts_; }

  void Stop();

 private:
  Suite() = default;
  absl::Status OpenIdentity(const SuiteOptions& options);
  absl::Status OpenServices(const SuiteOptions& options);
  absl::Status OpenGateway(const SuiteOptions& options);
  // From any thread. UNAVAILABLE until the service has started.
  absl::StatusOr<std::shared_ptr<grpc::Channel>> ChannelTo(std::string_view area);

  absl::Mutex mutex_;
  std::map<std::string, std::string, std::less<>> addresses_ ABSL_GUARDED_BY(mutex_);
  std::string address_;
  std::string admin_address_;
  rpc::Metrics metrics_;
  std::unique_ptr<rpc::TokenIssuer> issuer_;
  std::unique_ptr<rpc::TokenVerifier> verifier_;
  std::vector<std::unique_ptr<runtime::ServiceHost>> hosts_;
  std::unique_ptr<rpc::ServerEnv> gateway_env_;
  // Stops before the services behind it.
  std::unique_ptr<gateway::Gateway> gateway_;
  std::unique_ptr<rpc::AdminHttp> admin_;
};

}  // namespace pitlane::tools
