// A disk in memory that can lose what was not synced, run full, and fail.
#pragma once

#include <cstdint>
#include <functional>
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
  // The same, where of each file that has bytes which were not synced (or, for one that is written
  // in place, not as they are now) `left` says what the cut leaves of it. Called in the order of
  // the names. Of files that are appended to, `synced` is the beginning of `now`.
  using LeftFn = std::function<std::string(const std::string& name, const std::string& synced,
                                           const std::string& now)>;
  Image CutImage(const LeftFn& left);
  // Makes the disk hold exactly this. Only while nothing has it open.
  void Restore(const Image& image);

  // While full, writing is "no space"; reading goes on.
  void SetFull(bool full);
  // Syncs of files since the start.
  uint64_t syncs() const;

  // `fault` is asked before each of these, from the thread that does it; what it answers instead of
  // OK is how it ends, and nothing happens. May call CutImage. nullptr for none; not to be replaced
  // while another thread writes.
  enum class Operation { kCreate, kAppend, kSync, kWrite };
  using FaultFn = std::function<rocksdb::Status(Operation operation, const std::string& name)>;
  void SetFault(FaultFn fault);

  // What env()->NowMicros() tells; without it, the time of day. Before the disk is used.
  void SetNowMicros(std::function<uint64_t()> now_micros);
  // Returns once none of RocksDB's background work on this disk is waiting or under way.
  void AwaitBackgroundWork();

 private:
  class Disk;
  std::unique_ptr<rocksdb::Env> memory_;
  std::unique_ptr<Disk> disk_;
};

}  // namespace pitlane::testing
