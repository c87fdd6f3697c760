// Pitlane as an operator installs it: one process for each service and one for the gateway, over a
// Kafka broker. For tests; the processes end with this object.
#pragma once

#include <sys/types.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/rpc/token_issuer.h"
#include "tools/pitlane/session.h"

namespace pitlane::e2e {

// Not thread-safe.
class Installation {
 public:
  // Data, keys and logs go into `folder`; `kafka` is HOST:PORT of a broker, which may be started
  // later. Starts nothing yet.
  static absl::StatusOr<std::unique_ptr<Installation>> Make(std::string folder, std::string kafka);
  ~Installation();
  Installation(const Installation&) = delete;
  Installation& operator=(const Installation&) = delete;

  // Starts the six services in the order given, then the gateway.
  absl::Status StartAll(const std::vector<std::string>& areas);
  absl::Status StartService(const std::string& area);
  absl::Status StartGateway();
  // SIGTERM, and waits for the end. INTERNAL when the process does not end with code 0.
  absl::Status Stop(const std::string& name);
  // SIGKILL, and waits for the end.
  void Kill(const std::string& name);

  // A client at the gateway, with role owner. Waits until every service answers.
  absl::StatusOr<std::unique_ptr<tools::Session>> Connect();
  // What a process has written to its log.
  std::string LogOf(const std::string& name) const;

 private:
  Installation(std::string folder, std::string kafka);
  absl::Status Launch(const std::string& name, const std::string& binary,
                      const std::vector<std::string>& arguments);

  const std::string folder_;
  const std::string kafka_;
  std::unique_ptr<rpc::TokenIssuer> issuer_;
  std::string token_file_;
  std::map<std::string, int> ports_;  // by area, and "gateway"; the same over restarts
  std::map<std::string, pid_t> processes_;
};

}  // namespace pitlane::e2e
