// `pitlane consent fetch|verify|load`: what customers agreed to, and the law about it.
#pragma once

#include <string>

#include "tools/pitlane/connection.h"

namespace pitlane::tools {

struct ConsentOptions {
  ConnectionOptions connection;
  std::string action;        // "fetch", "verify" or "load"
  std::string ticket_id;     // fetch
  std::string file;          // fetch: where to; verify: a proof as JSON; load: rules as JSON
  std::string location_id;   // load
  std::string jurisdiction;  // load; empty: the location's stays
};

// The exit code: 0; 1 when something failed or the proof does not hold. `verify` needs no server.
int RunConsent(const ConsentOptions& options);

}  // namespace pitlane::tools
