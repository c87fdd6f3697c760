// pitlane-crash: kills, stops, fills and starts a real Pitlane while people sell, and proves after
// each round that nothing was lost and nothing done twice.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "libs/base/status.h"
#include "tests/crash/run.h"
#include "tests/crash/small_disk.h"

namespace pitlane::crash {
namespace {

constexpr int kDiskMegabytes = 256;

struct Flags {
  std::string folder = "build/crash";
  std::string site = "several";
  double minutes = 0;
  double suspend_seconds = 3;
  bool small_disk = false;
  bool only_full_disks = false;
  RunOptions run;
};

void PrintCounts(const RunResult& result) {
  const checker::Report& report = result.last;
  for (const auto& [what, count] : result.faults.by_kind) {
    std::printf("%8llu  %s\n", static_cast<unsigned long long>(count), what.c_str());
  }
  for (const auto& [point, count] : result.faults.by_point) {
    std::printf("%8llu  ended at %s\n", static_cast<unsigned long long>(count), point.c_str());
  }
  for (const auto& [weather, count] : result.faults.by_weather) {
    std::printf("%8llu  weather on %s\n", static_cast<unsigned long long>(count), weather.c_str());
  }
  std::printf("%8llu  points armed and never come by\n",
              static_cast<unsigned long long>(result.faults.points_missed));
  std::printf("%8llu  kills in all, in %llu rounds\n",
              static_cast<unsigned long long>(result.faults.kills()),
              static_cast<unsigned long long>(result.rounds));
  std::fputs(report.Text(false).c_str(), stdout);
  const auto broken = [&](const char* rule) -> unsigned long long {
    const auto found = report.rules().find(rule);
    return found == report.rules().end() ? 0 : found->second.broken;
  };
  std::printf("%8llu  acknowledged requests lost\n", broken("acknowledged-lost"));
  std::printf("%8llu  requests or effects doubled\n",
              broken("request-twice") + broken("effect-twice") + broken("capture-twice") +
                  broken("issue-twice") + broken("history-twice") + broken("fact-twice"));
}

absl::Status Main(Flags& flags) {
  const std::string folder = absl::StrCat(flags.folder, "/", flags.site, "-", flags.run.seed);
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  std::unique_ptr<SmallDisk> disk;
  if (flags.small_disk || flags.only_full_disks) {
    ASSIGN_OR_RETURN(disk, SmallDisk::Mount(folder + "/data", kDiskMegabytes));
    flags.run.fill = [&disk] { return disk->Fill(); };
    flags.run.free = [&disk] { return disk->Free(); };
    std::printf("a small disk of %d MB, %s\n", kDiskMegabytes,
                disk->on_loop() ? "ext4 in a file" : "in memory");
  }
  if (flags.only_full_disks) {
    flags.run.choose = [](Faults&) { return FaultKind::kFullDisk; };
  }
  flags.run.duration = absl::Minutes(flags.minutes);
  flags.run.longest_suspension = absl::Seconds(flags.suspend_seconds);
  flags.run.say = [begin = absl::Now()](const std::string& text) {
    std::printf("%7.1f s  %s\n", absl::ToDoubleSeconds(absl::Now() - begin), text.c_str());
    std::fflush(stdout);
  };
  ASSIGN_OR_RETURN(const std::unique_ptr<Site> site,
                   flags.site == "one" ? MakeOneComputer(folder) : MakeSeveral(folder));
  RunResult result;
  const absl::Status status = Run(*site, flags.run, result);
  PrintCounts(result);
  if (!status.ok()) std::printf("everything is left in %s\n", folder.c_str());
  return status;
}

}  // namespace
}  // namespace pitlane::crash

int main(int argc, char** argv) {
  pitlane::crash::Flags flags;
  CLI::App app("Crashes a real Pitlane while people sell, and checks what is left.");
  app.add_option("--site", flags.site, "several: a process per service over Kafka; one: pitlane up")
      ->check(CLI::IsMember({"several", "one"}))
      ->capture_default_str();
  app.add_option("--seed", flags.run.seed, "of people and faults")->capture_default_str();
  app.add_option("--minutes", flags.minutes, "how long; without a limit one round is made");
  app.add_option("--kills", flags.run.kills, "end after so many kills");
  app.add_option("--rounds", flags.run.rounds, "end after so many rounds");
  app.add_option("--faults", flags.run.faults_per_round, "in a round")->capture_default_str();
  app.add_option("--people", flags.run.people, "who sell at the same time")->capture_default_str();
  app.add_option("--suspend", flags.suspend_seconds, "seconds that a process is stopped at most")
      ->capture_default_str();
  app.add_flag("--small-disk", flags.small_disk,
               "the data on a small disk of its own, which is filled now and then (root)");
  app.add_flag("--only-full-disks", flags.only_full_disks, "no other faults than that");
  app.add_option("--folder", flags.folder, "for data and logs")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  const absl::Status status = pitlane::crash::Main(flags);
  if (status.ok()) return 0;
  std::fprintf(stderr, "pitlane-crash: %s\n", status.ToString().c_str());
  return 1;
}
