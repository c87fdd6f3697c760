// What is behind Journal: the database, the high-water mark, the state of the writer, and those who
// wait. Journal and Batch forward to it.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "libs/journal/batch_state.h"
#include "libs/journal/database.h"
#include "libs/journal/high_water_mark.h"
#include "libs/journal/journal.h"
#include "libs/journal/keeper.h"
#include "libs/journal/news.h"

namespace pitlane::journal::internal {

class Store {
 public:
  static absl::StatusOr<std::unique_ptr<Store>> Open(Options options);
  ~Store();

  // Any thread.
  const Options& options() const { return options_; }
  const Database& database() const { return *database_; }
  News& news() { return *news_; }
  const News& news() const { return *news_; }
  Keeper& keeper() const { return *keeper_; }
  std::string mark_path() const { return options_.path + "/high-water-mark"; }
  absl::Status Checkpoint(const std::string& folder);
  Stats GetStats() const;

  // Writer.
  std::unique_ptr<BatchState> NewBatch();
  void BatchGone() { batch_alive_ = false; }
  absl::Status Commit(BatchState& batch);
  const Tail& tail() const { return committed_.tail; }
  // Committed version of a stream. The version the caller believes in makes the usual case a look
  // into bloom filters.
  absl::StatusOr<uint64_t> StreamHead(std::string_view stream_id, uint64_t believed);
  ViewState View(std::string_view view) const;

 private:
  explicit Store(Options options) : options_(std::move(options)) {}

  // Steps of Open.
  absl::Status Lock();
  absl::Status OpenDatabase(Database::Mode mode);
  absl::Status Inspect(const std::optional<Mark>& mark);
  // True when the store has no identity yet, and nothing else either.
  absl::StatusOr<bool> CheckIdentity(bool had_commits);
  absl::Status WriteIdentity();
  absl::Status LoadState(const std::optional<Mark>& mark);
  absl::Status CheckAgainstMark(const std::optional<Mark>& mark) const;
  absl::Status CheckTail(bool closed_cleanly) const;
  absl::Status StartMark(bool exists);

  absl::Status CopyFiles(const std::string& folder);

  absl::Status ReadyToCommit();
  absl::Status Resume();
  absl::Status RefuseForSpace(absl::string_view why);
  absl::Status WriteFailed(const rocksdb::Status& status);
  absl::Status AdvanceMark();
  void Fatal(const absl::Status& status);

  const Options options_;
  rocksdb::Env* env_ = nullptr;
  rocksdb::FileLock* lock_ = nullptr;
  Database::Recovery recovery_ = Database::Recovery::kWhole;
  std::unique_ptr<Database> database_;
  std::unique_ptr<HighWaterMark> mark_;
  std::unique_ptr<News> news_;

  // The writer's.
  bool batch_alive_ = false;
  Mark committed_;
  uint64_t erasure_recorded_ = 0;                     // what kErasureKey holds; 0: it is absent
  absl::flat_hash_map<std::string, uint64_t> heads_;  // committed versions of recent streams
  absl::flat_hash_map<std::string, ViewState> views_;
  uint64_t retry_at_micros_ = 0;  // while the disk is full
  bool resume_needed_ = false;    // RocksDB has met the full disk

  std::atomic<bool> no_space_{false};
  std::atomic<bool> stopped_{false};
  mutable absl::Mutex stopped_mutex_;
  absl::Status stopped_because_ ABSL_GUARDED_BY(stopped_mutex_);

  std::atomic<uint64_t> commits_{0}, syncs_{0}, mark_syncs_{0}, events_{0}, bytes_{0}, refused_{0};

  std::unique_ptr<Keeper> keeper_;  // last: its thread uses the above
};

}  // namespace pitlane::journal::internal
