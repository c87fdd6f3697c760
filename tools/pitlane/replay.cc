#include "tools/pitlane/replay.h"

#include <atomic>
#include <fstream>
#include <iostream>
#include <memory>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "fmt/core.h"
#include "libs/base/status.h"
#include "pitlane/ticket/v1/ticket_service.grpc.pb.h"
#include "tools/pitlane/replay_shop.h"
#include "tools/pitlane/seller.h"

namespace pitlane::tools {
namespace {

namespace tkt = ticket::v1;

constexpr absl::Duration kSettleTimeout = absl::Seconds(60);

// Hands out the plan to sellers, at the asked rate, and tells how far it is.
class Run {
 public:
  Run(const ReplayOptions& options, std::vector<PlannedTicket> plan)
      : options_(options), plan_(std::move(plan)), began_(absl::Now()) {}

  absl::Status Sell(const Session& session, const ReplayShop& shop) {
    std::vector<std::thread> threads;
    for (int i = 0; i < options_.concurrency; ++i) {
      threads.emplace_back([this, &session, &shop, i] {
        Seller seller(session, options_.seed, shop, shop.reader_ids[static_cast<size_t>(i)]);
        Work(seller, static_cast<size_t>(i));
      });
    }
    threads.emplace_back([this] { Report(); });
    for (std::thread& thread : threads) thread.join();
    return failure_;
  }

  int64_t done() const { return done_; }
  absl::Duration elapsed() const { return absl::Now() - began_; }

 private:
  // A ticket belongs to the same seller, and so to the same card reader, in every run: what was
  // asked of a reader before a stop is asked of the same one again.
  void Work(Seller& seller, size_t first) {
    for (size_t next = first; next < plan_.size() && !stop_;
         next += static_cast<size_t>(options_.concurrency)) {
      if (options_.rate > 0) {
        absl::SleepFor(began_ + absl::Seconds(static_cast<double>(next) / options_.rate) -
                       absl::Now());
      }
      absl::Status sold = seller.Sell(plan_[next]);
      if (!sold.ok()) {
        absl::MutexLock lock(&mutex_);
        if (failure_.ok()) {
          failure_ =
              absl::Status(sold.code(), absl::StrCat("ticket ", plan_[next].number, " of month ",
                                                     plan_[next].month, ": ", sold.message()));
        }
        stop_ = true;
        return;
      }
      // Under the mutex, so that whoever waits for the end looks again.
      absl::MutexLock lock(&mutex_);
      ++done_;
    }
  }

  void Report() {
    while (!stop_ && done_ < static_cast<int64_t>(plan_.size())) {
      {
        absl::MutexLock lock(&mutex_);
        const auto finished = [this] {
          return stop_ || done_ >= static_cast<int64_t>(plan_.size());
        };
        mutex_.AwaitWithTimeout(absl::Condition(&finished), absl::Seconds(2));
      }
      const double seconds = absl::ToDoubleSeconds(elapsed());
      const double rate = static_cast<double>(done_) / seconds;
      const double left = static_cast<double>(static_cast<int64_t>(plan_.size()) - done_);
      fmt::print(stderr, "{} of {} tickets, {:.0f} a second, {:.0f} s to go\n", done_.load(),
                 plan_.size(), rate, rate > 0 ? left / rate : 0.0);
    }
  }

  const ReplayOptions& options_;
  const std::vector<PlannedTicket> plan_;
  const absl::Time began_;
  std::atomic<int64_t> done_{0};
  std::atomic<bool> stop_{false};
  absl::Mutex mutex_;
  absl::Status failure_;
};

absl::Status AwaitClosed(Session& session, const std::vector<std::string>& ticket_ids) {
  const auto stub = tkt::TicketService::NewStub(session.channel());
  const absl::Time give_up = absl::Now() + kSettleTimeout;
  for (const std::string& ticket_id : ticket_ids) {
    tkt::GetTicketRequest request;
    request.set_ticket_id(ticket_id);
    while (true) {
      ASSIGN_OR_RETURN(const tkt::GetTicketResponse ticket,
                       session.Call(*stub, &tkt::TicketService::Stub::GetTicket, request));
      if (ticket.ticket().stage() == tkt::DOCUMENT_STAGE_CLOSED) break;
      if (absl::Now() > give_up) {
        return absl::DeadlineExceededError(absl::StrCat(ticket_id, " is paid but does not close"));
      }
      absl::SleepFor(absl::Milliseconds(10));
    }
  }
  return absl::OkStatus();
}

absl::Status Replay(const ReplayOptions& options) {
  std::ifstream file(options.file);
  if (!file) return absl::NotFoundError(absl::StrCat(options.file, " cannot be read"));
  ASSIGN_OR_RETURN(const Demand demand, ReadDemand(file, options.months));
  std::vector<PlannedTicket> plan;
  std::vector<std::string> ticket_ids;
  for (size_t month = 0; month < demand.months.size(); ++month) {
    int number = 0;
    for (auto& lines : TicketsOf(demand.months[month], options.seed, static_cast<int>(month))) {
      ticket_ids.push_back(ReplayTicketId(options.seed, static_cast<int>(month), number));
      plan.push_back({static_cast<int>(month), number++, std::move(lines)});
    }
  }
  fmt::print(stderr, "{} parts, {} months, {} units on {} tickets\n", demand.parts.size(),
             demand.months.size(), demand.units, plan.size());
  ASSIGN_OR_RETURN(const std::unique_ptr<Session> session, Connect(options.connection));
  ASSIGN_OR_RETURN(const ReplayShop shop, LoadReplayShop(*session, options, demand));
  const int64_t tickets = static_cast<int64_t>(plan.size());
  Run run(options, std::move(plan));
  RETURN_IF_ERROR(run.Sell(*session, shop));
  const double seconds = absl::ToDoubleSeconds(run.elapsed());
  RETURN_IF_ERROR(AwaitClosed(*session, ticket_ids));
  fmt::print("{} tickets with {} units closed, {:.1f} tickets a second\n", tickets, demand.units,
             static_cast<double>(tickets) / seconds);
  return absl::OkStatus();
}

}  // namespace

int RunReplay(const ReplayOptions& options) {
  const absl::Status status = Replay(options);
  if (status.ok()) return 0;
  std::cerr << "pitlane replay: " << status.message()
            << "\nNothing is lost: the same command goes on where this stopped.\n";
  return 1;
}

}  // namespace pitlane::tools
