#include "libs/runtime/effects.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/check.h"
#include "libs/base/fault_point.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/log.h"
#include "libs/runtime/aggregate.h"
#include "libs/runtime/describe.h"
#include "libs/runtime/executor.h"
#include "libs/runtime/timestamps.h"
#include "pitlane/runtime/v1/records.pb.h"

namespace pitlane::runtime {

namespace effect_rows {

std::string Key(std::string_view kind, std::string_view id) {
  std::string key(kind);
  key.push_back('\0');
  return key.append(id);
}

std::string Encode(const Effect& effect) {
  v1::OpenEffect row;
  row.set_kind(effect.kind);
  row.set_id(effect.id);
  row.set_payload(effect.payload);
  row.set_asked(effect.asked);
  *row.mutable_requested_at() = ToTimestamp(effect.requested_at);
  if (effect.not_before != absl::InfinitePast()) {
    *row.mutable_not_before() = ToTimestamp(effect.not_before);
  }
  row.set_correlation_id(effect.correlation_id);
  row.set_causation_id(effect.causation_id);
  row.set_traceparent(effect.traceparent);
  return DeterministicBytes(row);
}

absl::StatusOr<Effect> Decode(std::string_view bytes) {
  v1::OpenEffect row;
  if (!row.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return rpc::DataLoss("the row of an open effect does not decode; restore from a backup");
  }
  return Effect{
      .kind = row.kind(),
      .id = row.id(),
      .payload = row.payload(),
      .asked = row.asked(),
      .requested_at = FromTimestamp(row.requested_at()),
      .not_before = row.has_not_before() ? FromTimestamp(row.not_before()) : absl::InfinitePast(),
      .correlation_id = row.correlation_id(),
      .causation_id = row.causation_id(),
      .traceparent = row.traceparent()};
}

}  // namespace effect_rows

absl::Time NextQuery(absl::Time unknown_since, absl::Time now) {
  const absl::Duration elapsed = now - unknown_since;
  for (const absl::Duration after :
       {absl::Seconds(5), absl::Seconds(30), absl::Minutes(5), absl::Hours(1)}) {
    if (elapsed < after) return unknown_since + after;
  }
  const int64_t days = absl::ToInt64Hours(elapsed) / 24;
  return unknown_since + (days + 1) * absl::Hours(24);
}

EffectRunner::EffectRunner(Executor& executor, Clock& clock, std::string area,
                           std::vector<std::unique_ptr<EffectHandler>> handlers,
                           EffectOptions options)
    : executor_(executor),
      clock_(clock),
      area_(std::move(area)),
      options_(options),
      gate_(std::make_shared<Gate>()) {
  for (auto& handler : handlers) {
    const std::string kind(handler->kind());
    PITLANE_CHECK(handlers_.emplace(kind, std::move(handler)).second) << "two handlers of " << kind;
  }
  absl::MutexLock lock(&gate_->mutex);
  gate_->runner = this;
}

EffectRunner::~EffectRunner() {
  absl::MutexLock lock(&gate_->mutex);
  gate_->runner = nullptr;
}

absl::Status EffectRunner::LoadOpen(const journal::Journal& journal) {
  journal::ScanOptions options;
  absl::MutexLock lock(&mutex_);
  while (true) {
    ASSIGN_OR_RETURN(const journal::ScanPage page, journal.ScanView(effect_rows::kView, options));
    for (const journal::Row& row : page.rows) {
      ASSIGN_OR_RETURN(Effect effect, effect_rows::Decode(row.value));
      if (!handlers_.contains(effect.kind)) {
        return absl::FailedPreconditionError(
            absl::StrCat("effect ", effect.kind, " ", effect.id,
                         " is open and this version cannot recover it; run the one that can"));
      }
      const Key key{effect.kind, effect.id};
      due_.emplace(effect.not_before, key);
      open_[key] = Open{.effect = std::move(effect)};
    }
    if (!page.resume.has_value()) return absl::OkStatus();
    options.after = page.resume;
  }
}

void EffectRunner::PerformOnlyReplicated() {
  absl::MutexLock lock(&mutex_);
  replicated_ = 0;
}

void EffectRunner::Replicated(uint64_t position) {
  std::function<void()> wakeup;
  {
    absl::MutexLock lock(&mutex_);
    // A topic that lost its records does not take back what was performed.
    replicated_ = std::max(replicated_, position);
    while (!unreplicated_.empty() && unreplicated_.begin()->first <= replicated_) {
      const auto& [waited_for, key] = *unreplicated_.begin();
      const auto it = open_.find(key);
      // It may have been finished, and requested anew, meanwhile.
      if (it != open_.end() && it->second.waits_for == waited_for) {
        it->second.waits_for = 0;
        due_.emplace(it->second.effect.not_before, it->first);
        wakeup = wakeup_;
      }
      unreplicated_.erase(unreplicated_.begin());
    }
  }
  if (wakeup) wakeup();
}

void EffectRunner::Hold() {
  absl::MutexLock lock(&mutex_);
  held_ = true;
}

void EffectRunner::Go() {
  std::function<void()> wakeup;
  {
    absl::MutexLock lock(&mutex_);
    if (std::exchange(held_, false)) wakeup = wakeup_;
  }
  if (wakeup) wakeup();
}

void EffectRunner::Committed(const std::vector<EffectChange>& changes, uint64_t position) {
  if (changes.empty()) return;
  std::function<void()> wakeup;
  {
    absl::MutexLock lock(&mutex_);
    for (const EffectChange& change : changes) {
      const Key key{change.effect.kind, change.effect.id};
      if (const auto it = open_.find(key); it != open_.end()) {
        EndCall(it->second);
        due_.erase({it->second.effect.not_before, key});
        open_.erase(it);
      }
      if (change.what == EffectChange::What::kFinished) continue;
      PITLANE_CHECK(handlers_.contains(change.effect.kind))
          << "no handler of effect " << change.effect.kind;
      const bool perform = change.what == EffectChange::What::kRequested;
      const bool waits = perform && position > replicated_;
      if (waits) {
        unreplicated_.emplace(position, key);
      } else {
        due_.emplace(change.effect.not_before, key);
      }
      open_[key] =
          Open{.effect = change.effect, .perform = perform, .waits_for = waits ? position : 0};
    }
    wakeup = wakeup_;
  }
  if (wakeup) wakeup();
}

void EffectRunner::EndCall(Open& open) {
  if (open.call == 0) return;
  open.call = 0;
  --stats_.in_flight;
}

void EffectRunner::Stop() {
  absl::MutexLock lock(&mutex_);
  stopped_ = true;
}

std::vector<EffectRunner::Call> EffectRunner::TakeDue() {
  const absl::Time now = clock_.Now();
  std::vector<Call> calls;
  absl::MutexLock lock(&mutex_);
  while (!stopped_ && !held_ && !due_.empty() && due_.begin()->first <= now &&
         stats_.in_flight < options_.max_in_flight) {
    Open& open = open_.at(due_.begin()->second);
    due_.erase(due_.begin());
    open.call = ++calls_;
    ++stats_.in_flight;
    ++(open.perform ? stats_.performed : stats_.recovered);
    calls.push_back({handlers_.at(open.effect.kind).get(), open.effect, open.perform, open.call});
    // From now on it may have happened: whatever comes next has to ask.
    open.perform = false;
  }
  return calls;
}

size_t EffectRunner::Step() {
  const std::vector<Call> calls = TakeDue();
  for (const Call& call : calls) {
    EffectDone done = [gate = gate_, effect = call.effect,
                       number = call.number](std::function<absl::Status(Unit&)> record) {
      absl::MutexLock lock(&gate->mutex);
      if (gate->runner != nullptr) gate->runner->Report(effect, number, std::move(record));
    };
    if (call.perform) {
      FaultPoint("effect.before");
      call.handler->Perform(call.effect, std::move(done));
      FaultPoint("effect.performing");
    } else {
      call.handler->Recover(call.effect, std::move(done));
    }
  }
  return calls.size();
}

void EffectRunner::Report(const Effect& effect, uint64_t call,
                          std::function<absl::Status(Unit&)> record) {
  FaultPoint("effect.outcome");
  Command command;
  command.origin.actor.set_subject(absl::StrCat("service:", area_));
  command.origin.correlation_id = effect.correlation_id;
  command.origin.causation_id = effect.causation_id;
  command.origin.traceparent = effect.traceparent;
  command.decide = [record = std::move(record)](Unit& unit) -> absl::StatusOr<std::string> {
    RETURN_IF_ERROR(record(unit));
    return std::string();
  };
  command.done = [this, key = Key(effect.kind, effect.id), call](absl::StatusOr<Answer> answer) {
    if (!answer.ok()) {
      rpc::LogEvent(spdlog::level::warn, "effect_not_recorded",
                    {{"area", area_},
                     {"kind", key.first},
                     {"id", key.second},
                     {"error", Describe(answer.status())}});
    }
    Recorded(key, call);
  };
  executor_.SubmitInternal(std::move(command));
}

void EffectRunner::Recorded(const Key& key, uint64_t call) {
  std::function<void()> wakeup;
  {
    absl::MutexLock lock(&mutex_);
    // A record that finished or rescheduled it has ended the call already, in Committed.
    if (const auto it = open_.find(key); it != open_.end() && it->second.call == call) {
      Open& open = it->second;
      EndCall(open);
      open.effect.not_before = clock_.Now() + RetryDelay(open.effect.asked++);
      due_.emplace(open.effect.not_before, key);
    }
    wakeup = wakeup_;
  }
  if (wakeup) wakeup();
}

absl::Duration EffectRunner::RetryDelay(uint32_t asked) const {
  absl::Duration delay = options_.first_retry;
  for (uint32_t i = 0; i < asked && delay < options_.max_retry; ++i) delay *= 2;
  return std::min(delay, options_.max_retry);
}

absl::Time EffectRunner::NextStep() {
  absl::MutexLock lock(&mutex_);
  // With no room for calls, the end of one wakes us.
  if (stopped_ || held_ || due_.empty() || stats_.in_flight >= options_.max_in_flight) {
    return absl::InfiniteFuture();
  }
  return due_.begin()->first;
}

void EffectRunner::SetWakeup(std::function<void()> wakeup) {
  absl::MutexLock lock(&mutex_);
  wakeup_ = std::move(wakeup);
}

EffectStats EffectRunner::stats() const {
  absl::MutexLock lock(&mutex_);
  EffectStats stats = stats_;
  stats.open = open_.size();
  return stats;
}

}  // namespace pitlane::runtime
