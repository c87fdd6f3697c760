// The manifest of a checkpoint: a hash of each of its files, so that a backup that was changed
// where it was kept is refused before anything is read from it.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "rocksdb/env.h"

namespace pitlane::journal::internal {

// Text, a line for each file and a last one for the lines before it:
// "<SHA-256 in hex>  <bytes>  <path within the folder>". Synced.
absl::Status WriteManifest(rocksdb::Env* env, const std::string& folder);
// False: there is none. DATA_LOSS naming what is not as it was.
absl::StatusOr<bool> CheckManifest(rocksdb::Env* env, const std::string& folder);
absl::Status RemoveManifest(rocksdb::Env* env, const std::string& folder);

}  // namespace pitlane::journal::internal
