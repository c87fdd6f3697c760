// `pitlane journal restore`: a store rebuilt from its topic, completed from it, or put back from a
// checkpoint. The service is stopped meanwhile.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace pitlane::tools {

struct RestoreOptions {
  std::string kafka;   // HOST:PORT; or else
  std::string backup;  // folder of a checkpoint
  std::string area;
  uint32_t shard = 0;
  uint32_t shard_count = 1;
  uint32_t partition_count = 8;
  std::string data_dir;
  std::string secrets;  // folder of a checkpoint; empty: none
  std::vector<std::string> kafka_properties;
};

// The exit code: 0 when the store is there, and sound; 1 with the reason on standard error.
int RunRestore(const RestoreOptions& options);

}  // namespace pitlane::tools
