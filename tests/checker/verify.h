// The whole check of a history.
#pragma once

#include "absl/status/statusor.h"
#include "tests/checker/history.h"
#include "tests/checker/report.h"

namespace pitlane::checker {

// Reads each store and topic once. An error when something cannot be read at all; whatever is read
// and wrong is in the report.
absl::StatusOr<Report> Verify(const History& history, const Expectations& expectations);

}  // namespace pitlane::checker
