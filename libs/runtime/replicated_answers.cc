#include "libs/runtime/replicated_answers.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/rpc/errors.h"

namespace pitlane::runtime {
namespace {

// What an error needs to reach its caller before the caller gives up.
constexpr absl::Duration kAnswerTime = absl::Milliseconds(50);
constexpr absl::Duration kRetryAfter = absl::Seconds(1);

absl::Status Late() {
  return rpc::MakeError(absl::StatusCode::kDeadlineExceeded, common::v1::NOT_REPLICATED,
                        "committed here, and Kafka has not confirmed it in time: send the same "
                        "request_id again, which gets the first answer once Kafka has it",
                        {.retry_after = kRetryAfter});
}

absl::Status Stopping() {
  return rpc::Unavailable(common::v1::NOT_REPLICATED,
                          "committed here, and the service stopped before Kafka confirmed it: send "
                          "the same request_id again",
                          kRetryAfter);
}

}  // namespace

bool ReplicatedAnswers::Full() const {
  absl::MutexLock lock(&mutex_);
  return waiting_.size() >= options_.max_waiting || bytes_ >= options_.max_bytes;
}

size_t ReplicatedAnswers::waiting() const {
  absl::MutexLock lock(&mutex_);
  return waiting_.size();
}

void ReplicatedAnswers::Hold(std::vector<Held> answers) {
  const absl::Time now = clock_.Now();
  std::vector<Held> at_once;
  std::function<void()> wakeup;
  {
    absl::MutexLock lock(&mutex_);
    if (stopped_) {
      at_once = std::move(answers);
    } else {
      for (Held& held : answers) {
        const absl::Duration left = std::min(held.deadline - now, options_.max_wait);
        const absl::Time deadline = now + left - std::min(kAnswerTime, left / 4);
        bytes_ += held.bytes;
        const Place place{held.position, ++held_};
        waiting_.emplace(place, Waiting{deadline, held.bytes, std::move(held.done)});
        deadlines_.emplace(deadline, place);
      }
      wakeup = wakeup_;
    }
  }
  for (const Held& held : at_once) {
    bool published;
    {
      absl::MutexLock lock(&mutex_);
      published = held.position <= published_;
    }
    held.done(published ? absl::OkStatus() : Stopping());
  }
  if (wakeup) wakeup();
}

void ReplicatedAnswers::Published(uint64_t position) {
  std::function<void()> wakeup;
  {
    absl::MutexLock lock(&mutex_);
    published_ = position;
    if (!waiting_.empty() && waiting_.begin()->first.first <= position) wakeup = wakeup_;
  }
  if (wakeup) wakeup();
}

ReplicatedAnswers::Waiting ReplicatedAnswers::Take(std::map<Place, Waiting>::iterator it) {
  Waiting taken = std::move(it->second);
  bytes_ -= taken.bytes;
  deadlines_.erase({taken.deadline, it->first});
  waiting_.erase(it);
  return taken;
}

size_t ReplicatedAnswers::Step() {
  const absl::Time now = clock_.Now();
  std::vector<Waiting> reached, late;
  {
    absl::MutexLock lock(&mutex_);
    while (!waiting_.empty() && waiting_.begin()->first.first <= published_) {
      reached.push_back(Take(waiting_.begin()));
    }
    while (!deadlines_.empty() && deadlines_.begin()->first <= now) {
      late.push_back(Take(waiting_.find(deadlines_.begin()->second)));
    }
  }
  for (const Waiting& one : reached) one.done(absl::OkStatus());
  for (const Waiting& one : late) one.done(Late());
  return reached.size() + late.size();
}

void ReplicatedAnswers::Stop() {
  Step();
  std::map<Place, Waiting> rest;
  {
    absl::MutexLock lock(&mutex_);
    stopped_ = true;
    rest.swap(waiting_);
    deadlines_.clear();
    bytes_ = 0;
  }
  for (const auto& [place, one] : rest) one.done(Stopping());
}

absl::Time ReplicatedAnswers::NextStep() {
  absl::MutexLock lock(&mutex_);
  if (!waiting_.empty() && waiting_.begin()->first.first <= published_) {
    return absl::InfinitePast();
  }
  return deadlines_.empty() ? absl::InfiniteFuture() : deadlines_.begin()->first;
}

void ReplicatedAnswers::SetWakeup(std::function<void()> wakeup) {
  absl::MutexLock lock(&mutex_);
  wakeup_ = std::move(wakeup);
}

}  // namespace pitlane::runtime
