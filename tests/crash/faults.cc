#include "tests/crash/faults.h"

#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "libs/base/status.h"

namespace pitlane::crash {
namespace {

constexpr absl::Duration kPointPatience = absl::Seconds(6);
constexpr absl::Duration kRefusalPatience = absl::Seconds(15);

}  // namespace

const char* NameOf(FaultKind kind) {
  switch (kind) {
    case FaultKind::kKill:
      return "kill";
    case FaultKind::kPoint:
      return "kill at a point";
    case FaultKind::kKillAll:
      return "kill all";
    case FaultKind::kSuspend:
      return "suspend";
    case FaultKind::kKillBroker:
      return "kill broker";
    case FaultKind::kStopBroker:
      return "stop broker";
    case FaultKind::kPauseBroker:
      return "pause broker";
    case FaultKind::kSecondCopy:
      return "second copy";
    case FaultKind::kFullDisk:
      return "full disk";
    case FaultKind::kBadWeather:
      return "bad weather";
    case FaultKind::kWrongClock:
      return "wrong clock";
  }
  return "";
}

std::vector<FaultKind> KindsFor(Site& site, bool can_fill) {
  std::vector<FaultKind> kinds = {FaultKind::kKill,       FaultKind::kPoint,
                                  FaultKind::kKillAll,    FaultKind::kSuspend,
                                  FaultKind::kSecondCopy, FaultKind::kBadWeather};
  if (HasWrongClocks()) kinds.push_back(FaultKind::kWrongClock);
  if (can_fill) kinds.push_back(FaultKind::kFullDisk);
  if (site.broker() == nullptr) return kinds;
  kinds.insert(kinds.end(),
               {FaultKind::kKillBroker, FaultKind::kStopBroker, FaultKind::kPauseBroker});
  return kinds;
}

const std::vector<std::string>& FaultPoints() {
  static const auto* const points = new std::vector<std::string>{
      "commit.assembled",  "commit.synced",  "commit.marked",  "snapshot.before",
      "answer.before",     "answer.after",   "feed.cursor",    "effect.before",
      "effect.performing", "effect.outcome", "relay.produced", "relay.reported"};
  return *points;
}

uint64_t FaultCounts::kills() const {
  uint64_t kills = 0;
  for (const auto& [point, count] : by_point) kills += count;
  for (const FaultKind kind : {FaultKind::kKill, FaultKind::kKillAll, FaultKind::kKillBroker}) {
    const auto found = by_kind.find(NameOf(kind));
    if (found != by_kind.end()) kills += found->second;
  }
  return kills;
}

FaultKind Faults::Choose() {
  const std::vector<FaultKind> kinds = KindsFor(site_, limits_.fill != nullptr);
  // Half of all are kills, at random or at a point.
  const uint64_t side = Throw(4);
  if (side == 0) return FaultKind::kKill;
  if (side == 1) return FaultKind::kPoint;
  return kinds[Throw(kinds.size())];
}

void Faults::Sleep(absl::Duration most) {
  absl::SleepFor(most * (static_cast<double>(Throw(1000)) / 1000));
}

const std::string& Faults::AnyOf(const std::vector<std::string>& names) {
  return names[Throw(names.size())];
}

absl::Status Faults::Suffer(FaultKind kind) {
  ++counts_.by_kind[NameOf(kind)];
  switch (kind) {
    case FaultKind::kKill:
      return KillOne();
    case FaultKind::kPoint:
      return KillAtPoint();
    case FaultKind::kKillAll:
      return KillAll();
    case FaultKind::kSuspend:
      return SuspendOne();
    case FaultKind::kKillBroker:
    case FaultKind::kStopBroker:
    case FaultKind::kPauseBroker:
      return HurtBroker(kind);
    case FaultKind::kSecondCopy:
      return site_.StartSecond(AnyOf(site_.keepers()), kRefusalPatience);
    case FaultKind::kFullDisk:
      return FillDisk();
    case FaultKind::kBadWeather:
      return SpoilLink();
    case FaultKind::kWrongClock:
      return TurnClock();
  }
  return absl::OkStatus();
}

absl::Status Faults::KillOne() {
  const std::string name = AnyOf(site_.names());
  site_.Kill(name);
  Sleep(absl::Milliseconds(500));
  return site_.Start(name);
}

absl::Status Faults::KillAtPoint() {
  const std::string name = AnyOf(site_.keepers());
  const std::string& point = FaultPoints()[next_point_++ % FaultPoints().size()];
  site_.Kill(name);
  RETURN_IF_ERROR(site_.Start(name, {.fault_point = absl::StrCat(point, ":", 1 + Throw(12))}));
  if (site_.HasEnded(name, kPointPatience)) {
    ++counts_.by_point[point];
  } else {
    ++counts_.points_missed;
  }
  site_.Kill(name);
  return site_.Start(name);
}

absl::Status Faults::KillAll() {
  for (const std::string& name : site_.names()) site_.Kill(name);
  Sleep(absl::Milliseconds(300));
  return site_.StartAll();
}

absl::Status Faults::SuspendOne() {
  const std::string name = AnyOf(site_.names());
  site_.Suspend(name);
  Sleep(limits_.longest_suspension);
  site_.Resume(name);
  return absl::OkStatus();
}

absl::Status Faults::HurtBroker(FaultKind kind) {
  testing::KafkaBroker& broker = *site_.broker();
  if (kind == FaultKind::kPauseBroker) {
    RETURN_IF_ERROR(broker.Pause());
    Sleep(limits_.longest_suspension);
    return broker.Resume();
  }
  RETURN_IF_ERROR(kind == FaultKind::kKillBroker ? broker.Kill() : broker.Stop());
  Sleep(absl::Seconds(1));
  return broker.Restart();
}

absl::Status Faults::SpoilLink() {
  constexpr Weather kWeathers[] = {Weather::kDelayed, Weather::kSlow, Weather::kHalfOpen,
                                   Weather::kCut, Weather::kCorrupting};
  const Link& link = site_.links()[Throw(site_.links().size())];
  Weather weather = kWeathers[next_weather_++ % std::size(kWeathers)];
  // Nothing notices a flipped bit in plain gRPC: whatever came of it would be what was asked for.
  if (weather == Weather::kCorrupting && !link.checks_sums) weather = Weather::kCut;
  ++counts_.by_weather[absl::StrCat(link.name, ": ", NameOf(weather))];
  link.proxy->Set(weather);
  Sleep(limits_.longest_suspension);
  link.proxy->Set(Weather::kFine);
  return absl::OkStatus();
}

absl::Status Faults::TurnClock() {
  const std::string name = AnyOf(site_.keepers());
  site_.Kill(name);
  // No more, or what is put off by a wrong clock would be long in coming.
  const absl::Duration ahead = absl::Seconds(5 + Throw(25)) * (Throw(2) == 0 ? 1 : -1);
  RETURN_IF_ERROR(site_.Start(name, {.clock_ahead = ahead}));
  absl::SleepFor(absl::Seconds(1));
  Sleep(limits_.longest_suspension);
  site_.Kill(name);
  return site_.Start(name);
}

absl::Status Faults::FillDisk() {
  RETURN_IF_ERROR(limits_.fill());
  Sleep(absl::Seconds(2));
  // Whoever is killed now must be able to start when there is room again.
  const bool kill_one = Throw(2) == 0;
  const std::string name = AnyOf(site_.keepers());
  if (kill_one) site_.Kill(name);
  RETURN_IF_ERROR(limits_.free());
  return kill_one ? site_.Start(name) : absl::OkStatus();
}

}  // namespace pitlane::crash
