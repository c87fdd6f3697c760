#include "libs/journal/news.h"

#include <algorithm>
#include <utility>

namespace pitlane::journal::internal {

void News::Set(const Mark& committed) {
  absl::MutexLock lock(&mutex_);
  committed_ = committed;
  commits_.store(committed.commits, std::memory_order_release);
  last_position_.store(committed.tail.last_position, std::memory_order_release);
}

void News::Tell() {
  const uint64_t position = last_position();
  if (std::exchange(told_, position) == position) return;
  {
    absl::MutexLock lock(&mutex_);
    moved_.SignalAll();
  }
  absl::MutexLock lock(&listeners_mutex_);
  for (const auto& [id, listener] : listeners_) listener(position);
}

Mark News::committed() const {
  absl::MutexLock lock(&mutex_);
  return committed_;
}

uint64_t News::WaitPast(uint64_t position, absl::Time deadline) {
  absl::MutexLock lock(&mutex_);
  while (!stopped_ && last_position() <= position) {
    if (moved_.WaitWithDeadline(&mutex_, deadline)) break;
  }
  return last_position();
}

void News::StopWaiting() {
  absl::MutexLock lock(&mutex_);
  stopped_ = true;
  moved_.SignalAll();
}

uint64_t News::Subscribe(std::function<void(uint64_t)> listener) {
  absl::MutexLock lock(&listeners_mutex_);
  listeners_.emplace_back(next_id_, std::move(listener));
  return next_id_++;
}

void News::Unsubscribe(uint64_t id) {
  absl::MutexLock lock(&listeners_mutex_);
  listeners_.erase(std::remove_if(listeners_.begin(), listeners_.end(),
                                  [id](const auto& entry) { return entry.first == id; }),
                   listeners_.end());
}

}  // namespace pitlane::journal::internal
