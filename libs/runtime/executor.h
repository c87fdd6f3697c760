// The executor: the one writer of a store.
//
// Commands from RPCs, feeds, effects and rebuilds enter one bounded queue. A step takes everything
// that has arrived, decides each command against state that includes the ones before it, writes one
// batch, syncs once, and then answers them all. A rejected command leaves nothing and the others go
// on. The executor asks the operating system for nothing: clock and entropy come from outside, and
// so does the thread (stepper.h).
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "libs/base/clock.h"
#include "libs/journal/journal.h"
#include "libs/rpc/positions.h"
#include "libs/runtime/aggregate_cache.h"
#include "libs/runtime/answers.h"
#include "libs/runtime/cursor_book.h"
#include "libs/runtime/projection.h"
#include "libs/runtime/replicated_answers.h"
#include "libs/runtime/stepper.h"
#include "libs/runtime/unit.h"
#include "libs/runtime/unit_context.h"

namespace pitlane::runtime {

// A commit leaves a snapshot of each aggregate it touched that has this many events more than its
// last one. So a Get reads a state and at most seven events, and a command on a big ticket does not
// write the whole of it again.
inline constexpr uint64_t kSnapshotEvery = 8;

// What a command was answered.
struct Answer {
  std::string response;
  // Where its events were committed, an entry for each partition it wrote to; empty when it wrote
  // none.
  rpc::PositionToken positions;
  // Everything that the answer rests on is in the log at or before it.
  uint64_t position = 0;
  // True: this is the remembered answer of an earlier command with the same request id.
  bool replayed = false;
};

struct Command {
  // Empty: the answer is not remembered (feeds, effects).
  std::string request_id;
  // Of method and content. The same request id with another one is ALREADY_EXISTS with reason
  // REQUEST_ID_REUSED. Never empty where there is a request id: what was restored without its
  // answer has an empty one, and is ALREADY_EXISTS with reason ANSWER_LOST.
  std::string fingerprint;
  // Until when an answer may wait for Kafka (ReplicateThrough).
  absl::Time deadline = absl::InfiniteFuture();
  Origin origin;
  // Returns the bytes of the response. An error rejects the command: nothing of it stays, and it is
  // not remembered, so the same request may be sent again.
  std::function<absl::StatusOr<std::string>(Unit&)> decide;
  // Called exactly once: after the commit, on the executor's thread or on that of its Answers; or
  // inside Submit when the command is refused there. Must be quick; may submit.
  std::function<void(absl::StatusOr<Answer>)> done;
};

// What a batch did besides events.
struct CommitNotice {
  uint64_t last_position = 0;
  std::vector<std::pair<std::string, uint64_t>> cursors;  // feeds' cursors that moved
  std::vector<EffectChange> effects;
};

struct ExecutorOptions {
  size_t max_queue = 4096;  // commands of RPCs that wait; more are refused at once
  size_t max_batch = 1024;  // commands in one commit
  size_t max_batch_bytes = 8u << 20;
  size_t cache_bytes = 64u << 20;  // of aggregates
  uint64_t snapshot_every = kSnapshotEvery;
  // Records without a meaning here that a feed may pass before its cursor is stored although
  // nothing else is; that many are passed once more after a crash.
  size_t max_passed = 1024;
  absl::Duration retry_after = absl::Milliseconds(100);  // told to those who are refused
};

// Counters since the start; written by the executor, read from any thread.
struct ExecutorCounters {
  uint64_t batches = 0;   // commits that were tried
  uint64_t commands = 0;  // decided, whatever came out
  uint64_t rejected = 0;  // by a rule
  uint64_t replayed = 0;  // answered from memory
  uint64_t refused = 0;   // because the queue was full
  uint64_t failed_commits = 0;
  uint64_t queue_depth = 0;  // now
  uint64_t largest_batch = 0;
  absl::Duration decide_time;  // total
  absl::Duration commit_time;  // total
};

class Executor final : public Stepper {
 public:
  // Everything is borrowed and must outlive the executor; the journal's writer is from now on
  // whoever calls Step.
  Executor(journal::Journal& journal, const ProjectionSet& projections, Clock& clock,
           Entropy& entropy, ExecutorOptions options);
  ~Executor() override;

  // From any thread. Full queue: `done` gets RESOURCE_EXHAUSTED with RetryInfo before this returns;
  // after Close: UNAVAILABLE.
  void Submit(Command command);
  // For submitters that bound what they have in flight themselves (feeds, effects): never refused
  // for a full queue. After Close: UNAVAILABLE.
  void SubmitInternal(Command command);
  // As SubmitInternal, but decided before every other command of its batch, so that its unit sees
  // exactly the committed state. For rebuilds.
  void SubmitFirst(Command command);

  // Takes what has arrived (at most one batch), decides, commits, answers. How many commands that
  // were. Never blocks but for the disk.
  size_t Step() override;
  void SetWakeup(std::function<void()> wakeup) override;
  // Steps until the queue is empty.
  void Drain();
  // New commands are refused from now on; those in the queue are still done.
  void Close();

  // Called after each batch that changed something or passed records, on the executor's thread,
  // before the answers. To be set before the first step.
  void AddCommitListener(std::function<void(const CommitNotice&)> listener);
  // Who answers what came by Submit when that is so much that it would hold up the next batch.
  // Borrowed; to be set before the first step. Without it the executor answers everything itself.
  void AnswerThrough(Answers* answers) { answers_ = answers; }
  // Acknowledgement `replicated`: OK answers to what came by Submit go there instead, and while it
  // is full nothing comes by Submit. Borrowed; to be set before the first step.
  void ReplicateThrough(ReplicatedAnswers* replicated) { replicated_ = replicated; }
  // What comes by Submit is refused with `why` until this is called with OK. Any thread.
  void Refuse(absl::Status why);

  const journal::StoreIdentity& identity() const { return journal_.identity(); }
  ExecutorCounters counters() const;

 private:
  struct Queued {
    Command command;
    bool bounded;  // counts for max_queue
    bool first;
  };
  struct Decided {
    std::function<void(absl::StatusOr<Answer>)> done;
    absl::StatusOr<Answer> result;
    bool bounded;
    absl::Time deadline;
  };

  void Enqueue(Command command, bool bounded, bool first);
  std::deque<Queued> Take();
  void GiveBack(std::deque<Queued> rest);
  absl::StatusOr<Answer> Decide(UnitContext& context, const Command& command);
  absl::StatusOr<Answer> RunUnit(UnitContext& context, const Command& command);
  absl::StatusOr<Answer> FinishUnit(UnitContext& context, const Command& command, Unit& unit);
  absl::Status Commit(UnitContext& context);
  void AnswerAll(std::vector<Decided> decided);
  // Hands over what has to wait for Kafka; answers everything else.
  void HoldAnswers(std::vector<Decided> decided);
  void TellListeners(UnitContext& context);
  void Count(const std::vector<Decided>& decided, const absl::Status& committed,
             absl::Duration decide_time, absl::Duration commit_time);

  journal::Journal& journal_;
  const ProjectionSet& projections_;
  Clock& clock_;
  Entropy& entropy_;
  const ExecutorOptions options_;
  AggregateCache cache_;                                             // Step only
  CursorBook cursors_;                                               // Step only
  Answers* answers_ = nullptr;                                       // Step only
  ReplicatedAnswers* replicated_ = nullptr;                          // borrowed; thread-safe
  std::vector<std::function<void(const CommitNotice&)>> listeners_;  // Step only

  mutable absl::Mutex mutex_;
  std::deque<Queued> first_ ABSL_GUARDED_BY(mutex_);
  std::deque<Queued> queue_ ABSL_GUARDED_BY(mutex_);
  size_t bounded_ ABSL_GUARDED_BY(mutex_) = 0;  // in queue_
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Status refusing_ ABSL_GUARDED_BY(mutex_);
  ExecutorCounters counters_ ABSL_GUARDED_BY(mutex_);
  std::function<void()> wakeup_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace pitlane::runtime
