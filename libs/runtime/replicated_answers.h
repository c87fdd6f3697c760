// Answers that wait until Kafka has what they say: acknowledgement `replicated` (design.md §4).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "libs/base/clock.h"
#include "libs/runtime/stepper.h"

namespace pitlane::runtime {

struct ReplicatedAnswersOptions {
  // Answers, and bytes of responses, that wait at a time. Full() beyond it: no further command is
  // taken. What one batch adds after that is still held, so the bound is this and one batch.
  size_t max_waiting = 4096;
  size_t max_bytes = 32u << 20;
  // How long an answer waits whose caller has set no deadline.
  absl::Duration max_wait = absl::Seconds(30);
};

// Holds what was committed here until its position is published. Thread-safe; stepped by one
// thread, which is the one that answers. An answer that is late is replaced by DEADLINE_EXCEEDED
// with reason NOT_REPLICATED a little before the caller's deadline, so that the reason reaches it:
// the outcome stands here, and nobody can say whether a lost disk would take it along.
class ReplicatedAnswers final : public Stepper {
 public:
  // `clock` is borrowed.
  explicit ReplicatedAnswers(Clock& clock, ReplicatedAnswersOptions options = {})
      : clock_(clock), options_(options) {}

  // Whether as many wait as may.
  bool Full() const;

  struct Held {
    // Everything that the answer rests on is at or before it.
    uint64_t position = 0;
    absl::Time deadline = absl::InfiniteFuture();
    size_t bytes = 0;
    // With OK once the position is published; else with what the caller is told instead. Once, by
    // Step or Stop.
    std::function<void(absl::Status)> done;
  };
  void Hold(std::vector<Held> answers);

  // Everything up to here is in Kafka. May go back: a topic that lost its records holds them no
  // more, so what is not answered yet waits for them again.
  void Published(uint64_t position);

  // Answers everything that waits, and whatever comes from now on, at once: OK for what is
  // published, UNAVAILABLE with reason NOT_REPLICATED for the rest.
  void Stop();

  size_t waiting() const;

  size_t Step() override;
  absl::Time NextStep() override;
  void SetWakeup(std::function<void()> wakeup) override;

 private:
  using Place = std::pair<uint64_t, uint64_t>;  // position, and a number of its own
  struct Waiting {
    absl::Time deadline;
    size_t bytes;
    std::function<void(absl::Status)> done;
  };
  Waiting Take(std::map<Place, Waiting>::iterator it) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  Clock& clock_;
  const ReplicatedAnswersOptions options_;

  mutable absl::Mutex mutex_;
  std::map<Place, Waiting> waiting_ ABSL_GUARDED_BY(mutex_);
  std::set<std::pair<absl::Time, Place>> deadlines_ ABSL_GUARDED_BY(mutex_);  // of the same
  uint64_t held_ ABSL_GUARDED_BY(mutex_) = 0;                                 // so many have come
  size_t bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t published_ ABSL_GUARDED_BY(mutex_) = 0;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  std::function<void()> wakeup_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace pitlane::runtime
