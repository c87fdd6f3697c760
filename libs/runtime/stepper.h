// Work that is done in steps: by a thread in production, by hand in a simulation.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "libs/base/clock.h"

namespace pitlane::runtime {

// Something that has work from time to time.
class Stepper {
 public:
  virtual ~Stepper() = default;
  // Does what there is to do now; how much it did. 0: nothing to do. One thread at a time.
  virtual size_t Step() = 0;
  // When to step again although nobody calls the wake-up.
  virtual absl::Time NextStep() { return absl::InfiniteFuture(); }
  // `wakeup` is called from any thread when there is something to do. It is quick, calls nothing
  // back, and may still be called shortly after it was replaced. nullptr for none.
  virtual void SetWakeup(std::function<void()> wakeup) = 0;
};

// Steps one stepper on a thread of its own; sleeps while there is nothing to do.
class ThreadRunner {
 public:
  // `clock` tells when NextStep is due; a fake one has to be followed by Wake. Both are borrowed.
  ThreadRunner(Stepper& stepper, Clock& clock, std::string name);
  // Stops.
  ~ThreadRunner();

  void Start();
  // Lets the step under way end, then joins. Idempotent.
  void Stop();
  void Wake();

 private:
  class Impl;
  Stepper& stepper_;
  std::shared_ptr<Impl> impl_;  // shared with the wake-up, which may be called after the end
};

}  // namespace pitlane::runtime
