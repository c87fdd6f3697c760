// A whole run: people sell, faults happen, everything is mended, and what is on the disk, in the
// topics and in the people's records is held against each other; again and again.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "tests/checker/report.h"
#include "tests/crash/clients.h"
#include "tests/crash/faults.h"
#include "tests/crash/site.h"

namespace pitlane::crash {

struct RunOptions {
  uint64_t seed = 1;
  int people = 4;
  int faults_per_round = 5;
  // The run ends when one of these is reached; 0: no limit. One round is made at least.
  absl::Duration duration = absl::ZeroDuration();
  uint64_t kills = 0;
  uint64_t rounds = 0;
  absl::Duration longest_suspension = absl::Seconds(3);
  // How long everything may take to come to rest after the last fault.
  absl::Duration patience = absl::Seconds(120);
  // Of the faults that happen; empty: all.
  std::function<FaultKind(Faults&)> choose;
  std::function<absl::Status()> fill;
  std::function<absl::Status()> free;
  std::function<void(const std::string&)> say;
};

struct RunResult {
  uint64_t rounds = 0;
  FaultCounts faults;
  ClientCounts clients;
  checker::Report last;  // the last check
};

// Ends at the first check that does not hold: DATA_LOSS with what it found; DEADLINE_EXCEEDED when
// things did not come to rest. `result` is filled in any case.
absl::Status Run(Site& site, const RunOptions& options, RunResult& result);

}  // namespace pitlane::crash
