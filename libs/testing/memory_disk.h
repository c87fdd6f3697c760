// A disk in memory that can lose what was not synced, run full, and fail.
#pragma once

#include <memory>

#include "rocksdb/env.h"

namespace pitlane::testing {

// Thread-safe. `env()` is what journal::Options::env takes; the disk must outlive what uses it.
class MemoryDisk {
 public:
  MemoryDisk();
  ~MemoryDisk();

  rocksdb::Env* env();

  // A power cut: every file loses what was written since its last sync; files that were never
  // synced lose everything. Only while nothing has the disk open.
  void LoseUnsynced();
  // While full, writing is "no space"; reading goes on.
  void SetFull(bool full);
  // Syncs of files since the start.
  uint64_t syncs() const;

 private:
  class Disk;
  std::unique_ptr<Disk> disk_;
};

}  // namespace pitlane::testing
