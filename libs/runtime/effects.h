// Effects on the outside world: charging a card, sending an order to a supplier.
//
// An effect is a row of the journal, written in the same commit as the fact that it was decided
// (Unit::RequestEffect), and removed in the same commit as the fact of its outcome
// (Unit::FinishEffect). In between it is open. Perform is called once, in the life of the process
// that committed the row, after that commit. Whatever was open when the process ended is *queried*
// by the next life (Recover), never repeated. Both report an outcome that is recorded by a command;
// an outcome that is not known yet is rescheduled, and asked for again with Recover.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
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
#include "libs/runtime/stepper.h"

namespace pitlane::runtime {

class Executor;
class Unit;

struct Effect {
  std::string kind;     // lower_snake_case, e.g. "charge_card"
  std::string id;       // unique among open effects of the kind, e.g. the attempt's id
  std::string payload;  // the handler's own message
  uint32_t asked = 0;   // how often its outcome has been asked for and was not known
  absl::Time requested_at;
  absl::Time not_before = absl::InfinitePast();
  // Of the unit that requested it; events of the outcome carry them on.
  std::string correlation_id;
  std::string causation_id;
  std::string traceparent;
};

// When to ask again for an outcome that has been unknown since then: 5 s, 30 s, 5 min and 1 h
// after, then daily. Handbook §5.3.
absl::Time NextQuery(absl::Time unknown_since, absl::Time now);

// What a handler reports. `record` runs as a unit of its own on the executor: it emits the facts of
// the outcome and calls FinishEffect, or calls RescheduleEffect when the outcome is not known.
// When it does neither, or fails, or the store refuses it, the effect stays open and Recover is
// called later with a growing delay. Must be called exactly once; from any thread.
using EffectDone = std::function<void(std::function<absl::Status(Unit&)> record)>;

// Does one kind of effect. Both calls come from the effect runner's thread, must not block, and may
// call `done` before they return. A `done` that is called after the runner is gone does nothing:
// the effect is still open and the next life recovers it. A handler's destructor ends what it has
// under way.
class EffectHandler {
 public:
  virtual ~EffectHandler() = default;
  virtual std::string_view kind() const = 0;
  // Do it. Called at most once in an effect's life.
  virtual void Perform(const Effect& effect, EffectDone done) = 0;
  // Find out what became of it, without doing it (again). "The other side never heard of it" is an
  // outcome: finish it and request a new effect if it is still wanted.
  virtual void Recover(const Effect& effect, EffectDone done) = 0;
};

// A change of the open effects, in the order in which it was made.
struct EffectChange {
  enum class What { kRequested, kFinished, kRescheduled };
  What what;
  Effect effect;  // kFinished: kind and id only
};

// Rows of open effects in a batch.
namespace effect_rows {
inline constexpr std::string_view kView = "runtime/effects";
std::string Key(std::string_view kind, std::string_view id);
std::string Encode(const Effect& effect);
absl::StatusOr<Effect> Decode(std::string_view bytes);
}  // namespace effect_rows

struct EffectOptions {
  size_t max_in_flight = 64;  // calls of all kinds together that have not reported
  absl::Duration first_retry = absl::Milliseconds(250);
  absl::Duration max_retry = absl::Seconds(30);
};

struct EffectStats {
  uint64_t open = 0;
  uint64_t in_flight = 0;
  uint64_t performed = 0;  // calls of Perform in this life
  uint64_t recovered = 0;  // calls of Recover in this life
};

// Calls the handlers. Step starts what is due; it is stepped by its own thread, or by hand.
class EffectRunner final : public Stepper {
 public:
  // Everything is borrowed and must outlive the runner. CHECKs that kinds are unique.
  EffectRunner(Executor& executor, Clock& clock, std::string area,
               std::vector<std::unique_ptr<EffectHandler>> handlers, EffectOptions options);
  ~EffectRunner() override;

  // Takes every open effect of the store for recovery. Once, before the executor runs. DATA_LOSS;
  // FAILED_PRECONDITION when an open effect is of a kind without a handler.
  absl::Status LoadOpen(const journal::Journal& journal);
  // After a commit that ends at `position`; executor's thread.
  void Committed(const std::vector<EffectChange>& changes, uint64_t position = 0);
  // Acknowledgement `replicated`: nothing is performed before the fact that it was decided is in
  // Kafka, or a store that lost its disk would not know what it did to the outside world. Perform
  // waits from now on until its commit is at or before what Replicated has named. Before the first
  // commit.
  void PerformOnlyReplicated();
  // Any thread.
  void Replicated(uint64_t position);
  // No calls until Go. Hold before the first Step; Go from any thread.
  void Hold();
  void Go();
  // No further calls; reports that are under way are still recorded while the executor takes them.
  void Stop();

  size_t Step() override;
  absl::Time NextStep() override;
  void SetWakeup(std::function<void()> wakeup) override;

  EffectStats stats() const;

 private:
  struct Open {
    Effect effect;
    bool perform = false;    // committed in this life and not called yet
    uint64_t waits_for = 0;  // the position that has to be in Kafka first; 0: none
    uint64_t call = 0;       // number of the call that has not been recorded; 0: none
  };
  using Key = std::pair<std::string, std::string>;
  // Where reports go while there is somewhere to go.
  struct Gate {
    absl::Mutex mutex;
    EffectRunner* runner ABSL_GUARDED_BY(mutex) = nullptr;
  };
  struct Call {
    EffectHandler* handler;
    Effect effect;
    bool perform;
    uint64_t number;
  };

  std::vector<Call> TakeDue();
  void Report(const Effect& effect, uint64_t call, std::function<absl::Status(Unit&)> record);
  void Recorded(const Key& key, uint64_t call);
  void EndCall(Open& open) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Duration RetryDelay(uint32_t asked) const;

  Executor& executor_;
  Clock& clock_;
  const std::string area_;
  const EffectOptions options_;
  std::map<std::string, std::unique_ptr<EffectHandler>, std::less<>> handlers_;
  std::shared_ptr<Gate> gate_;  // shared with reports, which may come after our end

  mutable absl::Mutex mutex_;
  std::map<Key, Open> open_ ABSL_GUARDED_BY(mutex_);
  // Open effects that are not being called, by the time from which they may be.
  std::set<std::pair<absl::Time, Key>> due_ ABSL_GUARDED_BY(mutex_);
  // Of those that wait for Kafka, by the ends of their commits.
  std::multimap<uint64_t, Key> unreplicated_ ABSL_GUARDED_BY(mutex_);
  // Perform needs no more than this; all of it without PerformOnlyReplicated.
  uint64_t replicated_ ABSL_GUARDED_BY(mutex_) = std::numeric_limits<uint64_t>::max();
  uint64_t calls_ ABSL_GUARDED_BY(mutex_) = 0;
  bool held_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  EffectStats stats_ ABSL_GUARDED_BY(mutex_);
  std::function<void()> wakeup_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace pitlane::runtime
