// An idle suite, with clients that watch it, and the memory it takes before and after many sales.
#include <sys/resource.h>

#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "libs/base/status.h"
#include "pitlane/inventory/v1/inventory_service.grpc.pb.h"
#include "tests/bench/benchmarks.h"
#include "tests/bench/busy_shop.h"
#include "tests/bench/one_computer.h"
#include "tools/pitlane/demo_shop.h"
#include "tools/pitlane/event_tail.h"

namespace pitlane::bench {
namespace {

namespace inv = inventory::v1;

constexpr absl::Duration kWatched = absl::Seconds(10);
constexpr absl::Duration kQuickWatched = absl::Seconds(2);
// Channels and RocksDB still tidy up for a while after the last call.
constexpr absl::Duration kComeToRest = absl::Seconds(3);
constexpr size_t kSellers = 8;
constexpr size_t kQuickSales = 100;

// A field of /proc/self/status in MB, e.g. "VmRSS:".
absl::StatusOr<double> MemoryMb(const std::string& field) {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    double kilobytes = 0;
    if (word == field && status >> kilobytes) return kilobytes / 1024;
  }
  return absl::NotFoundError(absl::StrCat("/proc/self/status has no ", field));
}

int64_t ContextSwitches() {
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_nvcsw + usage.ru_nivcsw;
}

// A front end that shows a location's stock as it changes.
class Watcher {
 public:
  Watcher(const tools::Session& session, const std::string& location_id)
      : stub_(inv::InventoryService::NewStub(session.channel())) {
    session.PrepareStream(context_);
    inv::WatchStockRequest request;
    request.set_location_id(location_id);
    reader_ = stub_->WatchStock(&context_, request);
    thread_ = std::thread([this] {
      inv::WatchStockResponse response;
      while (reader_->Read(&response)) continue;
      reader_->Finish();
    });
  }
  ~Watcher() {
    context_.TryCancel();
    thread_.join();
  }

 private:
  const std::unique_ptr<inv::InventoryService::Stub> stub_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReader<inv::WatchStockResponse>> reader_;
  // Last member: it uses all the others.
  std::thread thread_;
};

absl::Status Rest(const OneComputer& computer, const Settings& settings) {
  ASSIGN_OR_RETURN(const tools::DemoShop shop, tools::LoadDemoShop(*computer.session));
  RETURN_IF_ERROR(AwaitSettled(*computer.suite));
  const Watcher watcher(*computer.session, shop.location_id);
  ASSIGN_OR_RETURN(const auto tail, tools::EventTail::Start(*computer.session, "ticket"));
  absl::SleepFor(kComeToRest);
  const absl::Time began = absl::Now();
  const absl::Duration cpu_before = CpuTime();
  const int64_t switches_before = ContextSwitches();
  absl::SleepFor(settings.quick ? kQuickWatched : kWatched);
  const absl::Duration cpu = CpuTime() - cpu_before;
  const double seconds = absl::ToDoubleSeconds(absl::Now() - began);
  const double switches = static_cast<double>(ContextSwitches() - switches_before);
  Print({{"bench", "idle_suite"},
         {"watching", "one WatchStock and one TailEvents, through the gateway"},
         {"seconds", seconds},
         {"cpu_percent_of_a_core", 100 * absl::ToDoubleSeconds(cpu) / seconds},
         {"context_switches_per_s", switches / seconds}});
  return absl::OkStatus();
}

absl::Status Remember(const OneComputer& computer, const Settings& settings, double rss_open) {
  ASSIGN_OR_RETURN(const tools::Demand demand, DemandOf(settings));
  const TicketRow row(demand);
  ASSIGN_OR_RETURN(const auto shop, BusyShop::Load(computer, demand, row, kSellers));
  ASSIGN_OR_RETURN(const double rss_shop, MemoryMb("VmRSS:"));
  RETURN_IF_ERROR(shop->SellUntil(settings.quick ? kQuickSales : row.size(), kSellers).status());
  ASSIGN_OR_RETURN(const double rss_after, MemoryMb("VmRSS:"));
  ASSIGN_OR_RETURN(const double peak, MemoryMb("VmHWM:"));
  uint64_t events = 0, rocksdb_bytes = 0;
  for (const auto& host : computer.suite->hosts()) {
    const journal::Stats stats = host->journal().stats();
    events += stats.last_position;
    rocksdb_bytes += stats.memory_bytes;
  }
  Print({{"bench", "memory_of_the_suite"},
         {"sales", shop->sold()},
         {"months", demand.months.size()},
         {"events", events},
         {"rss_mb_when_open", rss_open},
         {"rss_mb_with_shop", rss_shop},
         {"rss_mb_after_sales", rss_after},
         {"peak_mb", peak},
         {"rocksdb_mb", static_cast<double>(rocksdb_bytes) / (1 << 20)}});
  return absl::OkStatus();
}

}  // namespace

absl::Status BenchIdle(const Settings& settings) {
  ASSIGN_OR_RETURN(const OneComputer computer, OpenOneComputer(settings.folder + "/idle"));
  ASSIGN_OR_RETURN(const double rss_open, MemoryMb("VmRSS:"));
  RETURN_IF_ERROR(Rest(computer, settings));
  return Remember(computer, settings, rss_open);
}

}  // namespace pitlane::bench
