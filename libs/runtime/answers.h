// Answering callers, beside the executor: while these answers are written to their connections, the
// executor is deciding the next commands.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "libs/runtime/stepper.h"

namespace pitlane::runtime {

// Thread-safe; stepped by one thread.
class Answers final : public Stepper {
 public:
  // Each is called once, by Step, in this order.
  void Put(std::vector<std::function<void()>> answers);

  size_t Step() override;
  void SetWakeup(std::function<void()> wakeup) override;

 private:
  absl::Mutex mutex_;
  std::vector<std::function<void()>> waiting_ ABSL_GUARDED_BY(mutex_);
  std::function<void()> wakeup_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace pitlane::runtime
