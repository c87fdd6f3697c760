// A PostgreSQL of its own for one benchmark: made, started, and gone with this object.
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace pitlane::bench {

// Not thread-safe. Answers on a unix socket only.
class PostgresServer {
 public:
  // Puts a new cluster into `folder`, which is made; `folder`'s parent becomes traversable for
  // everybody, because PostgreSQL refuses to run as root and is then run as user "postgres".
  // NOT_FOUND: PostgreSQL's programs are not installed. UNAVAILABLE: it does not start, with what
  // it said.
  static absl::StatusOr<std::unique_ptr<PostgresServer>> Start(const std::string& folder);
  // Stops it; its files stay.
  ~PostgresServer();
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

  // For PQconnectdb.
  std::string ConnectionTo(const std::string& database) const;
  // User and system time of the server and of those of its processes that live; only sensible as a
  // difference while no connection is opened or closed.
  absl::Duration CpuTime() const;

 private:
  explicit PostgresServer(std::string folder) : folder_(std::move(folder)) {}
  absl::Status Launch();

  const std::string folder_;
  std::string bin_;  // folder of its programs
  pid_t pid_ = 0;
};

}  // namespace pitlane::bench
