#include "tests/simulation/plan.h"

#include <algorithm>
#include <array>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "libs/base/text.h"
#include "tests/simulation/random.h"

namespace pitlane::simulation {
namespace {

struct Known {
  std::string_view name;
  uint32_t usual;  // millionths of what it can hit
};

constexpr std::array<Known, kFaultCount> kKnown = {{
    {"record_late", 20'000},      {"record_delayed", 60'000},
    {"record_twice", 60'000},     {"records_swapped", 20'000},
    {"broker_forgets", 300'000},  {"broker_down", 200'000},
    {"relay_breaks", 20'000},     {"request_lost", 30'000},
    {"request_twice", 60'000},    {"answer_lost", 30'000},
    {"answer_late", 60'000},      {"client_gives_up", 4'000},
    {"restart", 200'000},         {"kill", 300'000},
    {"power_cut", 300'000},       {"torn_tail", 500'000},
    {"reordered_pages", 300'000}, {"cut_in_commit", 400'000},
    {"cut_in_open", 400'000},     {"io_error", 200'000},
    {"disk_full", 200'000},       {"flipped_bit", 150'000},
    {"days_offline", 60'000},     {"clock_jumps", 200'000},
    {"reader_silent", 60'000},    {"reader_deaf", 60'000},
    {"reader_late", 150'000},     {"reader_outcomes", 400'000},
    {"supplier_faults", 200'000},
}};

const Known& KnownOf(Fault fault) { return kKnown[static_cast<size_t>(fault)]; }

}  // namespace

std::string_view NameOf(Fault fault) { return KnownOf(fault).name; }

std::optional<Fault> FaultOf(std::string_view name) {
  for (int i = 0; i < kFaultCount; ++i) {
    if (kKnown[static_cast<size_t>(i)].name == name) return static_cast<Fault>(i);
  }
  return std::nullopt;
}

Plan QuietPlanOf(uint64_t seed) {
  Random draw(seed, "plan");
  Plan plan;
  plan.seed = seed;
  plan.sellers = static_cast<int>(draw.Between(1, 4));
  plan.sales = static_cast<int>(draw.Between(1, 3));
  plan.nuisance = static_cast<int>(draw.Between(0, 16));
  plan.one_process = draw.Below(4) == 0;
  plan.partitions = static_cast<uint32_t>(1) << draw.Below(4);
  return plan;
}

Plan PlanOf(uint64_t seed) {
  Plan plan = QuietPlanOf(seed);
  Random draw(seed, "swarm");
  // Some seeds have nearly every fault, most a handful, a few none.
  const uint64_t density = draw.Below(10);
  for (int i = 0; i < kFaultCount; ++i) {
    const bool on = draw.Below(10) < density;
    const uint64_t strength = draw.Below(4);
    if (!on) continue;
    const Fault fault = static_cast<Fault>(i);
    constexpr std::array<uint32_t, 4> kPercent = {30, 60, 100, 200};
    plan.faults[fault] =
        std::min<uint32_t>(KnownOf(fault).usual / 100 * kPercent[strength], 900'000);
  }
  return plan;
}

Plan PlanOf(uint64_t seed, const Less& less) {
  Plan plan = PlanOf(seed);
  if (less.only.has_value()) {
    std::erase_if(plan.faults,
                  [&](const auto& entry) { return !less.only->contains(entry.first); });
  }
  if (less.exactly.has_value()) {
    plan.faults.clear();
    for (const Fault fault : *less.exactly) plan.faults[fault] = KnownOf(fault).usual;
  }
  if (less.sellers >= 0) plan.sellers = less.sellers;
  if (less.sales >= 0) plan.sales = less.sales;
  if (less.nuisance >= 0) plan.nuisance = less.nuisance;
  return plan;
}

std::string Plan::Arguments() const {
  std::string names;
  for (const auto& [fault, rate] : faults) {
    absl::StrAppend(&names, names.empty() ? "" : ",", ToAbsl(NameOf(fault)));
  }
  const Plan whole = PlanOf(seed);
  std::string text = absl::StrCat("--seed ", seed);
  if (faults != whole.faults) {
    const bool of_seed = std::all_of(faults.begin(), faults.end(), [&](const auto& entry) {
      return whole.Rate(entry.first) == entry.second;
    });
    absl::StrAppend(&text, of_seed ? " --only " : " --faults ", names.empty() ? "none" : names);
  }
  if (sellers != whole.sellers) absl::StrAppend(&text, " --sellers ", sellers);
  if (sales != whole.sales) absl::StrAppend(&text, " --sales ", sales);
  if (nuisance != whole.nuisance) absl::StrAppend(&text, " --nuisance ", nuisance);
  if (!broken.empty()) absl::StrAppend(&text, " --break ", broken);
  return text;
}

absl::StatusOr<std::set<Fault>> ParseFaults(std::string_view text) {
  std::set<Fault> faults;
  if (text == "none") return faults;
  for (const absl::string_view name : absl::StrSplit(ToAbsl(text), ',')) {
    const std::optional<Fault> fault = FaultOf(ToStd(name));
    if (!fault.has_value()) {
      return absl::InvalidArgumentError(absl::StrCat("there is no fault '", name, "'"));
    }
    faults.insert(*fault);
  }
  return faults;
}

}  // namespace pitlane::simulation
