// Walks over a store that look for the first fault. Any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "libs/journal/database.h"
#include "libs/journal/high_water_mark.h"
#include "libs/journal/journal.h"

namespace pitlane::journal::internal {

struct LogWalk {
  Tail tail;             // the last sound record
  uint64_t records = 0;  // sound ones
  std::optional<VerifyFault> fault;
};

// Checks every record behind `before` to the end of the log: positions, decoding, chain, and that
// the stream index leads to it. Before each record `go_on` is asked (CANCELLED when it says no).
absl::StatusOr<LogWalk> WalkLog(const Database& database, const rocksdb::Snapshot* snapshot,
                                const Tail& before, absl::FunctionRef<bool(uint64_t)> go_on);

// Whether the store has what the mark says it had. `tail`, `commits`: of the store.
absl::StatusOr<std::optional<VerifyFault>> CheckMark(const Database& database,
                                                     const rocksdb::Snapshot* snapshot,
                                                     const Mark& mark, const Tail& tail,
                                                     uint64_t commits);

absl::StatusOr<VerifyReport> VerifyStore(
    const Database& database, const std::string& mark_path,
    const std::function<bool(const VerifyProgress&)>& progress);

}  // namespace pitlane::journal::internal
