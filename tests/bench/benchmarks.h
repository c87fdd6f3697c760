// Every benchmark; one source file each.
#pragma once

#include "absl/status/status.h"
#include "tests/bench/bench.h"

namespace pitlane::bench {

absl::Status BenchCommand(const Settings& settings);  // command_bench.cc
absl::Status BenchJournal(const Settings& settings);  // journal_bench.cc
absl::Status BenchSettle(const Settings& settings);   // settle_bench.cc

}  // namespace pitlane::bench
