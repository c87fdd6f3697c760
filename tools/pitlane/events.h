// `pitlane events tail`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "tools/pitlane/connection.h"

namespace pitlane::tools {

struct EventsOptions {
  ConnectionOptions connection;
  std::string area;              // empty: all
  std::optional<uint64_t> from;  // first position; empty: what comes from now on
  bool json = false;
  bool no_follow = false;
};

// Runs until interrupted, or with no_follow until the end. The exit code.
int RunEventsTail(const EventsOptions& options);

// One event as a line: position, time, type and stream, or the whole event as JSON.
std::string EventLine(std::string_view area, std::string_view payload, bool json);

}  // namespace pitlane::tools
