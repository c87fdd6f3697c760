// Every benchmark; one source file each.
#pragma once

#include "absl/status/status.h"
#include "tests/bench/bench.h"

namespace pitlane::bench {

absl::Status BenchCommand(const Settings& settings);  // command_bench.cc
absl::Status BenchIdle(const Settings& settings);     // idle_bench.cc
absl::Status BenchJournal(const Settings& settings);  // journal_bench.cc
absl::Status BenchRebuild(const Settings& settings);  // rebuild_bench.cc
absl::Status BenchSale(const Settings& settings);     // sale_bench.cc
absl::Status BenchScale(const Settings& settings);    // scale_bench.cc
absl::Status BenchSettle(const Settings& settings);   // settle_bench.cc

}  // namespace pitlane::bench
