// What the benchmarks share: settings, a line of JSON for each result, and keeping calls in flight.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "nlohmann/json.hpp"

namespace pitlane::bench {

struct Settings {
  int rounds = 5;
  double seconds = 1.0;  // of each side in each round
  std::string folder;    // stores and files are made in it; on the disk that is to be measured
  bool quick = false;    // small stores: shows that everything works, not what it costs
  std::string demand;    // file of `pitlane replay` for sales; empty: a made-up demand
};

struct Benchmark {
  const char* name;
  const char* what;
  // Prints its lines with Print.
  absl::Status (*run)(const Settings& settings);
};

// `values` must not be empty.
double Median(std::vector<double> values);
// The value that `share`, 0 to 1, of the values do not exceed.
double Percentile(std::vector<double> values, double share);

// One line on stdout.
void Print(const nlohmann::ordered_json& line);

// Begins one call and returns; `done` must be called once when the call has ended, from any thread.
using Issue = std::function<void(std::function<void()> done)>;

// User and system time of this process so far.
absl::Duration CpuTime();

struct Pace {
  double per_second = 0;
  // Processor time of this process for each call, both ends of it and all that it sets off.
  // Steadier than the pace on a machine with neighbours.
  double cpu_us = 0;
};

// Keeps `in_flight` calls under way for `seconds`, then waits for the last of them.
Pace KeepInFlight(int in_flight, double seconds, const Issue& issue);
// Makes `calls` calls, at least 1, with `in_flight` under way.
Pace MakeCalls(int in_flight, int64_t calls, const Issue& issue);

// The mean time of one fdatasync after appending `bytes`, as often as fits into `seconds`: what is
// compared with it are means as well.
absl::StatusOr<absl::Duration> MeanFdatasync(const std::string& folder, size_t bytes,
                                             double seconds);

}  // namespace pitlane::bench
