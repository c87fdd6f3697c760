// The lines that clients and the card provider wrote (docs/formats.md).
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tests/checker/history.h"

namespace pitlane::checker {

// Adds what is in the file. A last line that ends in the middle was being written when its writer
// was killed, and is left out. INVALID_ARGUMENT names any other line that cannot be read.
absl::Status ReadClientRecords(const std::string& path, std::vector<ClientRecord>& records);
absl::StatusOr<std::vector<ProviderRecord>> ReadProviderRecords(const std::string& path);

}  // namespace pitlane::checker
