// An installation whose processes are killed, stopped, and started again, whatever size it has.
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/testing/kafka/kafka_broker.h"
#include "tests/crash/fault_proxy.h"
#include "tools/pitlane/connection.h"

namespace pitlane::crash {

// How a process is started when it is not to run as usual.
struct Rigging {
  // It kills itself there (libs/base/fault_point.h), e.g. "commit.synced:3".
  std::string fault_point;
  // How far its clock is ahead, or behind. Needs libfaketime (HasWrongClocks).
  absl::Duration clock_ahead;
};

// Whether libfaketime is installed.
bool HasWrongClocks();

// A connection between two processes, or between people and the gateway, with its own weather.
struct Link {
  std::string name;  // e.g. "people - gateway"
  FaultProxy* proxy;
  bool checks_sums;  // what is on it notices a flipped bit
};

// Not thread-safe. Everything ends with this object; the data stays.
class Site {
 public:
  virtual ~Site() = default;

  // What its processes are called, e.g. "inventory", "gateway"; or "pitlane", where it is one.
  virtual const std::vector<std::string>& names() const = 0;
  // Those that have a store.
  virtual const std::vector<std::string>& keepers() const = 0;
  // Starts one process and does not wait for it. OK when it runs already.
  virtual absl::Status Start(const std::string& name, const Rigging& rigging = {}) = 0;
  // SIGKILL, and waits for the end. OK when it does not run.
  virtual void Kill(const std::string& name) = 0;
  // 0: it was not started, or was killed.
  virtual pid_t PidOf(const std::string& name) const = 0;
  // Starts a second process on the same store. OK when it refuses within `patience`; INTERNAL when
  // it does not.
  virtual absl::Status StartSecond(const std::string& name, absl::Duration patience) = 0;
  // What the process has written to its log.
  virtual std::string LogOf(const std::string& name) const = 0;

  virtual const std::vector<Link>& links() const = 0;
  // nullptr: there is no broker.
  virtual testing::KafkaBroker* broker() = 0;
  virtual tools::ConnectionOptions connection() const = 0;
  virtual std::string folder() const = 0;
  std::string data_dir() const { return folder() + "/data"; }

  absl::Status StartAll();
  // SIGSTOP and SIGCONT. OK when it does not run.
  void Suspend(const std::string& name) const;
  void Resume(const std::string& name) const;
  // Whether the process has ended by itself within `patience`; Kill clears it away.
  bool HasEnded(const std::string& name, absl::Duration patience) const;
};

// `pitlane up`: everything in one process, events over the journals. Nothing runs yet.
absl::StatusOr<std::unique_ptr<Site>> MakeOneComputer(const std::string& folder);
// A process for each service and the gateway, over a broker, which runs.
absl::StatusOr<std::unique_ptr<Site>> MakeSeveral(const std::string& folder);

}  // namespace pitlane::crash
