// Whether a disk has room. RocksDB cannot always go on after running into a full disk (a new
// write-ahead log that cannot be made is fatal to it), so the journal looks before it writes.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "rocksdb/env.h"

namespace pitlane::journal::internal {

// RESOURCE_EXHAUSTED, naming the folder, when less than `reserve_bytes` are free on its disk. OK
// when the Env cannot tell.
absl::Status CheckFreeSpace(rocksdb::Env* env, const std::string& folder, uint64_t reserve_bytes);

// The same, and a file of some size can really be written there.
absl::Status ProbeSpace(rocksdb::Env* env, const std::string& folder, uint64_t reserve_bytes);

}  // namespace pitlane::journal::internal
