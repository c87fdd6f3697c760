#include "tests/bench/bench.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iostream>
#include <memory>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/blocking_counter.h"
#include "absl/time/clock.h"

namespace pitlane::bench {
namespace {

// One of the calls that are kept under way: when it ends it begins anew, until `enough`.
class Lane {
 public:
  Lane(const Issue& issue, const std::function<bool()>& enough, std::atomic<int64_t>& calls,
       absl::BlockingCounter& lanes)
      : issue_(issue), enough_(enough), calls_(calls), lanes_(lanes) {}

  void Begin() {
    issue_([this] {
      calls_.fetch_add(1, std::memory_order_relaxed);
      if (!enough_()) return Begin();
      lanes_.DecrementCount();
    });
  }

 private:
  const Issue& issue_;
  const std::function<bool()>& enough_;
  std::atomic<int64_t>& calls_;
  absl::BlockingCounter& lanes_;
};

// Keeps `in_flight` calls under way until `enough`, which is asked after each by the thread that
// ended it.
Pace RunLanes(int in_flight, const Issue& issue, const std::function<bool()>& enough) {
  std::atomic<int64_t> calls{0};
  absl::BlockingCounter lanes_left(in_flight);
  const absl::Time began = absl::Now();
  const absl::Duration cpu_before = CpuTime();
  std::vector<std::unique_ptr<Lane>> lanes;
  for (int i = 0; i < in_flight; ++i) {
    lanes.push_back(std::make_unique<Lane>(issue, enough, calls, lanes_left));
    lanes.back()->Begin();
  }
  lanes_left.Wait();
  const auto count = static_cast<double>(calls);
  return {.per_second = count / absl::ToDoubleSeconds(absl::Now() - began),
          .cpu_us = absl::ToDoubleMicroseconds(CpuTime() - cpu_before) / count};
}

absl::Status FileError(const std::string& path) {
  return absl::UnavailableError(absl::StrCat(path, ": ", std::strerror(errno)));
}

}  // namespace

absl::Duration CpuTime() {
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return absl::DurationFromTimeval(usage.ru_utime) + absl::DurationFromTimeval(usage.ru_stime);
}

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

double Percentile(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  const auto index = static_cast<size_t>(share * static_cast<double>(values.size()));
  return values[std::min(values.size() - 1, index)];
}

void Print(const nlohmann::ordered_json& line) { std::cout << line.dump() << std::endl; }

Pace KeepInFlight(int in_flight, double seconds, const Issue& issue) {
  const absl::Time end = absl::Now() + absl::Seconds(seconds);
  return RunLanes(in_flight, issue, [end] { return absl::Now() >= end; });
}

Pace MakeCalls(int in_flight, int64_t calls, const Issue& issue) {
  const int lanes = static_cast<int>(std::min(int64_t{in_flight}, calls));
  std::atomic<int64_t> left{calls - lanes};
  return RunLanes(lanes, issue, [&left] { return left.fetch_sub(1) <= 0; });
}

absl::StatusOr<absl::Duration> MeanFdatasync(const std::string& folder, size_t bytes,
                                             double seconds) {
  const std::string path = folder + "/fdatasync";
  const int file = open(path.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
  if (file < 0) return FileError(path);
  const std::string content(bytes, 'x');
  absl::Status status;
  int64_t syncs = 0;
  const absl::Time began = absl::Now();
  const absl::Time end = began + absl::Seconds(seconds);
  for (; status.ok() && absl::Now() < end; ++syncs) {
    const bool ok =
        write(file, content.data(), bytes) == static_cast<ssize_t>(bytes) && fdatasync(file) == 0;
    if (!ok) status = FileError(path);
  }
  const absl::Duration spent = absl::Now() - began;
  close(file);
  unlink(path.c_str());
  if (!status.ok()) return status;
  return spent / syncs;
}

}  // namespace pitlane::bench
