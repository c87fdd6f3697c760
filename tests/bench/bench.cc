#include "tests/bench/bench.h"

#include <fcntl.h>
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

// One of the calls that are kept under way: when it ends it begins anew, until the time is over.
class Lane {
 public:
  Lane(const Issue& issue, absl::Time end, std::atomic<int64_t>& calls,
       absl::BlockingCounter& lanes)
      : issue_(issue), end_(end), calls_(calls), lanes_(lanes) {}

  void Begin() {
    issue_([this] {
      calls_.fetch_add(1, std::memory_order_relaxed);
      if (absl::Now() < end_) return Begin();
      lanes_.DecrementCount();
    });
  }

 private:
  const Issue& issue_;
  const absl::Time end_;
  std::atomic<int64_t>& calls_;
  absl::BlockingCounter& lanes_;
};

absl::Status FileError(const std::string& path) {
  return absl::UnavailableError(absl::StrCat(path, ": ", std::strerror(errno)));
}

}  // namespace

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

double CallsPerSecond(int in_flight, double seconds, const Issue& issue) {
  std::atomic<int64_t> calls{0};
  absl::BlockingCounter lanes_left(in_flight);
  const absl::Time began = absl::Now();
  std::vector<std::unique_ptr<Lane>> lanes;
  for (int i = 0; i < in_flight; ++i) {
    lanes.push_back(
        std::make_unique<Lane>(issue, began + absl::Seconds(seconds), calls, lanes_left));
    lanes.back()->Begin();
  }
  lanes_left.Wait();
  return static_cast<double>(calls) / absl::ToDoubleSeconds(absl::Now() - began);
}

absl::StatusOr<absl::Duration> MedianFdatasync(const std::string& folder, size_t bytes,
                                               double seconds) {
  const std::string path = folder + "/fdatasync";
  const int file = open(path.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
  if (file < 0) return FileError(path);
  const std::string content(bytes, 'x');
  std::vector<double> micros;
  absl::Status status;
  const absl::Time end = absl::Now() + absl::Seconds(seconds);
  while (status.ok() && absl::Now() < end) {
    const absl::Time began = absl::Now();
    const bool ok =
        write(file, content.data(), bytes) == static_cast<ssize_t>(bytes) && fdatasync(file) == 0;
    if (!ok) status = FileError(path);
    micros.push_back(absl::ToDoubleMicroseconds(absl::Now() - began));
  }
  close(file);
  unlink(path.c_str());
  if (!status.ok()) return status;
  return absl::Microseconds(Median(std::move(micros)));
}

}  // namespace pitlane::bench
