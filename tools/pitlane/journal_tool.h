// `pitlane journal verify|dump|checkpoint`: a stopped service's store. Running services offer the
// same through AdminService.
#pragma once

#include <cstdint>
#include <string>

namespace pitlane::tools {

struct JournalOptions {
  std::string action;  // "verify", "dump" or "checkpoint"
  std::string store;   // "<folder>/<area>.<shard>"
  std::string folder;  // of the backup
  uint64_t from = 1;
  uint32_t shard_count = 1;
  uint32_t partition_count = 8;
};

// The exit code: 0; 1 when the store is refused or unsound.
int RunJournal(const JournalOptions& options);

}  // namespace pitlane::tools
