#include "tests/bench/busy_shop.h"

#include <algorithm>
#include <atomic>
#include <fstream>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "libs/base/clock.h"
#include "libs/base/status.h"

namespace pitlane::bench {
namespace {

constexpr int kParts = 400;
constexpr int kMonths = 24;
constexpr absl::Duration kSettleTimeout = absl::Seconds(120);

// Parts of which most are wanted now and then, as in the trade.
tools::Demand MadeUpDemand() {
  SeededEntropy dice(1998);
  tools::Demand demand;
  demand.months.resize(kMonths);
  for (int part = 0; part < kParts; ++part) {
    demand.parts.push_back(absl::StrCat(21000000 + part));
    for (auto& month : demand.months) {
      const uint64_t throw_of = dice.Next64() % 8;
      const int units = throw_of < 4 ? 0 : static_cast<int>(throw_of) - 3;
      if (units == 0) continue;
      month.push_back({part, units});
      demand.units += units;
    }
  }
  return demand;
}

// Positions of all journals, added up: it grows whenever anything happens.
uint64_t Events(tools::Suite& suite) {
  uint64_t events = 0;
  for (const auto& host : suite.hosts()) events += host->journal().last_position();
  return events;
}

}  // namespace

absl::StatusOr<tools::Demand> DemandOf(const Settings& settings) {
  if (settings.demand.empty()) return MadeUpDemand();
  std::ifstream file(settings.demand);
  if (!file) return absl::NotFoundError(absl::StrCat(settings.demand, " cannot be read"));
  return tools::ReadDemand(file, /*months=*/0);
}

TicketRow::TicketRow(const tools::Demand& demand) {
  for (size_t i = 0; i < demand.months.size(); ++i) {
    const int month = static_cast<int>(i);
    int number = 0;
    for (auto& lines : tools::TicketsOf(demand.months[i], kShopSeed, month)) {
      tickets_.push_back({.month = month, .number = number++, .lines = std::move(lines)});
    }
  }
}

tools::PlannedTicket TicketRow::At(size_t index) const {
  tools::PlannedTicket ticket = tickets_[index % tickets_.size()];
  ticket.month += 1000 * static_cast<int>(index / tickets_.size());
  return ticket;
}

absl::StatusOr<Sold> SellMany(size_t sellers, size_t first,
                              const std::function<bool(size_t index)>& end,
                              const std::function<absl::Status(size_t seller, size_t index)>& sell,
                              const std::function<absl::Status()>& settle) {
  std::atomic<size_t> next{first};
  absl::Mutex mutex;
  absl::Status failure;
  const absl::Time began = absl::Now();
  const absl::Duration cpu_before = CpuTime();
  std::vector<std::thread> threads;
  for (size_t seller = 0; seller < sellers; ++seller) {
    threads.emplace_back([&, seller] {
      for (size_t index = next;; index = next) {
        if (end(index)) return;
        if (!next.compare_exchange_strong(index, index + 1)) continue;
        absl::Status sold = sell(seller, index);
        if (sold.ok()) continue;
        absl::MutexLock lock(&mutex);
        failure.Update(sold);
        return;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  RETURN_IF_ERROR(failure);
  RETURN_IF_ERROR(settle());
  return Sold{.sales = next - first, .took = absl::Now() - began, .cpu = CpuTime() - cpu_before};
}

absl::StatusOr<std::unique_ptr<BusyShop>> BusyShop::Load(const OneComputer& computer,
                                                         const tools::Demand& demand,
                                                         const TicketRow& row, size_t sellers) {
  std::unique_ptr<BusyShop> busy(new BusyShop(computer, row));
  tools::ReplayOptions options;
  options.seed = kShopSeed;
  options.concurrency = static_cast<int>(sellers);
  ASSIGN_OR_RETURN(busy->shop_, tools::LoadReplayShop(*computer.session, options, demand));
  for (const std::string& reader : busy->shop_.reader_ids) {
    busy->sellers_.push_back(
        std::make_unique<tools::Seller>(*computer.session, kShopSeed, busy->shop_, reader));
  }
  RETURN_IF_ERROR(AwaitSettled(*computer.suite));
  return busy;
}

absl::StatusOr<Sold> BusyShop::SellFor(absl::Duration time, size_t sellers) {
  const absl::Time end = absl::Now() + time;
  return Sell(sellers, [end](size_t) { return absl::Now() >= end; });
}

absl::StatusOr<Sold> BusyShop::SellUntil(size_t index, size_t sellers) {
  return Sell(sellers, [index](size_t next) { return next >= index; });
}

absl::StatusOr<Sold> BusyShop::Sell(size_t sellers, const std::function<bool(size_t)>& end) {
  ASSIGN_OR_RETURN(const Sold sold, SellMany(
                                        std::min(sellers, sellers_.size()), next_, end,
                                        [this](size_t seller, size_t index) {
                                          return sellers_[seller]->Sell(row_.At(index));
                                        },
                                        [this] { return AwaitSettled(*computer_.suite); }));
  next_ += sold.sales;
  return sold;
}

absl::Status AwaitSettled(tools::Suite& suite) {
  const absl::Time give_up = absl::Now() + kSettleTimeout;
  while (absl::Now() < give_up) {
    const uint64_t before = Events(suite);
    const bool settled = std::all_of(suite.hosts().begin(), suite.hosts().end(),
                                     [](const auto& host) { return host->Settled(); });
    // What one service committed while the next was asked may be news for one asked before.
    if (settled && Events(suite) == before) return absl::OkStatus();
    absl::SleepFor(absl::Milliseconds(1));
  }
  return absl::DeadlineExceededError(
      absl::StrCat("the services have not settled in ", absl::FormatDuration(kSettleTimeout)));
}

}  // namespace pitlane::bench
