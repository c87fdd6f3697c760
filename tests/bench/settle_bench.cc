// From the commit of TicketClosed to the commits of its consequences: stock, history, profile,
// report. Events next door through the journals, and through Kafka, one after the other.
#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "libs/base/check.h"
#include "libs/base/status.h"
#include "libs/journal/journal.h"
#include "libs/testing/kafka/kafka_broker.h"
#include "pitlane/customer_vehicle/v1/events.pb.h"
#include "pitlane/inventory/v1/events.pb.h"
#include "pitlane/reporting/v1/events.pb.h"
#include "pitlane/ticket/v1/events.pb.h"
#include "tests/bench/benchmarks.h"
#include "tests/bench/busy_shop.h"
#include "tests/bench/one_computer.h"

namespace pitlane::bench {
namespace {

constexpr size_t kSellers = 8;
constexpr size_t kSalesARound = 20;
constexpr absl::Duration kPatience = absl::Seconds(60);
constexpr size_t kChunk = 1000;

// When each event of one journal became durable.
class CommitTimes {
 public:
  explicit CommitTimes(journal::Journal& journal)
      : journal_(journal),
        read_to_(journal.last_position()),
        subscription_(journal.OnCommit([this](uint64_t last_position) {
          absl::MutexLock lock(&mutex_);
          commits_.emplace_back(last_position, absl::Now());
        })) {}

  // Calls `visit(event, committed)` for every event behind the last call, in order.
  template <class Event, class Visit>
  absl::Status ForEachNew(Visit visit) {
    const uint64_t end = LastTimed();
    while (read_to_ < end) {
      ASSIGN_OR_RETURN(const std::vector<journal::Record> records,
                       journal_.ReadLog(read_to_ + 1, kChunk, /*max_bytes=*/8u << 20));
      for (const journal::Record& record : records) {
        if (record.position > end) return absl::OkStatus();
        Event event;
        PITLANE_CHECK(event.ParseFromString(record.payload));
        visit(event, TimeOf(record.position));
        read_to_ = record.position;
      }
    }
    return absl::OkStatus();
  }

 private:
  uint64_t LastTimed() {
    absl::MutexLock lock(&mutex_);
    return commits_.empty() ? 0 : commits_.back().first;
  }
  absl::Time TimeOf(uint64_t position) {
    absl::MutexLock lock(&mutex_);
    const auto commit =
        std::lower_bound(commits_.begin(), commits_.end(), position,
                         [](const auto& each, uint64_t wanted) { return each.first < wanted; });
    return commit->second;
  }

  journal::Journal& journal_;
  uint64_t read_to_;
  absl::Mutex mutex_;
  // Last position of each commit, and when it was made.
  std::vector<std::pair<uint64_t, absl::Time>> commits_ ABSL_GUARDED_BY(mutex_);
  // Last member: it uses the others.
  journal::Subscription subscription_;
};

enum Consequence { kStock, kHistory, kProfile, kReport };
constexpr std::array<const char*, 4> kNames = {"stock", "history", "profile", "report"};

struct Closing {
  std::optional<absl::Time> closed;
  bool has_vehicle = false;
  std::array<std::optional<absl::Time>, 4> followed;  // by Consequence; the last of several

  bool complete() const {
    return closed && followed[kStock] && followed[kProfile] && followed[kReport] &&
           (followed[kHistory] || !has_vehicle);
  }
};

// A suite, its shop, and the closings seen in it.
class Side {
 public:
  Side(const OneComputer& computer, std::unique_ptr<BusyShop> shop)
      : shop_(std::move(shop)),
        ticket_(computer.suite->host("ticket").journal()),
        inventory_(computer.suite->host("inventory").journal()),
        people_(computer.suite->host("customer_vehicle").journal()),
        reporting_(computer.suite->host("reporting").journal()) {}

  // Makes `sales` sales and takes up what they did to `ms`, by consequence; the fifth is the last.
  absl::Status Round(size_t sales, size_t sellers, std::array<std::vector<double>, 5>& ms) {
    const size_t end = shop_->sold() + sales;
    RETURN_IF_ERROR(shop_->SellUntil(end, sellers).status());
    const absl::Time give_up = absl::Now() + kPatience;
    RETURN_IF_ERROR(Look());
    while (Complete() < sales) {
      if (absl::Now() > give_up) {
        return absl::DeadlineExceededError(
            absl::StrCat(Complete(), " of ", sales, " closed tickets have all consequences after ",
                         absl::FormatDuration(kPatience)));
      }
      absl::SleepFor(absl::Milliseconds(20));
      RETURN_IF_ERROR(Look());
    }
    for (const auto& [id, closing] : closings_) TakeUp(closing, ms);
    closings_.clear();
    return absl::OkStatus();
  }

 private:
  static void TakeUp(const Closing& closing, std::array<std::vector<double>, 5>& ms) {
    absl::Time last = *closing.closed;
    for (size_t i = 0; i < kNames.size(); ++i) {
      if (!closing.followed[i]) continue;
      ms[i].push_back(absl::ToDoubleMilliseconds(*closing.followed[i] - *closing.closed));
      last = std::max(last, *closing.followed[i]);
    }
    ms[4].push_back(absl::ToDoubleMilliseconds(last - *closing.closed));
  }

  size_t Complete() const {
    return static_cast<size_t>(
        std::count_if(closings_.begin(), closings_.end(),
                      [](const auto& closing) { return closing.second.complete(); }));
  }

  absl::Status Look() {
    RETURN_IF_ERROR(ticket_.ForEachNew<ticket::v1::TicketEvent>(
        [this](const ticket::v1::TicketEvent& event, absl::Time when) {
          if (!event.has_ticket_closed()) return;
          Closing& closing = closings_[event.meta().stream_id()];
          closing.closed = when;
          closing.has_vehicle = !event.ticket_closed().ticket().vehicle_id().empty();
        }));
    RETURN_IF_ERROR(inventory_.ForEachNew<inventory::v1::InventoryEvent>(
        [this](const inventory::v1::InventoryEvent& event, absl::Time when) {
          if (!event.has_stock_issued()) return;
          closings_[event.stock_issued().ticket_id()].followed[kStock] = when;
        }));
    RETURN_IF_ERROR(people_.ForEachNew<customer_vehicle::v1::CustomerVehicleEvent>(
        [this](const customer_vehicle::v1::CustomerVehicleEvent& event, absl::Time when) {
          if (event.has_service_recorded()) {
            closings_[event.service_recorded().entry().ticket_id()].followed[kHistory] = when;
          } else if (event.has_profile_updated()) {
            closings_[event.profile_updated().ticket_id()].followed[kProfile] = when;
          }
        }));
    return reporting_.ForEachNew<reporting::v1::ReportingEvent>(
        [this](const reporting::v1::ReportingEvent& event, absl::Time when) {
          if (!event.has_sale_recorded()) return;
          closings_[event.sale_recorded().ticket_id()].followed[kReport] = when;
        });
  }

  const std::unique_ptr<BusyShop> shop_;
  CommitTimes ticket_;
  CommitTimes inventory_;
  CommitTimes people_;
  CommitTimes reporting_;
  std::map<std::string, Closing> closings_;  // of this round
};

nlohmann::ordered_json Figures(const std::array<std::vector<double>, 5>& ms) {
  nlohmann::ordered_json figures = {{"sales", ms[4].size()},
                                    {"settled_ms_p50", Percentile(ms[4], 0.5)},
                                    {"settled_ms_p99", Percentile(ms[4], 0.99)}};
  for (size_t i = 0; i < kNames.size(); ++i) {
    figures[absl::StrCat(kNames[i], "_ms_p50")] = Percentile(ms[i], 0.5);
    figures[absl::StrCat(kNames[i], "_ms_p99")] = Percentile(ms[i], 0.99);
  }
  return figures;
}

}  // namespace

absl::Status BenchSettle(const Settings& settings) {
  ASSIGN_OR_RETURN(const auto broker, testing::KafkaBroker::Start(settings.folder + "/broker"));
  ASSIGN_OR_RETURN(const tools::Demand demand, DemandOf(settings));
  const TicketRow row(demand);
  ASSIGN_OR_RETURN(const OneComputer embedded, OpenOneComputer(settings.folder + "/embedded"));
  ASSIGN_OR_RETURN(const OneComputer kafka,
                   OpenOneComputer(settings.folder + "/kafka", broker->address()));
  ASSIGN_OR_RETURN(auto embedded_shop, BusyShop::Load(embedded, demand, row, kSellers));
  ASSIGN_OR_RETURN(auto kafka_shop, BusyShop::Load(kafka, demand, row, kSellers));
  Side embedded_side(embedded, std::move(embedded_shop));
  Side kafka_side(kafka, std::move(kafka_shop));
  for (const size_t sellers : {size_t{1}, kSellers}) {
    std::array<std::vector<double>, 5> embedded_ms, kafka_ms;
    for (int round = 0; round < settings.rounds; ++round) {
      RETURN_IF_ERROR(embedded_side.Round(kSalesARound * sellers, sellers, embedded_ms));
      RETURN_IF_ERROR(kafka_side.Round(kSalesARound * sellers, sellers, kafka_ms));
    }
    Print({{"bench", "closed_to_settled"},
           {"sellers", sellers},
           {"rounds", settings.rounds},
           {"embedded", Figures(embedded_ms)},
           {"kafka", Figures(kafka_ms)}});
  }
  return absl::OkStatus();
}

}  // namespace pitlane::bench
