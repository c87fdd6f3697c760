// Programs that tests and benchmarks start.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace pitlane::testing {

// Starts `words`, a path and its arguments, without waiting. Standard output and error go to the
// end of the file `log`. UNAVAILABLE names the program and why it cannot be run. The caller waits
// for the process. Thread-safe.
absl::StatusOr<pid_t> Spawn(std::vector<std::string> words, const std::string& log);

}  // namespace pitlane::testing
