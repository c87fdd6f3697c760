// The journal alone: 64 commands in flight at one executor, without a server before it.
#include <atomic>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "libs/base/check.h"
#include "libs/base/clock.h"
#include "libs/base/ids.h"
#include "libs/base/status.h"
#include "libs/journal/journal.h"
#include "libs/runtime/executor.h"
#include "libs/runtime/projection.h"
#include "libs/runtime/stepper.h"
#include "libs/runtime/test_counter.h"
#include "tests/bench/benchmarks.h"

namespace pitlane::bench {
namespace {

using runtime::CounterAggregate;
using runtime::Executor;

// An executor and its thread over a store on the disk, with the library's own test aggregate.
class Writer {
 public:
  static absl::StatusOr<std::unique_ptr<Writer>> Open(const std::string& folder) {
    journal::Options options;
    options.path = folder;
    options.identity = {.service = "counter"};
    ASSIGN_OR_RETURN(std::unique_ptr<journal::Journal> journal,
                     journal::Journal::Open(std::move(options)));
    return std::unique_ptr<Writer>(new Writer(std::move(journal)));
  }
  ~Writer() {
    executor_.Close();
    thread_.Stop();
  }

  // Opens a counter: one event, one row of a view, one remembered answer.
  void Submit(std::function<void()> done) {
    const runtime::CounterId id =
        runtime::CounterId::Make(Clock::System(), Entropy::System(), /*slot=*/5);
    runtime::Command command;
    command.request_id = absl::StrCat("bench-", next_++);
    command.fingerprint = "open";
    command.decide = [id](runtime::Unit& unit) -> absl::StatusOr<std::string> {
      RETURN_IF_ERROR(unit.Execute<CounterAggregate>(
          id.text(), std::nullopt, {},
          [](const auto& state) { return runtime::DecideOpen(state, "bench"); }));
      return std::string("opened");
    };
    command.done = [done = std::move(done)](const absl::StatusOr<runtime::Answer>& answer) {
      PITLANE_CHECK_OK(answer.status());
      done();
    };
    executor_.Submit(std::move(command));
  }

  journal::Stats stats() const { return journal_->stats(); }

 private:
  explicit Writer(std::unique_ptr<journal::Journal> journal)
      : journal_(std::move(journal)),
        projections_(pitlane::runtime::tv1::CounterEvent::default_instance(), Projections()),
        executor_(*journal_, projections_, Clock::System(), Entropy::System(), {}),
        thread_(executor_, Clock::System(), "bench") {
    thread_.Start();
  }

  static std::vector<std::unique_ptr<runtime::Projection>> Projections() {
    std::vector<std::unique_ptr<runtime::Projection>> all;
    all.push_back(std::make_unique<runtime::CounterTotals>(1));
    return all;
  }

  const std::unique_ptr<journal::Journal> journal_;
  const runtime::ProjectionSet projections_;
  Executor executor_;
  runtime::ThreadRunner thread_;
  std::atomic<int64_t> next_{0};
};

}  // namespace

absl::Status BenchJournal(const Settings& settings) {
  ASSIGN_OR_RETURN(const auto writer, Writer::Open(settings.folder + "/journal"));
  std::vector<double> per_s, sync_us, cpu_us;
  const journal::Stats before = writer->stats();
  for (int round = 0; round < settings.rounds; ++round) {
    const Pace pace = KeepInFlight(
        64, settings.seconds, [&](std::function<void()> done) { writer->Submit(std::move(done)); });
    per_s.push_back(pace.per_second);
    cpu_us.push_back(pace.cpu_us);
    const journal::Stats now = writer->stats();
    const uint64_t bytes = (now.bytes - before.bytes) / (now.syncs - before.syncs);
    ASSIGN_OR_RETURN(const absl::Duration sync,
                     MeanFdatasync(settings.folder, bytes, settings.seconds / 4));
    sync_us.push_back(absl::ToDoubleMicroseconds(sync));
  }
  const journal::Stats after = writer->stats();
  const double syncs = static_cast<double>(after.syncs - before.syncs);
  const double events_per_sync = static_cast<double>(after.events - before.events) / syncs;
  const double per_sync_us = 1e6 / Median(per_s) * events_per_sync;
  Print({{"bench", "journal_alone"},
         {"in_flight", 64},
         {"rounds", settings.rounds},
         {"commands_per_s", Median(per_s)},
         {"cpu_us", Median(cpu_us)},
         {"events_per_sync", events_per_sync},
         {"bytes_per_sync", static_cast<double>(after.bytes - before.bytes) / syncs},
         {"us_per_sync", per_sync_us},
         {"fdatasync_us", Median(sync_us)},
         {"commit_vs_fdatasync", per_sync_us / Median(sync_us)}});
  return absl::OkStatus();
}

}  // namespace pitlane::bench
