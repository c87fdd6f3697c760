// What is done to a site while people sell: each fault happens, lasts, and is over, and is counted.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "libs/base/clock.h"
#include "tests/crash/site.h"

namespace pitlane::crash {

enum class FaultKind {
  kKill,         // kill -9 of a process, started again soon
  kPoint,        // a process kills itself at a named point
  kKillAll,      // kill -9 of all at once
  kSuspend,      // a process is stopped for a while, and goes on
  kKillBroker,   // kill -9
  kStopBroker,   // in good order, and started again
  kPauseBroker,  // hangs with its connections open
  kSecondCopy,   // another process on a store that is in use
  kFullDisk,     // nothing can be written for a while
  kBadWeather,   // a connection is slow, delayed, cut, half-open, or flips bits
  kWrongClock,   // a process runs with another time for a while
};

const char* NameOf(FaultKind kind);
// All kinds that the site can suffer.
std::vector<FaultKind> KindsFor(Site& site, bool can_fill);

// The names of the points in the code (libs/base/fault_point.h).
const std::vector<std::string>& FaultPoints();

struct FaultCounts {
  std::map<std::string, uint64_t> by_kind;
  std::map<std::string, uint64_t> by_point;  // processes that ended there
  uint64_t points_missed = 0;                // armed, and never come by
  std::map<std::string, uint64_t> by_weather;

  uint64_t kills() const;
};

struct FaultLimits {
  absl::Duration longest_suspension = absl::Seconds(3);
  // Takes the free space of the data's disk, and gives it back; absent: it cannot be filled.
  std::function<absl::Status()> fill;
  std::function<absl::Status()> free;
};

class Faults {
 public:
  Faults(Site& site, uint64_t seed, FaultLimits limits)
      : site_(site), dice_(seed), limits_(std::move(limits)) {}

  // Returns when it is over and everything runs again. An error when the site did what it must
  // not, or cannot be started.
  absl::Status Suffer(FaultKind kind);
  // Of any kind, the usual ones most.
  FaultKind Choose();
  const FaultCounts& counts() const { return counts_; }

 private:
  uint64_t Throw(uint64_t sides) { return dice_.Next64() % sides; }
  void Sleep(absl::Duration most);
  const std::string& AnyOf(const std::vector<std::string>& names);
  absl::Status KillOne();
  absl::Status KillAtPoint();
  absl::Status KillAll();
  absl::Status SuspendOne();
  absl::Status HurtBroker(FaultKind kind);
  absl::Status FillDisk();
  absl::Status SpoilLink();
  absl::Status TurnClock();

  Site& site_;
  SeededEntropy dice_;
  const FaultLimits limits_;
  FaultCounts counts_;
  size_t next_point_ = 0;
  size_t next_weather_ = 0;
};

}  // namespace pitlane::crash
