// Whole sales, effects settled everywhere, beside a PostgreSQL on the same disk that makes the same
// ones. Only compiled where libpq is there; elsewhere no_postgres.cc says so.
#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "libs/base/status.h"
#include "tests/bench/benchmarks.h"
#include "tests/bench/busy_shop.h"
#include "tests/bench/one_computer.h"
#include "tests/bench/postgres_server.h"
#include "tests/bench/postgres_shop.h"
#include "tools/pitlane/check.h"

namespace pitlane::bench {
namespace {

constexpr size_t kSellers = 16;
// A sale is more than a call: a side's turn is longer.
constexpr double kSecondsFactor = 3;
constexpr int64_t kTicketsASettling = 64;
constexpr absl::Duration kWorkerPause = absl::Milliseconds(2);

// The shop in a database of its own, with its sellers' connections.
class PgShop {
 public:
  static absl::StatusOr<std::unique_ptr<PgShop>> Open(const PostgresServer& server,
                                                      const std::string& name, PgEffects effects,
                                                      const tools::Demand& demand,
                                                      const TicketRow& row) {
    ASSIGN_OR_RETURN(const auto admin, PgConnection::Open(server.ConnectionTo("postgres")));
    RETURN_IF_ERROR(admin->Run(absl::StrCat("CREATE DATABASE ", name)));
    const std::string where = server.ConnectionTo(name);
    RETURN_IF_ERROR(MakePgShop(where, demand));
    std::unique_ptr<PgShop> shop(new PgShop(server, effects, row));
    for (size_t i = 0; i < kSellers; ++i) {
      ASSIGN_OR_RETURN(shop->sellers_.emplace_back(), PgSeller::Open(where, effects));
    }
    ASSIGN_OR_RETURN(shop->worker_, PgConnection::Open(where));
    RETURN_IF_ERROR(shop->worker_->Prepare("settle_outbox", "SELECT settle_outbox($1)"));
    return shop;
  }

  // `cpu` of what is sold includes the server's.
  absl::StatusOr<Sold> SellFor(absl::Duration time) {
    const absl::Duration server_before = server_.CpuTime();
    std::atomic<bool> sold_all{false};
    absl::Status settled;
    std::thread worker;
    if (effects_ == PgEffects::kByWorker) {
      worker = std::thread([&] { settled = Settle(sold_all); });
    }
    const absl::Time end = absl::Now() + time;
    absl::StatusOr<Sold> sold = SellMany(
        kSellers, next_, [end](size_t) { return absl::Now() >= end; },
        [this](size_t seller, size_t index) { return sellers_[seller]->Sell(row_.At(index)); },
        [&] {
          sold_all = true;
          if (worker.joinable()) worker.join();
          return settled;
        });
    sold_all = true;
    if (worker.joinable()) worker.join();
    RETURN_IF_ERROR(sold.status());
    next_ += sold->sales;
    sold->cpu += server_.CpuTime() - server_before;
    return sold;
  }

  absl::Status Check() { return CheckPgShop(*worker_); }

 private:
  PgShop(const PostgresServer& server, PgEffects effects, const TicketRow& row)
      : server_(server), effects_(effects), row_(row) {}

  absl::Status Settle(const std::atomic<bool>& sold_all) {
    while (true) {
      const bool last_look = sold_all;
      ASSIGN_OR_RETURN(const int64_t settled, SettlePgOutbox(*worker_, kTicketsASettling));
      if (settled > 0) continue;
      if (last_look) return absl::OkStatus();
      absl::SleepFor(kWorkerPause);
    }
  }

  const PostgresServer& server_;
  const PgEffects effects_;
  const TicketRow& row_;
  std::vector<std::unique_ptr<PgSeller>> sellers_;
  std::unique_ptr<PgConnection> worker_;
  size_t next_ = 0;
};

struct Figures {
  std::vector<double> per_s, cpu_ms;

  void Take(const Sold& sold) {
    const double sales = static_cast<double>(sold.sales);
    per_s.push_back(sales / absl::ToDoubleSeconds(sold.took));
    cpu_ms.push_back(absl::ToDoubleMilliseconds(sold.cpu) / sales);
  }
};

// What six services have done so far.
struct Work {
  double events = 0, syncs = 0, kilobytes = 0, decide_ms = 0, commit_ms = 0;
};

Work WorkOf(tools::Suite& suite) {
  Work work;
  for (const auto& host : suite.hosts()) {
    const journal::Stats stats = host->journal().stats();
    const runtime::ExecutorCounters counters = host->executor().counters();
    work.events += static_cast<double>(stats.events);
    work.syncs += static_cast<double>(stats.syncs);
    work.kilobytes += static_cast<double>(stats.bytes) / 1024;
    work.decide_ms += absl::ToDoubleMilliseconds(counters.decide_time);
    work.commit_ms += absl::ToDoubleMilliseconds(counters.commit_time);
  }
  return work;
}

nlohmann::ordered_json PerSale(const Work& before, const Work& after, double sales) {
  return {{"events", (after.events - before.events) / sales},
          {"syncs", (after.syncs - before.syncs) / sales},
          {"kilobytes", (after.kilobytes - before.kilobytes) / sales},
          {"decide_ms", (after.decide_ms - before.decide_ms) / sales},
          {"commit_ms", (after.commit_ms - before.commit_ms) / sales}};
}

// Of all that was sold here every equation of `pitlane check` must hold: a wrong sale is no sale.
absl::Status CheckPitlane(const OneComputer& computer) {
  ASSIGN_OR_RETURN(const auto equations, tools::CheckAll(*computer.session));
  for (const tools::Equation& equation : equations) {
    if (!equation.holds) {
      return absl::InternalError(absl::StrCat(equation.what, ": ", equation.culprit));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status BenchSale(const Settings& settings) {
  ASSIGN_OR_RETURN(const tools::Demand demand, DemandOf(settings));
  const TicketRow row(demand);
  ASSIGN_OR_RETURN(const auto server, PostgresServer::Start(settings.folder + "/postgres"));
  ASSIGN_OR_RETURN(const auto closing,
                   PgShop::Open(*server, "closing", PgEffects::kInClosing, demand, row));
  ASSIGN_OR_RETURN(const auto worker,
                   PgShop::Open(*server, "worker", PgEffects::kByWorker, demand, row));
  ASSIGN_OR_RETURN(const OneComputer computer, OpenOneComputer(settings.folder + "/sale"));
  ASSIGN_OR_RETURN(const auto pitlane, BusyShop::Load(computer, demand, row, kSellers));
  const absl::Duration time = absl::Seconds(settings.seconds * kSecondsFactor);
  // Unmeasured: tables, caches and plans of both sides come into use.
  RETURN_IF_ERROR(pitlane->SellFor(time / 3, kSellers).status());
  RETURN_IF_ERROR(worker->SellFor(time / 3).status());
  RETURN_IF_ERROR(closing->SellFor(time / 3).status());
  const Work work_before = WorkOf(*computer.suite);
  const size_t sold_before = pitlane->sold();
  Figures ours, in_closing, by_worker;
  std::vector<double> ratio;
  for (int round = 0; round < settings.rounds; ++round) {
    ASSIGN_OR_RETURN(const Sold here, pitlane->SellFor(time, kSellers));
    ours.Take(here);
    ASSIGN_OR_RETURN(const Sold there, worker->SellFor(time));
    by_worker.Take(there);
    ASSIGN_OR_RETURN(const Sold also_there, closing->SellFor(time));
    in_closing.Take(also_there);
    ratio.push_back(ours.per_s.back() / std::max(by_worker.per_s.back(), in_closing.per_s.back()));
  }
  const nlohmann::ordered_json per_sale = PerSale(
      work_before, WorkOf(*computer.suite), static_cast<double>(pitlane->sold() - sold_before));
  RETURN_IF_ERROR(CheckPitlane(computer));
  RETURN_IF_ERROR(closing->Check());
  RETURN_IF_ERROR(worker->Check());
  Print(
      {{"bench", "whole_sales_vs_postgresql"},
       {"sellers", kSellers},
       {"rounds", settings.rounds},
       {"sales_per_s", Median(ours.per_s)},
       {"postgresql_per_s_effects_by_worker", Median(by_worker.per_s)},
       {"postgresql_per_s_effects_in_closing", Median(in_closing.per_s)},
       {"ratio_median_to_the_faster", Median(ratio)},
       {"cpu_ms_per_sale", Median(ours.cpu_ms)},
       {"postgresql_cpu_ms_by_worker", Median(by_worker.cpu_ms)},
       {"postgresql_cpu_ms_in_closing", Median(in_closing.cpu_ms)},
       {"per_sale", per_sale},
       {"note",
        "ours goes through gateway, gRPC, tokens and six journals; PostgreSQL is called directly, "
        "keeps no events, and its card is charged inside the transaction: all in its favour"}});
  return absl::OkStatus();
}

}  // namespace pitlane::bench
