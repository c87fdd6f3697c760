// Which day it is in a location. Reads the computer's time zone data when a zone is used first;
// kept out of domain/ for that reason. Thread-safe.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace pitlane::ticket {

// Whether `name` is an IANA zone that this computer knows, e.g. "America/Chicago".
bool IsKnownTimeZone(const std::string& name);

// YYYY-MM-DD in that zone. INTERNAL when this computer does not know the zone (any more).
absl::StatusOr<std::string> DateIn(const std::string& time_zone, absl::Time time);

}  // namespace pitlane::ticket
