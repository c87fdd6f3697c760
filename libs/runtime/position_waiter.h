// Waiting until this service has applied what a caller has seen elsewhere.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "libs/base/clock.h"
#include "libs/journal/journal.h"
#include "libs/rpc/positions.h"
#include "libs/runtime/executor.h"
#include "libs/runtime/stepper.h"
#include "libs/stream/feed.h"

namespace pitlane::runtime {

// Knows the committed cursors of the feeds. An entry of a token is satisfied when the cursor of its
// source has come to its position. Entries of the service's own area are satisfied by the fact that
// they exist; entries of areas that it does not listen to never concern it. Thread-safe. Stepped
// for the deadlines only.
class PositionWaiter final : public Stepper {
 public:
  // `listens_to`: the areas of its feeds. At most `max_waiting` wait at a time.
  PositionWaiter(std::string own_area, std::set<std::string, std::less<>> listens_to, Clock& clock,
                 size_t max_waiting = 4096);

  // The cursors that the store has; before the first Wait.
  void LoadCursors(const std::map<stream::Source, uint64_t>& cursors);
  // After a commit.
  void Committed(const CommitNotice& notice);

  // Calls `done` once: with OK when all are satisfied (inside this call when they are already),
  // with DEADLINE_EXCEEDED and reason POSITION_NOT_REACHED at `deadline` (by the clock given), with
  // RESOURCE_EXHAUSTED when too many wait, with CANCELLED from Cancel or Stop. A wait that
  // was reached or is late ends in Step. Returns a ticket for Cancel; 0 when `done` was called
  // already.
  uint64_t Wait(const rpc::PositionToken& after, absl::Time deadline,
                std::function<void(absl::Status)> done);
  // Ends a wait that has not ended, with CANCELLED.
  void Cancel(uint64_t ticket);
  // Ends all waits with UNAVAILABLE, now and from now on.
  void Stop();

  // The committed cursor of a source; 0 when nothing of it was applied.
  uint64_t Cursor(const stream::Source& source) const;
  std::map<stream::Source, uint64_t> Cursors() const;

  size_t Step() override;
  absl::Time NextStep() override;
  void SetWakeup(std::function<void()> wakeup) override;

 private:
  struct Waiting {
    std::map<stream::Source, uint64_t> left;  // not reached yet
    absl::Time deadline;
    std::function<void(absl::Status)> done;
  };
  void RemoveSatisfied(Waiting& waiting) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::string own_area_;
  const std::set<std::string, std::less<>> listens_to_;
  Clock& clock_;
  const size_t max_waiting_;

  mutable absl::Mutex mutex_;
  std::map<stream::Source, uint64_t> cursors_ ABSL_GUARDED_BY(mutex_);
  std::map<uint64_t, Waiting> waiting_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::function<void(absl::Status)>> reached_ ABSL_GUARDED_BY(mutex_);
  uint64_t next_ticket_ ABSL_GUARDED_BY(mutex_) = 1;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  std::function<void()> wakeup_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace pitlane::runtime
