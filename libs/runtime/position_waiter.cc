#include "libs/runtime/position_waiter.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/base/text.h"
#include "libs/rpc/errors.h"
#include "libs/runtime/feed_pump.h"

namespace pitlane::runtime {
namespace {

absl::Status NotReached(const std::map<stream::Source, uint64_t>& left) {
  return rpc::MakeError(
      absl::StatusCode::kDeadlineExceeded, common::v1::POSITION_NOT_REACHED,
      absl::StrCat("what ", left.begin()->first.ToString(), " committed at ", left.begin()->second,
                   " has not arrived here yet; try again with more time"),
      {.retry_after = absl::Milliseconds(200)});
}

}  // namespace

PositionWaiter::PositionWaiter(std::string own_area, std::set<std::string, std::less<>> listens_to,
                               Clock& clock, size_t max_waiting)
    : own_area_(std::move(own_area)),
      listens_to_(std::move(listens_to)),
      clock_(clock),
      max_waiting_(max_waiting) {}

void PositionWaiter::LoadCursors(const std::map<stream::Source, uint64_t>& cursors) {
  absl::MutexLock lock(&mutex_);
  cursors_ = cursors;
}

void PositionWaiter::Committed(const CommitNotice& notice) {
  if (notice.cursors.empty()) return;
  std::function<void()> wakeup;
  {
    absl::MutexLock lock(&mutex_);
    for (const auto& [name, position] : notice.cursors) {
      const auto source = stream::Source::Parse(
          std::string_view(name).substr(std::min(kCursorPrefix.size(), name.size())));
      if (source.ok()) cursors_[*source] = position;
    }
    for (auto it = waiting_.begin(); it != waiting_.end();) {
      RemoveSatisfied(it->second);
      if (!it->second.left.empty()) {
        ++it;
        continue;
      }
      reached_.push_back(std::move(it->second.done));
      it = waiting_.erase(it);
    }
    if (!reached_.empty()) wakeup = wakeup_;
  }
  if (wakeup) wakeup();
}

void PositionWaiter::RemoveSatisfied(Waiting& waiting) const {
  std::erase_if(waiting.left, [this](const auto& entry) ABSL_NO_THREAD_SAFETY_ANALYSIS {
    const auto cursor = cursors_.find(entry.first);
    return cursor != cursors_.end() && cursor->second >= entry.second;
  });
}

uint64_t PositionWaiter::Wait(const rpc::PositionToken& after, absl::Time deadline,
                              std::function<void(absl::Status)> done) {
  Waiting waiting{.left = {}, .deadline = deadline, .done = std::move(done)};
  for (const auto& [partition, position] : after.entries()) {
    if (partition.area == own_area_ || !listens_to_.contains(partition.area)) continue;
    waiting.left[{partition.area, partition.shard, partition.partition}] = position;
  }
  absl::Status now;
  std::function<void()> wakeup;
  uint64_t ticket = 0;
  {
    absl::MutexLock lock(&mutex_);
    RemoveSatisfied(waiting);
    if (!waiting.left.empty()) {
      if (stopped_) {
        now = rpc::Unavailable(common::v1::NOT_SERVING, "the service is stopping; try again soon");
      } else if (waiting.deadline <= clock_.Now()) {
        now = NotReached(waiting.left);
      } else if (waiting_.size() >= max_waiting_) {
        now = rpc::Overloaded("too many calls wait for positions");
      } else {
        ticket = next_ticket_++;
        waiting_.emplace(ticket, std::move(waiting));
        wakeup = wakeup_;
      }
    }
  }
  if (ticket == 0) {
    waiting.done(std::move(now));
  } else if (wakeup) {
    wakeup();
  }
  return ticket;
}

void PositionWaiter::Cancel(uint64_t ticket) {
  std::function<void(absl::Status)> done;
  {
    absl::MutexLock lock(&mutex_);
    const auto it = waiting_.find(ticket);
    if (it == waiting_.end()) return;
    done = std::move(it->second.done);
    waiting_.erase(it);
  }
  done(rpc::MakeError(absl::StatusCode::kCancelled, common::v1::CALL_CANCELLED, "the caller left"));
}

void PositionWaiter::Stop() {
  std::map<uint64_t, Waiting> ended;
  {
    absl::MutexLock lock(&mutex_);
    stopped_ = true;
    ended.swap(waiting_);
  }
  Step();
  for (const auto& [ticket, waiting] : ended) {
    waiting.done(
        rpc::Unavailable(common::v1::NOT_SERVING, "the service is stopping; try again soon"));
  }
}

uint64_t PositionWaiter::Cursor(const stream::Source& source) const {
  absl::MutexLock lock(&mutex_);
  const auto it = cursors_.find(source);
  return it == cursors_.end() ? 0 : it->second;
}

std::map<stream::Source, uint64_t> PositionWaiter::Cursors() const {
  absl::MutexLock lock(&mutex_);
  return cursors_;
}

size_t PositionWaiter::Step() {
  const absl::Time now = clock_.Now();
  std::vector<std::function<void(absl::Status)>> reached;
  std::vector<Waiting> late;
  {
    absl::MutexLock lock(&mutex_);
    reached.swap(reached_);
    for (auto it = waiting_.begin(); it != waiting_.end();) {
      if (it->second.deadline > now) {
        ++it;
        continue;
      }
      late.push_back(std::move(it->second));
      it = waiting_.erase(it);
    }
  }
  for (const auto& done : reached) done(absl::OkStatus());
  for (const Waiting& waiting : late) waiting.done(NotReached(waiting.left));
  return reached.size() + late.size();
}

absl::Time PositionWaiter::NextStep() {
  absl::MutexLock lock(&mutex_);
  absl::Time next = reached_.empty() ? absl::InfiniteFuture() : absl::InfinitePast();
  for (const auto& [ticket, waiting] : waiting_) next = std::min(next, waiting.deadline);
  return next;
}

void PositionWaiter::SetWakeup(std::function<void()> wakeup) {
  absl::MutexLock lock(&mutex_);
  wakeup_ = std::move(wakeup);
}

}  // namespace pitlane::runtime
