#include "tests/simulation/world.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/base/check.h"
#include "libs/base/text.h"

namespace pitlane::simulation {
namespace {

constexpr int64_t kStartSeconds = 1767225600;  // 2026-01-01 UTC
constexpr size_t kKeptLines = 400;
// A world in which this much happens without an end has a loop in it.
constexpr uint64_t kMaxHappenings = 5'000'000;

}  // namespace

absl::Time WorldClock::Now() { return world_.now() + offset_; }

World::World(uint64_t seed, bool traced)
    : seed_(seed),
      traced_(traced),
      now_(absl::FromUnixSeconds(kStartSeconds)),
      order_(seed, "order") {}

World::~World() { End(); }

void World::End() {
  ending_ = true;
  for (const auto& fiber : fibers_) {
    while (!fiber->done()) fiber->Resume();
  }
}

void World::After(absl::Duration delay, std::function<void()> what) {
  const absl::Time at = now_ + std::max(delay, absl::ZeroDuration());
  queue_.emplace(std::make_pair(at, ++next_id_), std::move(what));
}

uint64_t World::Add(Actor actor) {
  const uint64_t id = ++next_id_;
  actors_.emplace(id, Running{std::move(actor), std::make_shared<bool>(true)});
  return id;
}

void World::Remove(uint64_t id) { actors_.erase(id); }

std::function<void()> World::WakeupOf(uint64_t id) {
  return [pending = actors_.at(id).pending] { *pending = true; };
}

void World::Spawn(std::string name, std::function<void()> body) {
  Note(absl::StrCat("script ", name));
  fibers_.push_back(std::make_unique<Fiber>(std::move(body)));
  Resume(fibers_.back().get());
}

size_t World::running_scripts() const {
  return static_cast<size_t>(std::count_if(fibers_.begin(), fibers_.end(),
                                           [](const auto& fiber) { return !fiber->done(); }));
}

void World::Resume(Fiber* fiber) {
  After(absl::ZeroDuration(), [fiber] {
    if (!fiber->done()) fiber->Resume();
  });
}

bool World::Sleep(absl::Duration duration) {
  const bool never = false;
  return WaitFor(never, duration);
}

bool World::WaitFor(const bool& ready, absl::Duration timeout) {
  if (ending_) return false;
  const absl::Time until = now_ + timeout;
  Fiber* const fiber = Fiber::Current();
  After(timeout, [fiber] {
    if (!fiber->done()) fiber->Resume();
  });
  while (!ready && now_ < until && !ending_) Fiber::Suspend();
  return !ending_;
}

void World::RunDue() {
  const auto first = queue_.begin();
  const std::function<void()> what = std::move(first->second);
  queue_.erase(first);
  what();
}

void World::StepOne() {
  const uint64_t id = ready_[order_.Below(ready_.size())];
  Running& running = actors_.at(id);
  now_ += absl::Microseconds(order_.Between(1, 40));
  *running.pending = false;
  ++running.steps;
  const std::shared_ptr<bool> pending = running.pending;
  const size_t did = running.actor.step();
  if (did > 0) *pending = true;
  Hash(id * 31 + did);
}

bool World::Advance(absl::Time deadline) {
  absl::Time next = queue_.empty() ? absl::InfiniteFuture() : queue_.begin()->first.first;
  for (const auto& [id, running] : actors_) {
    const absl::Time at = running.actor.next ? running.actor.next() : absl::InfiniteFuture();
    if (at <= next) next = at;
  }
  if (next == absl::InfiniteFuture() || next > deadline) return false;
  now_ = std::max(now_, next);
  for (const auto& [id, running] : actors_) {
    if (running.actor.next && running.actor.next() <= now_) *running.pending = true;
  }
  return true;
}

std::string World::Busiest() const {
  const Running* busiest = nullptr;
  for (const auto& [id, running] : actors_) {
    if (busiest == nullptr || running.steps > busiest->steps) busiest = &running;
  }
  return busiest == nullptr ? "nobody"
                            : absl::StrCat(busiest->actor.name, " with ", busiest->steps, " steps");
}

bool World::Run(const std::function<bool()>& until, absl::Time deadline) {
  while (failure_.empty()) {
    if (until()) return true;
    if (++happenings_ > kMaxHappenings) {
      Fail(absl::StrCat("it never ends: ", Busiest(), " is the busiest"));
      return false;
    }
    if (!queue_.empty() && queue_.begin()->first.first <= now_) {
      RunDue();
      continue;
    }
    ready_.clear();
    for (const auto& [id, running] : actors_) {
      if (*running.pending) ready_.push_back(id);
    }
    if (!ready_.empty()) {
      StepOne();
      continue;
    }
    if (!Advance(deadline)) {
      now_ = std::max(now_, deadline);
      return until();
    }
  }
  return false;
}

void World::Hash(uint64_t value) { hash_ = (hash_ ^ value) * 0x100000001B3u + 0x9E3779B9u; }

void World::Note(std::string_view line) {
  for (const char c : line) hash_ = (hash_ ^ static_cast<unsigned char>(c)) * 0x100000001B3u;
  Hash(static_cast<uint64_t>(absl::ToUnixMicros(now_)));
  trace_.push_back(
      absl::StrCat(absl::FormatTime("%m-%d %H:%M:%E6S ", now_, absl::UTCTimeZone()), ToAbsl(line)));
  if (!traced_ && trace_.size() > kKeptLines) trace_.pop_front();
}

void World::Fail(const std::string& what) {
  Note(absl::StrCat("BROKEN: ", what));
  if (failure_.empty()) failure_ = what;
}

}  // namespace pitlane::simulation
