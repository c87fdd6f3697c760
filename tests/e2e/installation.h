// Pitlane as an operator installs it on a few computers: one process for each service and one for
// the gateway, over a Kafka broker.
#pragma once

#include <sys/types.h>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/rpc/token_issuer.h"
#include "libs/testing/kafka/kafka_broker.h"
#include "tests/e2e/deployment.h"

namespace pitlane::e2e {

// The broker is a process too, and may be stopped, killed and started like the others.
class Installation final : public Deployment {
 public:
  // Data, keys, logs and the broker's data go into `folder`. The broker runs, on a free port when
  // `broker_port` is 0; the rest does not.
  static absl::StatusOr<std::unique_ptr<Installation>> Make(std::string folder,
                                                            int broker_port = 0);
  ~Installation() override;

  // The order in which the README starts the services.
  static const std::vector<std::string>& UsualOrder();

  // The six services in the usual order, then the gateway. None is waited for.
  absl::Status Start() override;
  // Everything that runs, all at once; not the broker.
  absl::Status Stop() override;
  tools::ConnectionOptions connection() const override;

  testing::KafkaBroker& broker() { return *broker_; }
  // Services that are started from now on answer only what Kafka has.
  void AcknowledgeReplicated() { ack_ = "replicated"; }
  // The six services in the order given, then the gateway.
  absl::Status StartAll(const std::vector<std::string>& areas);
  // A service by its area, or "gateway". Does not wait until it serves.
  absl::Status StartOne(const std::string& name);
  // SIGTERM, and waits for the end. INTERNAL when the process does not end with code 0.
  absl::Status StopOne(const std::string& name);
  // SIGKILL, and waits for the end.
  void Kill(const std::string& name);

  // A client at the gateway, with role owner, that waits for nobody. `timeout` is of each call.
  absl::StatusOr<std::unique_ptr<tools::Session>> Dial(absl::Duration timeout) const;
  // A running process; 0: it was not started, or ended by StopOne, Stop or Kill.
  pid_t PidOf(const std::string& name) const;
  // The port of a service or of "gateway", from the beginning and over restarts.
  int PortOf(const std::string& name) const { return ports_.at(name); }
  // From its next start on, `who` reaches `whom` at another address: a service or "gateway" a
  // service, or a service "kafka".
  void Reroute(const std::string& who, const std::string& whom, std::string address) {
    routes_[{who, whom}] = std::move(address);
  }
  // What a process has written to its log.
  std::string LogOf(const std::string& name) const override;

 private:
  explicit Installation(std::string folder);
  absl::Status MakeIdentity();
  absl::Status StartService(const std::string& area);
  absl::Status StartGateway();
  absl::Status AwaitEnd(std::string name);
  absl::Status Launch(const std::string& name, const std::string& binary,
                      const std::vector<std::string>& arguments);
  std::string data_dir() const { return folder() + "/data"; }
  std::string AddressOf(const std::string& who, const std::string& whom) const;

  std::unique_ptr<testing::KafkaBroker> broker_;
  std::unique_ptr<rpc::TokenIssuer> issuer_;
  std::string service_token_file_;
  std::string ack_ = "local";
  std::map<std::string, int> ports_;  // by area, and "gateway"; the same over restarts
  std::map<std::string, pid_t> processes_;
  std::map<std::pair<std::string, std::string>, std::string> routes_;
};

}  // namespace pitlane::e2e
