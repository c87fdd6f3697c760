#include "libs/runtime/stepper.h"

#include <pthread.h>

#include <algorithm>
#include <thread>

#include "libs/base/check.h"

namespace pitlane::runtime {

class ThreadRunner::Impl {
 public:
  Impl(Stepper& stepper, Clock& clock, std::string name)
      : stepper_(stepper), clock_(clock), name_(std::move(name)) {}

  void Start() {
    PITLANE_CHECK(!thread_.joinable());
    thread_ = std::thread([this] { Run(); });
    // The kernel keeps fifteen characters.
    pthread_setname_np(thread_.native_handle(), name_.substr(0, 15).c_str());
  }

  void Stop() {
    {
      absl::MutexLock lock(&mutex_);
      stop_ = true;
    }
    if (thread_.joinable()) thread_.join();
  }

  void Wake() {
    absl::MutexLock lock(&mutex_);
    woken_ = true;
  }

 private:
  void Run() {
    while (true) {
      const size_t did = stepper_.Step();
      // Outside the mutex: whoever wakes us may hold the stepper's own.
      const absl::Duration wait =
          did > 0 ? absl::ZeroDuration() : stepper_.NextStep() - clock_.Now();
      absl::MutexLock lock(&mutex_);
      if (stop_) return;
      if (did > 0) continue;
      const auto signalled = [this]()
                                 ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return woken_ || stop_; };
      mutex_.AwaitWithTimeout(absl::Condition(&signalled), std::max(wait, absl::ZeroDuration()));
      woken_ = false;
      if (stop_) return;
    }
  }

  Stepper& stepper_;
  Clock& clock_;
  const std::string name_;
  absl::Mutex mutex_;
  bool woken_ ABSL_GUARDED_BY(mutex_) = false;
  bool stop_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

ThreadRunner::ThreadRunner(Stepper& stepper, Clock& clock, std::string name)
    : stepper_(stepper), impl_(std::make_shared<Impl>(stepper, clock, std::move(name))) {
  stepper_.SetWakeup([impl = impl_] { impl->Wake(); });
}

ThreadRunner::~ThreadRunner() {
  Stop();
  stepper_.SetWakeup(nullptr);
}

void ThreadRunner::Start() { impl_->Start(); }
void ThreadRunner::Stop() { impl_->Stop(); }
void ThreadRunner::Wake() { impl_->Wake(); }

}  // namespace pitlane::runtime
