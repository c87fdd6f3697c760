#include "libs/testing/eventually.h"

#include <algorithm>

#include "absl/time/clock.h"

namespace pitlane::testing {
namespace {

// What moves without a beat (a refused effect, a feed's timer) is seen this much later at most.
constexpr absl::Duration kLookAgain = absl::Milliseconds(100);

}  // namespace

void Pulse::Beat() {
  absl::MutexLock lock(&mutex_);
  ++beats_;
}

bool Pulse::Eventually(absl::Duration timeout, const std::function<bool()>& predicate) {
  const absl::Time deadline = absl::Now() + timeout;
  while (true) {
    uint64_t seen;
    {
      absl::MutexLock lock(&mutex_);
      seen = beats_;
    }
    if (predicate()) return true;
    if (absl::Now() >= deadline) return false;
    const auto beaten = [this, seen]()
                            ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return beats_ != seen; };
    absl::MutexLock lock(&mutex_);
    mutex_.AwaitWithDeadline(absl::Condition(&beaten),
                             std::min(deadline, absl::Now() + kLookAgain));
  }
}

void Pulse::Follow(journal::Journal& journal) {
  followed_.push_back(journal.OnCommit([this](uint64_t) { Beat(); }));
}

void Pulse::Unfollow() { followed_.clear(); }

}  // namespace pitlane::testing
