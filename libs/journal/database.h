// RocksDB as the journal uses it: the column families with their settings, errors as absl::Status,
// and the few kinds of access that everything else is made of.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/journal/codec.h"
#include "libs/journal/journal.h"
#include "rocksdb/db.h"
#include "rocksdb/env.h"

namespace pitlane::journal::internal {

inline rocksdb::Slice ToSlice(std::string_view bytes) { return {bytes.data(), bytes.size()}; }
inline std::string_view ToView(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

// OK for OK; otherwise "cannot <verb> <object>: <RocksDB's words>" with the code of journal.h.
absl::Status FromRocks(const rocksdb::Status& status, std::string_view verb,
                       std::string_view object);
bool IsNoSpace(const rocksdb::Status& status);
// Makes the names in a folder durable.
absl::Status SyncFolder(rocksdb::Env* env, const std::string& folder);

// Any thread, except where said.
class Database {
 public:
  // Opens the database in `path`, making it if there is none (unless to read only, which changes no
  // file). FAILED_PRECONDITION when it has families of a newer release.
  enum class Mode { kReadOnly, kReadWrite };
  // What to do about damage in the write-ahead log: refuse, except for a torn end, or leave out all
  // that follows it. The latter only where EndsInHoles (wal_end.h) says so.
  enum class Recovery { kWhole, kUpToDamage };
  static absl::StatusOr<std::unique_ptr<Database>> Open(const std::string& path,
                                                        const Options& options,
                                                        Mode mode = Mode::kReadWrite,
                                                        Recovery recovery = Recovery::kWhole);
  // Whether RocksDB files are in the folder, and whether they make a database that was once whole.
  enum class Presence { kNothing, kDatabase, kFragments };
  static absl::StatusOr<Presence> Look(rocksdb::Env* env, const std::string& path);

  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  rocksdb::DB* db() const { return db_.get(); }
  rocksdb::ColumnFamilyHandle* handle(Family family) const {
    return handles_[static_cast<size_t>(family)];
  }
  std::vector<rocksdb::ColumnFamilyHandle*> handles() const {
    return {handles_.begin(), handles_.end()};
  }
  const std::string& path() const { return path_; }
  rocksdb::Env* env() const { return env_; }
  bool read_only() const { return mode_ == Mode::kReadOnly; }

  // snapshot nullptr: the newest committed state.
  absl::StatusOr<std::optional<std::string>> Get(Family family, std::string_view key,
                                                 const rocksdb::Snapshot* snapshot) const;

  // An iterator over [lower, upper); an empty upper has no end. Bounds live as long as it does.
  class Range {
   public:
    rocksdb::Iterator* operator->() const { return iterator_.get(); }
    // Of an iterator that is not valid any more: OK at the end, or why it stopped early.
    absl::Status status() const { return FromRocks(iterator_->status(), "read", "the store"); }

   private:
    friend class Database;
    struct Bounds {
      std::string lower, upper;
      rocksdb::Slice lower_slice, upper_slice;
    };
    std::unique_ptr<Bounds> bounds_;
    std::unique_ptr<rocksdb::Iterator> iterator_;
  };
  struct RangeOptions {
    const rocksdb::Snapshot* snapshot = nullptr;
    bool within_stream = false;  // all keys belong to one stream: its bloom filter may be used
    bool sequential = false;     // a long walk: read ahead, leave the block cache alone
  };
  Range NewRange(Family family, std::string lower, std::string upper,
                 const RangeOptions& options) const;

  // Moves what is in memory to table files, all families, so that no write-ahead log of before is
  // needed any more.
  rocksdb::Status FlushAll() const;
  // Puts something into memory that no one reads. RocksDB leaves a write-ahead log behind only when
  // there is something in memory to flush; with nothing there, it could not resume after a commit
  // that found the disk full.
  rocksdb::Status Anchor() const;

 private:
  Database() = default;

  std::string path_;
  rocksdb::Env* env_ = nullptr;
  Mode mode_ = Mode::kReadWrite;
  std::unique_ptr<rocksdb::DB> db_;
  std::array<rocksdb::ColumnFamilyHandle*, kFamilyCount> handles_{};
  rocksdb::ColumnFamilyHandle* default_handle_ = nullptr;
};

}  // namespace pitlane::journal::internal
