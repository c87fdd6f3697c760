// A view rebuilt from the log while the service runs, and what commands notice of it.
#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "libs/base/check.h"
#include "libs/base/status.h"
#include "tests/bench/benchmarks.h"
#include "tests/bench/inventory_alone.h"

namespace pitlane::bench {
namespace {

constexpr int kParts = 4000;
constexpr uint64_t kEvents = 200'000;
constexpr uint64_t kQuickEvents = 20'000;
constexpr int kInFlight = 4;  // a shop's commands while a view is rebuilt
constexpr char kView[] = "stock_levels";

// How long calls took.
class Latencies {
 public:
  // Calls by `issue`, timed.
  Issue Timed(Issue issue) {
    return [this, issue = std::move(issue)](std::function<void()> done) {
      const absl::Time began = absl::Now();
      issue([this, began, done = std::move(done)] {
        {
          absl::MutexLock lock(&mutex_);
          ms_.push_back(absl::ToDoubleMilliseconds(absl::Now() - began));
        }
        done();
      });
    };
  }
  double At(double share) const {
    absl::MutexLock lock(&mutex_);
    return Percentile(ms_, share);
  }

 private:
  mutable absl::Mutex mutex_;
  std::vector<double> ms_ ABSL_GUARDED_BY(mutex_);
};

class RebuildBench {
 public:
  explicit RebuildBench(InventoryAlone& store) : store_(store) {}

  absl::Status Run(const Settings& settings) {
    Latencies without, with;
    std::vector<double> alone_per_s, alone_cpu_us, busy_per_s;
    const Issue adjust = [this](std::function<void()> done) { store_.AdjustStock(done); };
    for (int round = 0; round < settings.rounds; ++round) {
      const absl::Duration cpu_before = CpuTime();
      const double events = static_cast<double>(store_.events());
      Start();
      ASSIGN_OR_RETURN(const absl::Duration alone, Finish());
      alone_per_s.push_back(events / absl::ToDoubleSeconds(alone));
      alone_cpu_us.push_back(absl::ToDoubleMicroseconds(CpuTime() - cpu_before) / events);

      KeepInFlight(kInFlight, settings.seconds, without.Timed(adjust));
      Start();
      while (!ended_->HasBeenNotified()) MakeCalls(kInFlight, 50, with.Timed(adjust));
      ASSIGN_OR_RETURN(const absl::Duration busy, Finish());
      busy_per_s.push_back(static_cast<double>(store_.events()) / absl::ToDoubleSeconds(busy));
    }
    Print({{"bench", "rebuild_of_a_view"},
           {"view", kView},
           {"rounds", settings.rounds},
           {"events", store_.events()},
           {"events_per_s", Median(alone_per_s)},
           {"cpu_us_per_event", Median(alone_cpu_us)},
           {"events_per_s_beside_commands", Median(busy_per_s)},
           {"commands_in_flight", kInFlight},
           {"command_ms_p50", without.At(0.5)},
           {"command_ms_p50_during_rebuild", with.At(0.5)},
           {"command_ms_p99", without.At(0.99)},
           {"command_ms_p99_during_rebuild", with.At(0.99)},
           {"command_ms_max_during_rebuild", with.At(1)}});
    return absl::OkStatus();
  }

 private:
  void Start() {
    ended_ = std::make_unique<absl::Notification>();
    began_ = absl::Now();
    store_.host().rebuilder().Rebuild(kView, [this](absl::Status status) {
      took_ = absl::Now() - began_;
      status_ = std::move(status);
      ended_->Notify();
    });
  }
  absl::StatusOr<absl::Duration> Finish() {
    ended_->WaitForNotification();
    RETURN_IF_ERROR(status_);
    return took_;
  }

  InventoryAlone& store_;
  std::unique_ptr<absl::Notification> ended_;
  absl::Time began_;
  absl::Duration took_;
  absl::Status status_;
};

}  // namespace

absl::Status BenchRebuild(const Settings& settings) {
  ASSIGN_OR_RETURN(const auto store, InventoryAlone::Make(settings.folder + "/rebuild", kParts));
  RETURN_IF_ERROR(store->FillTo(settings.quick ? kQuickEvents : kEvents));
  return RebuildBench(*store).Run(settings);
}

}  // namespace pitlane::bench
