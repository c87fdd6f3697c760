#include "libs/runtime/answers.h"

#include <iterator>
#include <utility>

namespace pitlane::runtime {

void Answers::Put(std::vector<std::function<void()>> answers) {
  std::function<void()> wakeup;
  {
    absl::MutexLock lock(&mutex_);
    // A step goes on until there is nothing left, so only the first needs to wake it.
    if (waiting_.empty()) wakeup = wakeup_;
    waiting_.insert(waiting_.end(), std::make_move_iterator(answers.begin()),
                    std::make_move_iterator(answers.end()));
  }
  if (wakeup) wakeup();
}

size_t Answers::Step() {
  std::vector<std::function<void()>> taken;
  {
    absl::MutexLock lock(&mutex_);
    taken.swap(waiting_);
  }
  for (const auto& answer : taken) answer();
  return taken.size();
}

void Answers::SetWakeup(std::function<void()> wakeup) {
  absl::MutexLock lock(&mutex_);
  wakeup_ = std::move(wakeup);
}

}  // namespace pitlane::runtime
