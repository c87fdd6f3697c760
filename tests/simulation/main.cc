// pitlane-sim: runs seeds, counts what they reached, and shrinks what fails.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <iostream>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "CLI/CLI.hpp"
#include "fmt/core.h"
#include "libs/rpc/log.h"
#include "tests/simulation/broken.h"
#include "tests/simulation/plan.h"
#include "tests/simulation/simulation.h"

namespace pitlane::simulation {
namespace {

constexpr int kShrinkTries = 60;
constexpr size_t kShownLines = 60;

struct Flags {
  uint64_t seed = 1;
  uint64_t count = 1;
  double minutes = 0;
  std::string only;
  std::string exactly;
  Less less;
  std::string broken;
  bool trace = false;
  bool twice = false;
  bool require_coverage = false;
  bool no_shrink = false;
};

Plan PlanFor(const Flags& flags, uint64_t seed) {
  Plan plan = PlanOf(seed, flags.less);
  plan.broken = flags.broken;
  return plan;
}

void Explain(const Flags& flags, const Plan& plan, const Outcome& outcome) {
  fmt::print("\nFAIL seed {}: {}\n", plan.seed, outcome.failure);
  fmt::print("     again: tools/dev sim {}\n", plan.Arguments());
  std::cout.flush();
  const Plan small = flags.no_shrink ? plan : Shrink(plan, kShrinkTries);
  const Outcome least = RunPlan(small);
  fmt::print("     shrunk: tools/dev sim {} --trace\n     {}\n", small.Arguments(), least.failure);
  const size_t skip = least.trace.size() - std::min(least.trace.size(), kShownLines);
  for (size_t i = skip; i < least.trace.size(); ++i) fmt::print("     {}\n", least.trace[i]);
}

int Run(const Flags& flags) {
  const auto began = std::chrono::steady_clock::now();
  const auto seconds = [&] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  };
  Coverage coverage;
  uint64_t seeds = 0, failed = 0, events = 0, happenings = 0;
  for (uint64_t seed = flags.seed;; ++seed) {
    if (flags.minutes > 0 ? seconds() > 60 * flags.minutes : seeds >= flags.count) break;
    const Plan plan = PlanFor(flags, seed);
    const Outcome outcome = RunPlan(plan, flags.trace);
    ++seeds;
    events += outcome.events;
    happenings += outcome.happenings;
    coverage.Merge(outcome.coverage);
    if (flags.trace) {
      for (const std::string& line : outcome.trace) fmt::print("{}\n", line);
    }
    if (flags.trace || flags.count == 1) {
      fmt::print("seed {}: {} events, trace {:016x}\n", seed, outcome.events, outcome.trace_hash);
    }
    if (flags.twice && RunPlan(plan).trace_hash != outcome.trace_hash) {
      fmt::print("\nFAIL seed {}: it went another way the second time\n", seed);
      ++failed;
      continue;
    }
    if (outcome.failure.empty()) continue;
    ++failed;
    Explain(flags, plan, outcome);
    std::cout.flush();
  }
  fmt::print("{}", coverage.Report());
  const auto missing = coverage.Missing();
  fmt::print(
      "{} seeds, {} failed; {} events, {} happenings, {:.1f} s ({:.3f} s a seed); {} of {} never "
      "reached\n",
      seeds, failed, events, happenings, seconds(), seconds() / static_cast<double>(seeds),
      missing.size(), Coverage::Everything().size());
  if (failed > 0) return 1;
  return flags.require_coverage && !missing.empty() ? 1 : 0;
}

int Main(int argc, char** argv) {
  Flags flags;
  CLI::App app("Simulates Pitlane: six services, broker, readers, faults; one thread, one seed.");
  app.add_option("--seed", flags.seed, "the first seed (1)");
  app.add_option("--count", flags.count, "how many seeds (1)");
  app.add_option("--minutes", flags.minutes, "seeds for so long, instead of a count");
  app.add_option("--only", flags.only, "of the seed's faults only these: a,b,c or none");
  app.add_option("--faults", flags.exactly, "these faults, whatever the seed says: a,b,c or none");
  app.add_option("--sellers", flags.less.sellers, "how many sell, instead of what the seed says");
  app.add_option("--sales", flags.less.sales, "sales of each");
  app.add_option("--nuisance", flags.less.nuisance, "odd requests");
  app.add_option("--break", flags.broken, "breaks a promise on purpose");
  app.add_flag("--trace", flags.trace, "prints everything that happens");
  app.add_flag("--twice", flags.twice, "runs each seed twice and compares the traces");
  app.add_flag("--require-coverage", flags.require_coverage,
               "fails when something was never reached");
  app.add_flag("--no-shrink", flags.no_shrink, "shows a failure as it is");
  CLI11_PARSE(app, argc, argv);
  for (auto [text, faults] :
       {std::pair(&flags.only, &flags.less.only), std::pair(&flags.exactly, &flags.less.exactly)}) {
    if (text->empty()) continue;
    auto parsed = ParseFaults(*text);
    if (!parsed.ok()) {
      std::cerr << "pitlane-sim: " << parsed.status().message() << "\n";
      return 2;
    }
    *faults = *std::move(parsed);
  }
  if (!rpc::SetLogLevel("off").ok()) return 2;
  return Run(flags);
}

}  // namespace
}  // namespace pitlane::simulation

int main(int argc, char** argv) { return pitlane::simulation::Main(argc, argv); }
