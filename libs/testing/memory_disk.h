// A disk in memory that can lose what was not synced, and run full.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "rocksdb/env.h"

namespace pitlane::testing {

// Thread-safe. `env()` is what journal::Options::env takes; the disk must outlive what uses it.
class MemoryDisk {
 public:
  MemoryDisk();
  ~MemoryDisk();

  rocksdb::Env* env();

  // What a power cut at this moment would leave: of every file as much as was synced.
  using Image = std::map<std::string, std::string>;
  Image SyncedImage();
  // Makes the disk hold exactly this. Only while nothing has it open.
  void Restore(const Image& image);

  // While full, writing is "no space"; reading goes on.
  void SetFull(bool full);
  // Syncs of files since the start.
  uint64_t syncs() const;

 private:
  class Disk;
  std::unique_ptr<rocksdb::Env> memory_;
  std::unique_ptr<Disk> disk_;
};

}  // namespace pitlane::testing
