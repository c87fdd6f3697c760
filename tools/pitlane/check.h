// `pitlane check`: asks the running services and proves that they agree, equation by equation.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/pitlane/connection.h"

namespace pitlane::tools {

// Questions under way at once unless told otherwise.
inline constexpr int kCheckConcurrency = 16;

struct CheckOptions {
  ConnectionOptions connection;
  int concurrency = kCheckConcurrency;
};

// One equation that was looked at.
struct Equation {
  std::string what;     // e.g. "on hand = received + adjusted - issued"
  std::string figures;  // what was counted
  bool holds = true;
  std::string culprit;  // the first thing for which it does not hold
};

// Waits until nothing is under way any more, then looks at everything, asking about `concurrency`
// (at least 1) tickets, vehicles or customers at once. The equations, their figures and the first
// culprits do not depend on it. An error means that the services could not be asked, not that an
// equation fails.
absl::StatusOr<std::vector<Equation>> CheckAll(Session& session,
                                               int concurrency = kCheckConcurrency);

// Prints the equations. The exit code: 0 when all hold.
int RunCheck(const CheckOptions& options);

}  // namespace pitlane::tools
