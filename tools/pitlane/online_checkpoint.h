// `pitlane journal backup`: checkpoints of running services, which make them themselves.
#pragma once

#include <string>

#include "tools/pitlane/connection.h"

namespace pitlane::tools {

struct OnlineCheckpointOptions {
  ConnectionOptions connection;
  std::string area;  // empty: all
  std::string name;
};

// The exit code: 0; 1 when a service refused.
int RunOnlineCheckpoint(const OnlineCheckpointOptions& options);

}  // namespace pitlane::tools
