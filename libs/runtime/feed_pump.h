// Brings the records of other services' feeds into the executor, each exactly once and in order.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
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
#include "libs/runtime/executor.h"
#include "libs/runtime/parking.h"
#include "libs/runtime/stepper.h"
#include "libs/stream/feed.h"

namespace pitlane::runtime {

// The committed cursors of every source that this store has applied records of.
absl::StatusOr<std::map<stream::Source, uint64_t>> LoadCursors(const journal::Journal& journal);

// Records that took effect here although they lie behind the cursor: what a store that was rebuilt
// from its topic knows of them (restore.h).
using AppliedBehind = std::set<std::pair<stream::Source, uint64_t>>;
absl::StatusOr<AppliedBehind> LoadAppliedBehind(const journal::Journal& journal);
// Rows of a view of the runtime's own; its keys are places ("ticket.0.3@1734").
inline constexpr std::string_view kAppliedBehind = "runtime/applied_behind";
// Which sources have a cursor: the journal gives one only by its name.
inline constexpr std::string_view kSources = "runtime/sources";

// "feed/ticket.0.3": what a source's cursor is called in the journal.
std::string CursorName(const stream::Source& source);
inline constexpr std::string_view kCursorPrefix = "feed/";

struct FeedPumpOptions {
  size_t window = 512;  // records in the executor at a time
  absl::Duration first_retry = absl::Milliseconds(100);
  absl::Duration max_retry = absl::Seconds(10);
};

struct FeedStats {
  uint64_t applied = 0;     // records a reactor took
  uint64_t skipped = 0;     // records nobody here listens to
  uint64_t duplicates = 0;  // dropped
  uint64_t gaps = 0;        // times it stopped at one
  uint64_t parked = 0;      // records put aside in this life
  uint64_t failures = 0;    // polls, seeks or commits that failed
  bool stopped = false;     // waits to be tried again, for `trouble`
  std::string trouble;      // the last one
  bool caught_up = false;   // has applied everything that was there when it started
  absl::Time last_record_time = absl::InfinitePast();  // recorded_at of the last record applied
};

// One feed. Each record is a unit of its own: it is checked against the cursor, the reactors run,
// and the cursor moves, in one commit; records in a row that nobody here listens to share a unit,
// and the cursor moves over them with the next commit that is made anyway. A duplicate is dropped.
// A gap stops the feed: nothing of it is applied until, after a while, it was sought anew from the
// cursors. A record whose reactor fails is parked (parking.h) in the commit that moves the cursor
// over it.
class FeedPump final : public Stepper {
 public:
  // Everything but the feed is borrowed. `shard`: the feed's only one, if it has only one. Logs one
  // line when the feed stops and when it goes on.
  FeedPump(std::string area, std::optional<uint32_t> shard, std::unique_ptr<stream::EventFeed> feed,
           Executor& executor, const RecordApplier& applier, Clock& clock, FeedPumpOptions options);
  // Only when the executor has done everything that was submitted.
  ~FeedPump() override;

  // The committed cursors of the area's sources; entries of other areas are ignored. Once, before
  // the first Step.
  void Start(const std::map<stream::Source, uint64_t>& cursors, AppliedBehind applied = {});
  // Nothing is read until Go. Hold before the first Step; Go from any thread.
  void Hold();
  void Go();
  // `listener` is called, from any thread, when the feed has caught up, stops, goes on, or parks a
  // record. Before the first Step.
  void OnChange(std::function<void()> listener) { on_change_ = std::move(listener); }
  // No further records; those in the executor are still done.
  void Stop();
  // Lets go of the feed, and thereby of what it reads from. After Stop, when nobody steps.
  void Disconnect();

  size_t Step() override;
  absl::Time NextStep() override;
  void SetWakeup(std::function<void()> wakeup) override;

  const std::string& area() const { return area_; }
  FeedStats stats() const;
  // True once everything was applied that was there at the start. Stays true.
  bool caught_up() const;

 private:
  enum class Outcome { kApplied, kSkipped, kDuplicate, kParked, kGap };

  struct Job {
    stream::FeedRecord record;
    RecordApplier::Peek peek;
    Outcome outcome = Outcome::kSkipped;
    absl::Status refusal;  // why it is parked; OK for one that waits behind another
  };

  // Seeks if that is due; whether there is anything to poll for.
  bool Prepare();
  void SubmitAll(std::vector<stream::FeedRecord> records);
  // As one unit: a wanted record, or some that are not.
  void Submit(std::vector<Job> run);
  // Sets the outcome.
  absl::Status ApplyInUnit(Job& job, Unit& unit) const;
  void Finished(const Job& job, const absl::Status& committed);
  void CountOutcome(const Job& job) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void LogParked(const Job& job) const;
  void StopFor(std::string why) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Whether that is news.
  bool NoteCaughtUp() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::string area_;
  const std::optional<uint32_t> shard_;
  Executor& executor_;
  const RecordApplier& applier_;
  Clock& clock_;
  const FeedPumpOptions options_;
  std::function<void()> on_change_;

  AppliedBehind applied_;  // as of Start; passed over

  mutable absl::Mutex mutex_;
  std::map<stream::Source, uint64_t> cursors_ ABSL_GUARDED_BY(mutex_);  // committed
  FeedStats stats_ ABSL_GUARDED_BY(mutex_);
  size_t in_flight_ ABSL_GUARDED_BY(mutex_) = 0;
  bool seek_needed_ ABSL_GUARDED_BY(mutex_) = true;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  bool held_ ABSL_GUARDED_BY(mutex_) = false;
  bool more_ ABSL_GUARDED_BY(mutex_) = false;  // the last poll may have left something behind
  absl::Time retry_at_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  absl::Duration retry_delay_ ABSL_GUARDED_BY(mutex_);
  std::function<void()> wakeup_ ABSL_GUARDED_BY(mutex_);
  // Last: calls back until it is gone.
  std::unique_ptr<stream::EventFeed> feed_;
};

}  // namespace pitlane::runtime
