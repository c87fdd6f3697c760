// Who waits for commits, and how far the store is as everybody may know it.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "libs/journal/high_water_mark.h"

namespace pitlane::journal::internal {

// Thread-safe; Set and Tell belong to the writer.
class News {
 public:
  explicit News(Mark committed)
      : last_position_(committed.tail.last_position),
        commits_(committed.commits),
        told_(committed.tail.last_position),
        committed_(std::move(committed)) {}

  // What is committed and durable as of now.
  void Set(const Mark& committed);
  // Wakes the waiting threads and calls the listeners when the position has moved since the last
  // time.
  void Tell();
  Mark committed() const;
  uint64_t last_position() const { return last_position_.load(std::memory_order_acquire); }

  // Number of the last commit; what it wrote can be read.
  uint64_t commits() const { return commits_.load(std::memory_order_acquire); }

  uint64_t WaitPast(uint64_t position, absl::Time deadline);
  void StopWaiting();

  // Returns a number for Unsubscribe, which waits for a call that is under way.
  uint64_t Subscribe(std::function<void(uint64_t)> listener);
  void Unsubscribe(uint64_t id);

 private:
  std::atomic<uint64_t> last_position_;
  std::atomic<uint64_t> commits_;
  uint64_t told_;  // writer only

  mutable absl::Mutex mutex_;
  absl::CondVar moved_;
  Mark committed_ ABSL_GUARDED_BY(mutex_);
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;

  absl::Mutex listeners_mutex_;  // held while they are called
  uint64_t next_id_ ABSL_GUARDED_BY(listeners_mutex_) = 1;
  std::vector<std::pair<uint64_t, std::function<void(uint64_t)>>> listeners_
      ABSL_GUARDED_BY(listeners_mutex_);
};

}  // namespace pitlane::journal::internal
