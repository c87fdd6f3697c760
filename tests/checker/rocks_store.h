// A store on the disk, opened so that nothing in it changes.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/checker/history.h"

namespace pitlane::checker {

// The stores in `data`, by name. NOT_FOUND when there is none; DATA_LOSS when one cannot be opened.
// A store that a service writes to meanwhile is read as far as it was when it was opened.
absl::StatusOr<std::vector<std::unique_ptr<StoreReader>>> OpenStores(const std::string& data);

}  // namespace pitlane::checker
