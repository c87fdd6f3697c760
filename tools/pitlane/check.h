// `pitlane check`: asks the running services and proves that they agree, equation by equation.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/pitlane/connection.h"

namespace pitlane::tools {

struct CheckOptions {
  ConnectionOptions connection;
};

// One equation that was looked at.
struct Equation {
  std::string what;     // e.g. "on hand = received + adjusted - issued"
  std::string figures;  // what was counted
  bool holds = true;
  std::string culprit;  // the first thing for which it does not hold
};

// Waits until nothing is under way any more, then looks at everything. An error means that the
// services could not be asked, not that an equation fails.
absl::StatusOr<std::vector<Equation>> CheckAll(Session& session);

// Prints the equations. The exit code: 0 when all hold.
int RunCheck(const CheckOptions& options);

}  // namespace pitlane::tools
