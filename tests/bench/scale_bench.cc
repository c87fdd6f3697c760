// What a command and a read cost in a store of ten thousand events and in one of two million.
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "libs/base/status.h"
#include "tests/bench/benchmarks.h"
#include "tests/bench/inventory_alone.h"

namespace pitlane::bench {
namespace {

// The same catalogue in both stores: what differs is how much has happened to it.
constexpr int kParts = 4000;
constexpr uint64_t kSmall = 10'000;
constexpr uint64_t kBig = 2'000'000;
constexpr uint64_t kQuickBig = 100'000;
constexpr int kInFlight = 16;
// Few, so that the small store stays one.
constexpr int64_t kCommands = 400;
constexpr int64_t kReads = 2000;
constexpr int kTurnsARound = 4;

using Method = void (InventoryAlone::*)(std::function<void()> done);

// One kind of call in both stores.
struct Pair {
  std::vector<double> small_cpu_us, big_cpu_us, cpu_ratio;
  std::vector<double> small_per_s, big_per_s, time_ratio;

  void Take(const Pace& small, const Pace& big) {
    small_cpu_us.push_back(small.cpu_us);
    big_cpu_us.push_back(big.cpu_us);
    cpu_ratio.push_back(big.cpu_us / small.cpu_us);
    small_per_s.push_back(small.per_second);
    big_per_s.push_back(big.per_second);
    time_ratio.push_back(small.per_second / big.per_second);
  }
};

class ScaleBench {
 public:
  ScaleBench(InventoryAlone& small, InventoryAlone& big) : small_(small), big_(big) {}

  void Run(const Settings& settings) {
    Pair commands, reads;
    const uint64_t small_events = small_.events();
    const uint64_t big_events = big_.events();
    // Unmeasured: caches of both are filled with what is asked for.
    Turn(0, &InventoryAlone::GetStock, kReads, reads);
    Turn(0, &InventoryAlone::AdjustStock, kCommands, commands);
    reads = commands = {};
    const Spent small_before = SpentOf(small_), big_before = SpentOf(big_);
    for (int turn = 0; turn < settings.rounds * kTurnsARound; ++turn) {
      Turn(turn, &InventoryAlone::AdjustStock, kCommands, commands);
      Turn(turn, &InventoryAlone::GetStock, kReads, reads);
    }
    PrintPair("command_by_events_in_store", commands, settings, small_events, big_events,
              {{"small_decide_us", SpentOf(small_).DecideUs(small_before)},
               {"big_decide_us", SpentOf(big_).DecideUs(big_before)}});
    PrintPair("read_by_events_in_store", reads, settings, small_events, big_events,
              nlohmann::ordered_json::object());
  }

 private:
  // The executor's own time for deciding.
  struct Spent {
    uint64_t commands = 0;
    absl::Duration decide;

    double DecideUs(const Spent& before) const {
      return absl::ToDoubleMicroseconds(decide - before.decide) /
             static_cast<double>(commands - before.commands);
    }
  };
  static Spent SpentOf(InventoryAlone& store) {
    const runtime::ExecutorCounters counters = store.host().executor().counters();
    return {.commands = counters.commands, .decide = counters.decide_time};
  }

  // Who comes first changes from turn to turn.
  void Turn(int turn, Method method, int64_t calls, Pair& pair) {
    Pace small, big;
    if (turn % 2 == 0) {
      small = Measure(small_, method, calls);
      big = Measure(big_, method, calls);
    } else {
      big = Measure(big_, method, calls);
      small = Measure(small_, method, calls);
    }
    pair.Take(small, big);
  }

  static Pace Measure(InventoryAlone& store, Method method, int64_t calls) {
    return MakeCalls(kInFlight, calls,
                     [&](std::function<void()> done) { (store.*method)(std::move(done)); });
  }

  void PrintPair(const char* name, const Pair& pair, const Settings& settings,
                 uint64_t small_events, uint64_t big_events, const nlohmann::ordered_json& more) {
    nlohmann::ordered_json line = {{"bench", name},
                                   {"in_flight", kInFlight},
                                   {"rounds", settings.rounds * kTurnsARound},
                                   {"small_events", small_events},
                                   {"small_events_at_end", small_.events()},
                                   {"big_events", big_events},
                                   {"small_cpu_us", Median(pair.small_cpu_us)},
                                   {"big_cpu_us", Median(pair.big_cpu_us)},
                                   {"cpu_ratio_median", Median(pair.cpu_ratio)},
                                   {"small_per_s", Median(pair.small_per_s)},
                                   {"big_per_s", Median(pair.big_per_s)},
                                   {"time_ratio_median", Median(pair.time_ratio)}};
    line.update(more);
    Print(line);
  }

  InventoryAlone& small_;
  InventoryAlone& big_;
};

}  // namespace

absl::Status BenchScale(const Settings& settings) {
  ASSIGN_OR_RETURN(const auto small, InventoryAlone::Make(settings.folder + "/small", kParts));
  ASSIGN_OR_RETURN(const auto big, InventoryAlone::Make(settings.folder + "/big", kParts));
  RETURN_IF_ERROR(small->FillTo(kSmall));
  const absl::Time began = absl::Now();
  const absl::Duration cpu_before = CpuTime();
  RETURN_IF_ERROR(big->FillTo(settings.quick ? kQuickBig : kBig));
  const double filled = static_cast<double>(big->events());
  Print({{"bench", "fill"},
         {"events", big->events()},
         {"events_per_s", filled / absl::ToDoubleSeconds(absl::Now() - began)},
         {"cpu_us", absl::ToDoubleMicroseconds(CpuTime() - cpu_before) / filled}});
  ScaleBench(*small, *big).Run(settings);
  return absl::OkStatus();
}

}  // namespace pitlane::bench
