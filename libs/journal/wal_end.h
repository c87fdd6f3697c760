// The end of the write-ahead log after a power failure.
//
// The disk writes the pages of a commit that was not synced yet in any order, so some may be there
// and others be holes of zeros. To RocksDB that looks like damage to what was synced. It is not the
// same: a commit is synced before the next one is written, so behind a hole of an unsynced commit
// nothing begins.
//
// Format: "Write Ahead Log File Format" in RocksDB's wiki. Blocks of 32 KiB; in each, records of
// masked CRC-32C (4), length (2), type (1), payload; little endian.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "rocksdb/env.h"

namespace pitlane::journal::internal {

// Whether all that is unsound in the write-ahead logs in `path` is the last commit of a log, from
// which whole sectors are missing: of the newest log, and of older ones that a recovery was about
// to remove when the power failed again. False too where nothing is unsound, or where it cannot be
// told. Whether such a commit was acknowledged is for the high-water mark to say. Errors are those
// of reading.
absl::StatusOr<bool> EndsInHoles(rocksdb::Env* env, const std::string& path);

}  // namespace pitlane::journal::internal
