// `pitlane parked list|retry|discard`: records that a service could not apply.
#pragma once

#include <cstdint>
#include <string>

#include "tools/pitlane/connection.h"

namespace pitlane::tools {

struct ParkedOptions {
  ConnectionOptions connection;
  std::string action;   // "list", "retry" or "discard"
  std::string service;  // whose; empty with "list": all
  std::string source;   // e.g. "ticket.0.3"
  std::string stream;   // the key
  uint64_t position = 0;
};

// The exit code: 0; 1 when something failed, or a retry left records parked.
int RunParked(const ParkedOptions& options);

}  // namespace pitlane::tools
