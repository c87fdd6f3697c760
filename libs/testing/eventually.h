// Waiting for conditions in tests without sleeping: the predicate is looked at again whenever the
// world has moved.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "libs/journal/journal.h"

namespace pitlane::testing {

// Something moved. Thread-safe.
class Pulse {
 public:
  void Beat();
  // True as soon as `predicate` is; it is called on this thread, at once and after every beat.
  // False when it is still not true after `timeout`.
  bool Eventually(absl::Duration timeout, const std::function<bool()>& predicate);
  // Beats with every commit of the journal (those with events).
  void Follow(journal::Journal& journal);
  // Of everything followed; before the journals are destroyed.
  void Unfollow();

 private:
  absl::Mutex mutex_;
  uint64_t beats_ ABSL_GUARDED_BY(mutex_) = 0;
  std::vector<journal::Subscription> followed_;
};

}  // namespace pitlane::testing
