#include "libs/runtime/stepper.h"

#include <gtest/gtest.h>

namespace pitlane::runtime {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(20);

// Counts its steps; has work while `work` is positive.
class CountingStepper final : public Stepper {
 public:
  size_t Step() override {
    absl::MutexLock lock(&mutex_);
    ++steps_;
    if (work_ == 0) return 0;
    --work_;
    return 1;
  }
  absl::Time NextStep() override {
    absl::MutexLock lock(&mutex_);
    return next_;
  }
  void SetWakeup(std::function<void()> wakeup) override {
    absl::MutexLock lock(&mutex_);
    wakeup_ = std::move(wakeup);
  }
  void Give(int work) {
    std::function<void()> wakeup;
    {
      absl::MutexLock lock(&mutex_);
      work_ += work;
      wakeup = wakeup_;
    }
    if (wakeup) wakeup();
  }
  void SetNext(absl::Time next) {
    absl::MutexLock lock(&mutex_);
    next_ = next;
  }
  bool AwaitSteps(int steps) {
    const auto done = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return steps_ >= steps; };
    absl::MutexLock lock(&mutex_);
    return mutex_.AwaitWithTimeout(absl::Condition(&done), kPatience);
  }
  int steps() {
    absl::MutexLock lock(&mutex_);
    return steps_;
  }

 private:
  absl::Mutex mutex_;
  int steps_ ABSL_GUARDED_BY(mutex_) = 0;
  int work_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::Time next_ ABSL_GUARDED_BY(mutex_) = absl::InfiniteFuture();
  std::function<void()> wakeup_ ABSL_GUARDED_BY(mutex_);
};

TEST(ThreadRunner, StepsUntilThereIsNothingToDoAndAgainWhenWoken) {
  CountingStepper stepper;
  FakeClock clock;
  ThreadRunner runner(stepper, clock, "test");
  stepper.Give(5);
  runner.Start();
  ASSERT_TRUE(stepper.AwaitSteps(6));
  stepper.Give(3);
  EXPECT_TRUE(stepper.AwaitSteps(10));
}

TEST(ThreadRunner, StepsWhenTheTimeHasCome) {
  CountingStepper stepper;
  stepper.SetNext(Clock::System().Now() + absl::Milliseconds(5));
  ThreadRunner runner(stepper, Clock::System(), "test");
  runner.Start();
  EXPECT_TRUE(stepper.AwaitSteps(2));
}

TEST(ThreadRunner, StopLetsTheStepEndAndThenNothingSteps) {
  CountingStepper stepper;
  FakeClock clock;
  ThreadRunner runner(stepper, clock, "test");
  runner.Start();
  ASSERT_TRUE(stepper.AwaitSteps(1));
  runner.Stop();
  const int steps = stepper.steps();
  stepper.Give(1);
  runner.Wake();
  runner.Stop();
  EXPECT_EQ(stepper.steps(), steps);
}

TEST(ThreadRunner, RunnerThatNeverStartedStops) {
  CountingStepper stepper;
  FakeClock clock;
  { ThreadRunner runner(stepper, clock, "test"); }
  stepper.Give(1);
  EXPECT_EQ(stepper.steps(), 0);
}

}  // namespace
}  // namespace pitlane::runtime
