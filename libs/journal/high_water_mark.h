// The file that remembers, beside the store, how far the store had got, so that a store which lost
// acknowledged commits is recognised although RocksDB opens it without complaint.
//
// The mark is written after the write-ahead log was synced, so it never claims more than was
// durable. Two slots are written in turn: a torn write leaves the other one. See README.md for what
// a mark that trails behind can and cannot notice.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/journal/journal.h"
#include "rocksdb/env.h"

namespace pitlane::journal::internal {

struct Mark {
  uint32_t format_version = 0;
  uint64_t commits = 0;  // number of the last commit, those without events included
  Tail tail;
  bool clean = false;  // the store was closed after this commit
};

// Write belongs to one thread; Sync may be called from another at the same time.
class HighWaterMark {
 public:
  // Empty when there is no file; DATA_LOSS when neither slot is sound.
  static absl::StatusOr<std::optional<Mark>> Read(rocksdb::Env* env, const std::string& path);
  // Makes the file, durably; replaces one that is there.
  static absl::Status Create(rocksdb::Env* env, const std::string& path, const Mark& mark);
  static absl::StatusOr<std::unique_ptr<HighWaterMark>> Open(rocksdb::Env* env,
                                                             const std::string& path);

  // Gives the mark to the operating system: it survives the end of the process.
  absl::Status Write(const Mark& mark);
  // After it the last written mark survives a power failure too.
  absl::Status Sync();
  absl::Status Close();

 private:
  HighWaterMark(std::unique_ptr<rocksdb::RandomRWFile> file, uint64_t sequence)
      : file_(std::move(file)), sequence_(sequence) {}

  std::unique_ptr<rocksdb::RandomRWFile> file_;
  uint64_t sequence_;  // of the last write; its parity chooses the slot
};

}  // namespace pitlane::journal::internal
