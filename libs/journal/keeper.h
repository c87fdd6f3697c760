// The journal's own thread: syncs the high-water mark some time after it was written, and removes
// the bytes of deleted secrets from the files. It sleeps while there is neither.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <set>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "libs/journal/database.h"
#include "libs/journal/high_water_mark.h"

namespace pitlane::journal::internal {

// Thread-safe.
class Keeper {
 public:
  struct Parts {
    const Database* database;  // both outlive the keeper
    HighWaterMark* mark;
    absl::Duration mark_sync_interval;
    uint64_t reserve_bytes;    // nothing is rewritten while less is free on the disk
    uint64_t erase_up_to = 0;  // commit whose deleted secrets are still in files
    std::function<void(absl::Status)> on_fatal;  // the mark cannot be synced
  };
  explicit Keeper(Parts parts);
  // Ends the thread; an erasure that is still wanted is left for the next Open.
  ~Keeper();

  // The mark was written; it is synced within the interval.
  void MarkWritten();

  // Secrets were deleted by this commit. Their bytes go once every Reader of before is gone.
  void EraseUpTo(uint64_t commit);
  uint64_t erased_up_to() const { return erased_.load(std::memory_order_acquire); }
  bool erasure_pending() const;
  absl::Status WaitForErasure(absl::Time deadline);

  // Readers hold back erasures of later commits. `commits`: the last commit the reader may see.
  void AddReader(uint64_t commits);
  void RemoveReader(uint64_t commits);
  size_t readers() const;

  // Held while files must not disappear under someone who copies them.
  absl::Mutex& files_mutex() ABSL_LOCK_RETURNED(files_mutex_) { return files_mutex_; }

  uint64_t mark_syncs() const { return mark_syncs_.load(std::memory_order_relaxed); }

 private:
  void Run();
  bool CanErase(absl::Time now) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void SyncMark() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Erase() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Parts parts_;
  std::atomic<bool> mark_dirty_{false};
  std::atomic<uint64_t> erased_;
  std::atomic<uint64_t> mark_syncs_{0};
  absl::Mutex files_mutex_;

  mutable absl::Mutex mutex_;
  absl::CondVar changed_;
  bool stop_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Time mark_due_ ABSL_GUARDED_BY(mutex_) = absl::InfiniteFuture();
  uint64_t erase_wanted_ ABSL_GUARDED_BY(mutex_);
  absl::Time erase_due_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  absl::Duration erase_backoff_ ABSL_GUARDED_BY(mutex_);
  std::multiset<uint64_t> readers_ ABSL_GUARDED_BY(mutex_);

  std::thread thread_;  // last: uses everything above
};

// Rewrites the secrets' table files and drops the write-ahead logs, so that nothing that was
// deleted remains in any file. UNAVAILABLE when an old file is still there; to be tried again.
absl::Status EraseDeletedSecrets(const Database& database);

}  // namespace pitlane::journal::internal
