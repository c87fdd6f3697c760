// `pitlane doctor`: what is wrong between this computer and a working Pitlane, and what to do.
#pragma once

#include <string>
#include <vector>

#include "tools/pitlane/connection.h"

namespace pitlane::tools {

struct Finding {
  bool ok = false;
  std::string what;  // what was looked at, and what was seen
  std::string fix;   // what to do; empty when ok
};

// Looks at the token, the gateway, and each service behind it, in this order; without a gateway
// that answers there is nothing behind it to look at. The token needs role owner.
std::vector<Finding> Diagnose(const ConnectionOptions& options);

// Prints the findings. The exit code: 0 when all are ok.
int RunDoctor(const ConnectionOptions& options);

}  // namespace pitlane::tools
