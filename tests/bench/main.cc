// What Pitlane's speed is made of, each beside its limit in one interleaved run. Prints one JSON
// object a line; README.md says what each means and how much is wanted.
#include <algorithm>
#include <iostream>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "libs/base/lock_checks.h"
#include "libs/base/status.h"
#include "libs/rpc/log.h"
#include "libs/rpc/testing/test_identity.h"
#include "tests/bench/benchmarks.h"

namespace pitlane::bench {
namespace {

const std::vector<Benchmark>& All() {
  static const auto* const all = new std::vector<Benchmark>{
      // First: it measures the memory of a process that has done nothing else.
      {"idle", "what an idle suite takes, and the memory it needs after many sales", BenchIdle},
      {"command", "a durable command beside an empty echo and the disk", BenchCommand},
      {"journal", "one store's writer without a server before it", BenchJournal},
      {"sale", "whole sales beside a PostgreSQL that makes the same ones", BenchSale},
      {"settle", "from TicketClosed to its last consequence, embedded and over Kafka", BenchSettle},
      {"scale", "a command and a read in a small store and in a big one", BenchScale},
      {"rebuild", "a view from the log, and what commands notice of it", BenchRebuild},
  };
  return *all;
}

absl::Status Run(Settings settings, const std::vector<std::string>& names) {
  RETURN_IF_ERROR(rpc::SetLogLevel("error"));
  for (const Benchmark& benchmark : All()) {
    const bool wanted =
        names.empty() || std::find(names.begin(), names.end(), benchmark.name) != names.end();
    if (!wanted) continue;
    const rpc::testing::TempFolder folder;
    settings.folder = folder.path();
    RETURN_IF_ERROR(benchmark.run(settings));
  }
  return absl::OkStatus();
}

}  // namespace
}  // namespace pitlane::bench

int main(int argc, char** argv) {
  pitlane::SwitchOffLockOrderChecks();
  using pitlane::bench::All;
  std::string which = "Pitlane's benchmarks:\n";
  std::vector<std::string> known;
  for (const pitlane::bench::Benchmark& benchmark : All()) {
    which.append("  ").append(benchmark.name).append(": ").append(benchmark.what).append("\n");
    known.emplace_back(benchmark.name);
  }
  CLI::App app(which);
  pitlane::bench::Settings settings;
  std::vector<std::string> names;
  app.add_option("names", names, "which; all without one")->check(CLI::IsMember(known));
  app.add_option("--rounds", settings.rounds, "of each pair")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  app.add_option("--seconds", settings.seconds, "of each side in a round")
      ->check(CLI::Range(0.05, 600.0))
      ->capture_default_str();
  app.add_flag("--quick", settings.quick,
               "small stores: a trial of the benchmarks, not of Pitlane");
  app.add_option("--demand", settings.demand, "sell what this file of `pitlane replay` asks for")
      ->check(CLI::ExistingFile);
  CLI11_PARSE(app, argc, argv);
  const absl::Status status = pitlane::bench::Run(settings, names);
  if (!status.ok()) std::cerr << "pitlane-bench: " << status.message() << "\n";
  return status.ok() ? 0 : 1;
}
