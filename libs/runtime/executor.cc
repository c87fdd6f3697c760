#include "libs/runtime/executor.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/check.h"
#include "libs/base/fault_point.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/rpc/errors.h"
#include "libs/runtime/unit_context.h"
#include "pitlane/runtime/v1/records.pb.h"

namespace pitlane::runtime {
namespace {

// Answering that many takes less than waking somebody else for it.
constexpr size_t kAnsweredHere = 4;

absl::Status Closed() {
  return rpc::Unavailable(common::v1::NOT_SERVING, "the service is stopping; try again soon");
}

// What the journal says of a commit, as callers are told.
absl::Status CommitError(const absl::Status& status, absl::Duration retry_after) {
  if (!absl::IsResourceExhausted(status)) return status;
  return rpc::MakeError(absl::StatusCode::kResourceExhausted, common::v1::STORAGE_FULL,
                        "nothing can be stored until the disk has space again",
                        {.retry_after = std::max(retry_after, absl::Seconds(1))});
}

absl::StatusOr<Answer> Remembered(const journal::StoredAnswer& stored) {
  v1::RememberedAnswer remembered;
  if (!remembered.ParseFromString(stored.response)) {
    return rpc::DataLoss("a remembered answer does not decode; verify the journal");
  }
  Answer answer{.response = std::move(*remembered.mutable_response()),
                .position = stored.position,
                .replayed = true};
  ASSIGN_OR_RETURN(answer.positions, rpc::PositionToken::Parse(remembered.positions()));
  return answer;
}

absl::Status AnswerLost(std::string_view request_id, uint64_t position) {
  return rpc::MakeError(
      absl::StatusCode::kAlreadyExists, common::v1::ANSWER_LOST,
      absl::StrCat("request ", ToAbsl(request_id), " was carried out and committed at position ",
                   position, ", and its answer was lost with the store; read what it made"),
      {.metadata = {{"position", std::to_string(position)}}});
}

}  // namespace

Executor::Executor(journal::Journal& journal, const ProjectionSet& projections, Clock& clock,
                   Entropy& entropy, ExecutorOptions options)
    : journal_(journal),
      projections_(projections),
      clock_(clock),
      entropy_(entropy),
      options_(options),
      cache_(options.cache_bytes) {}

Executor::~Executor() = default;

void Executor::Submit(Command command) { Enqueue(std::move(command), /*bounded=*/true, false); }

void Executor::SubmitInternal(Command command) {
  Enqueue(std::move(command), /*bounded=*/false, false);
}

void Executor::SubmitFirst(Command command) {
  Enqueue(std::move(command), /*bounded=*/false, /*first=*/true);
}

void Executor::Enqueue(Command command, bool bounded, bool first) {
  absl::Status refusal;
  std::function<void()> wakeup;
  {
    absl::MutexLock lock(&mutex_);
    if (closed_) {
      refusal = Closed();
    } else if (bounded && !refusing_.ok()) {
      refusal = refusing_;
    } else if (bounded && replicated_ != nullptr && replicated_->Full()) {
      ++counters_.refused;
      refusal = rpc::Overloaded("too many commands are waiting for Kafka", absl::Seconds(1));
    } else if (bounded && bounded_ >= options_.max_queue) {
      ++counters_.refused;
      refusal = rpc::Overloaded("too many commands are waiting", options_.retry_after);
    } else {
      // A step goes on until the queue is empty, so only the first of a queue needs to wake it.
      if (first_.empty() && queue_.empty()) wakeup = wakeup_;
      if (bounded) ++bounded_;
      (first ? first_ : queue_).push_back({std::move(command), bounded, first});
    }
  }
  if (!refusal.ok()) return command.done(std::move(refusal));
  if (wakeup) wakeup();
}

std::deque<Executor::Queued> Executor::Take() {
  absl::MutexLock lock(&mutex_);
  std::deque<Queued> taken = std::exchange(first_, {});
  const size_t count = std::min(queue_.size(), options_.max_batch);
  for (size_t i = 0; i < count; ++i) {
    if (queue_.front().bounded) --bounded_;
    taken.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  return taken;
}

void Executor::GiveBack(std::deque<Queued> rest) {
  absl::MutexLock lock(&mutex_);
  while (!rest.empty()) {
    if (rest.back().bounded) ++bounded_;
    (rest.back().first ? first_ : queue_).push_front(std::move(rest.back()));
    rest.pop_back();
  }
}

size_t Executor::Step() {
  std::deque<Queued> commands = Take();
  if (commands.empty()) return 0;
  const absl::Time started = clock_.Now();
  UnitContext context(journal_.NewBatch(), cache_, projections_, journal_.identity(), cursors_,
                      clock_, entropy_);
  std::vector<Decided> decided;
  decided.reserve(commands.size());
  while (!commands.empty() &&
         (decided.empty() || context.batch.approximate_bytes() < options_.max_batch_bytes)) {
    absl::StatusOr<Answer> result = Decide(context, commands.front().command);
    decided.push_back({std::move(commands.front().command.done), std::move(result),
                       commands.front().bounded, commands.front().command.deadline});
    commands.pop_front();
  }
  if (!commands.empty()) GiveBack(std::move(commands));

  const absl::Time committing = clock_.Now();
  const bool changes = !context.batch.empty() || !context.cursors.empty();
  const absl::Status committed = Commit(context);
  Count(decided, committed, committing - started, clock_.Now() - committing);
  if (!committed.ok()) {
    for (Decided& one : decided) one.result = CommitError(committed, options_.retry_after);
  }
  // Before the answers: whoever has one may ask what became of it.
  if (committed.ok() && changes) TellListeners(context);
  const size_t count = decided.size();
  FaultPoint("answer.before");
  if (replicated_ == nullptr) {
    AnswerAll(std::move(decided));
  } else {
    HoldAnswers(std::move(decided));
  }
  FaultPoint("answer.after");
  // After the answers: it wakes threads that would compete with them.
  journal_.Announce();
  return count;
}

void Executor::HoldAnswers(std::vector<Decided> decided) {
  std::vector<Decided> others;
  std::vector<ReplicatedAnswers::Held> held;
  for (Decided& one : decided) {
    if (!one.bounded || !one.result.ok()) {
      others.push_back(std::move(one));
      continue;
    }
    held.push_back({.position = one.result->position,
                    .deadline = one.deadline,
                    .bytes = one.result->response.size(),
                    .done = [done = std::move(one.done),
                             answer = *std::move(one.result)](absl::Status replicated) mutable {
                      if (!replicated.ok()) return done(std::move(replicated));
                      done(std::move(answer));
                    }});
  }
  if (!held.empty()) replicated_->Hold(std::move(held));
  AnswerAll(std::move(others));
}

void Executor::AnswerAll(std::vector<Decided> decided) {
  const bool here = answers_ == nullptr || decided.size() <= kAnsweredHere;
  std::vector<std::function<void()>> elsewhere;
  for (Decided& one : decided) {
    if (here || !one.bounded) {
      one.done(std::move(one.result));
      continue;
    }
    elsewhere.push_back([done = std::move(one.done), result = std::move(one.result)]() mutable {
      done(std::move(result));
    });
  }
  if (!elsewhere.empty()) answers_->Put(std::move(elsewhere));
}

absl::StatusOr<Answer> Executor::Decide(UnitContext& context, const Command& command) {
  if (command.request_id.empty()) return RunUnit(context, command);
  ASSIGN_OR_RETURN(const std::optional<journal::StoredAnswer> earlier,
                   context.batch.GetRequest(command.request_id));
  if (!earlier.has_value()) return RunUnit(context, command);
  if (earlier->fingerprint.empty()) return AnswerLost(command.request_id, earlier->position);
  if (earlier->fingerprint != command.fingerprint) {
    return rpc::RequestIdReused(command.request_id);
  }
  return Remembered(*earlier);
}

absl::StatusOr<Answer> Executor::RunUnit(UnitContext& context, const Command& command) {
  context.Push();
  Unit unit(context, command.origin);
  absl::StatusOr<Answer> answer = FinishUnit(context, command, unit);
  if (answer.ok()) {
    context.Keep();
  } else {
    context.Drop();
  }
  context.layers.ReleaseKept();
  return answer;
}

absl::StatusOr<Answer> Executor::FinishUnit(UnitContext& context, const Command& command,
                                            Unit& unit) {
  absl::StatusOr<std::string> response = command.decide(unit);
  RETURN_IF_ERROR(unit.status());
  RETURN_IF_ERROR(response.status());
  Answer answer{.response = *std::move(response), .position = context.batch.next_position() - 1};
  for (const auto& [partition, position] : unit.positions()) {
    const journal::StoreIdentity& identity = context.identity;
    // More partitions than a token can name: the caller then waits for those that fit.
    if (!answer.positions.Add({identity.service, identity.shard, partition}, position).ok()) break;
  }
  if (!command.request_id.empty()) {
    v1::RememberedAnswer remembered;
    remembered.set_response(answer.response);
    remembered.set_positions(answer.positions.Format());
    context.batch.PutRequest(command.request_id, {.fingerprint = command.fingerprint,
                                                  .response = remembered.SerializeAsString(),
                                                  .position = answer.position});
  }
  return answer;
}

absl::Status Executor::Commit(UnitContext& context) {
  if (context.batch.empty() && cursors_.passed() < options_.max_passed) {
    cursors_.Keep(/*stored=*/false);
    return absl::OkStatus();
  }
  cursors_.PutPassedInto(context.batch);
  FaultPoint("snapshot.before");
  context.PutSnapshots(options_.snapshot_every);
  if (absl::Status status = journal_.CommitQuietly(std::move(context.batch)); !status.ok()) {
    cursors_.RollBackTo(0);
    return status;
  }
  cursors_.Keep(/*stored=*/true);
  context.PublishStates();
  return absl::OkStatus();
}

void Executor::TellListeners(UnitContext& context) {
  const CommitNotice notice{journal_.last_position(), std::move(context.cursors),
                            std::move(context.effects)};
  for (const auto& listener : listeners_) listener(notice);
}

void Executor::Count(const std::vector<Decided>& decided, const absl::Status& committed,
                     absl::Duration decide_time, absl::Duration commit_time) {
  absl::MutexLock lock(&mutex_);
  ++counters_.batches;
  if (!committed.ok()) ++counters_.failed_commits;
  counters_.commands += decided.size();
  counters_.largest_batch = std::max<uint64_t>(counters_.largest_batch, decided.size());
  counters_.decide_time += decide_time;
  counters_.commit_time += commit_time;
  for (const Decided& one : decided) {
    if (!one.result.ok()) ++counters_.rejected;
    if (one.result.ok() && one.result->replayed) ++counters_.replayed;
  }
}

void Executor::SetWakeup(std::function<void()> wakeup) {
  absl::MutexLock lock(&mutex_);
  wakeup_ = std::move(wakeup);
}

void Executor::Drain() {
  while (Step() > 0) {
  }
}

void Executor::Refuse(absl::Status why) {
  absl::MutexLock lock(&mutex_);
  refusing_ = std::move(why);
}

void Executor::Close() {
  absl::MutexLock lock(&mutex_);
  closed_ = true;
}

void Executor::AddCommitListener(std::function<void(const CommitNotice&)> listener) {
  listeners_.push_back(std::move(listener));
}

ExecutorCounters Executor::counters() const {
  absl::MutexLock lock(&mutex_);
  ExecutorCounters counters = counters_;
  counters.queue_depth = queue_.size() + first_.size();
  return counters;
}

}  // namespace pitlane::runtime
