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
#include "libs/base/clock.h"
#include "libs/base/ids.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "pitlane/customer_vehicle/v1/customer_vehicle_service.grpc.pb.h"
#include "pitlane/inventory/v1/inventory_service.grpc.pb.h"
#include "pitlane/payment/v1/payment_service.grpc.pb.h"
#include "pitlane/terminal_gateway/v1/terminal_gateway_service.grpc.pb.h"
#include "pitlane/ticket/v1/ticket_service.grpc.pb.h"
#include "tools/pitlane/csv.h"
#include "tools/pitlane/demo_shop.h"
#include "tools/pitlane/import.h"
#include "tools/pitlane/replay_shop.h"

namespace pitlane::tools {
namespace {

namespace pay = payment::v1;
namespace tkt = ticket::v1;

constexpr absl::Duration kSettleTimeout = absl::Seconds(60);
constexpr int kMaxCardAttempts = 50;

struct PlannedTicket {
  int month = 0;
  int number = 0;
  std::vector<DemandLine> lines;
};

// One ticket after another through the public API, with ids made from the plan.
class Seller {
 public:
  // `loaded` is the session that loaded the shop.
  Seller(const Session& loaded, const ReplayOptions& options, const ReplayShop& shop,
         std::string reader_id)
      : session_(loaded.channel(), loaded.token()),
        seed_(options.seed),
        shop_(shop),
        reader_id_(std::move(reader_id)),
        tickets_(tkt::TicketService::NewStub(loaded.channel())),
        payments_(pay::PaymentService::NewStub(loaded.channel())) {
    // Or the first tickets would meet a till that has not heard of the customers and prices yet.
    session_.JoinIn(loaded);
  }

  // Sells one ticket, or finds that it is closed already.
  absl::Status Sell(const PlannedTicket& plan) {
    name_ = absl::StrCat("replay-", seed_, "-", plan.month, "-", plan.number);
    dice_ =
        std::make_unique<SeededEntropy>(seed_ * 7919 + static_cast<uint64_t>(plan.month) * 65537 +
                                        static_cast<uint64_t>(plan.number));
    const bool counter_sale = dice_->Next64() % 10 < 3;
    const size_t person = dice_->Next64() % shop_.customer_ids.size();
    const uint64_t tender = dice_->Next64() % 10;
    ticket_id_ = ReplayTicketId(seed_, plan.month, plan.number);
    ASSIGN_OR_RETURN(const bool closed, IsClosed());
    if (closed) return absl::OkStatus();
    RETURN_IF_ERROR(Open(counter_sale, person));
    RETURN_IF_ERROR(WriteUp(plan, counter_sale));
    RETURN_IF_ERROR(Authorize());
    if (!counter_sale) RETURN_IF_ERROR(Work());
    ASSIGN_OR_RETURN(const int64_t total, Invoice(counter_sale));
    // Half of the tickets are paid in cash, four in ten by card, the rest by both.
    if (tender < 5) return PayCash(0);
    if (tender < 9 || total < 2) return PayCard(0);
    RETURN_IF_ERROR(PayCash(total / 2));
    return PayCard(0);
  }

 private:
  using Tickets = tkt::TicketService::Stub;
  using Payments = pay::PaymentService::Stub;

  std::string Step(std::string_view step) const { return absl::StrCat(name_, "-", ToAbsl(step)); }

  absl::StatusOr<bool> IsClosed() {
    tkt::GetTicketRequest request;
    request.set_ticket_id(ticket_id_);
    const auto ticket = session_.Call(*tickets_, &Tickets::GetTicket, request);
    if (absl::IsNotFound(ticket.status())) return false;
    RETURN_IF_ERROR(ticket.status());
    return ticket->ticket().stage() == tkt::DOCUMENT_STAGE_CLOSED;
  }

  absl::Status Open(bool counter_sale, size_t person) {
    tkt::OpenTicketRequest request;
    request.set_request_id(Step("open"));
    request.set_ticket_id(ticket_id_);
    request.set_location_id(shop_.location_id);
    request.set_customer_id(shop_.customer_ids[person]);
    request.set_kind(counter_sale ? tkt::TICKET_KIND_COUNTER_SALE : tkt::TICKET_KIND_REPAIR_ORDER);
    if (!counter_sale) request.set_vehicle_id(shop_.vehicle_ids[person]);
    RETURN_IF_ERROR(session_.Call(*tickets_, &Tickets::OpenTicket, request).status());
    tkt::AddJobRequest job;
    job.set_request_id(Step("job"));
    job.set_ticket_id(ticket_id_);
    job.set_title(counter_sale ? "Parts" : "Repair");
    ASSIGN_OR_RETURN(const tkt::AddJobResponse added,
                     session_.Call(*tickets_, &Tickets::AddJob, job));
    job_id_ = added.job_id();
    return absl::OkStatus();
  }

  absl::Status WriteUp(const PlannedTicket& plan, bool counter_sale) {
    int line = 0;
    for (const DemandLine& sold : plan.lines) {
      tkt::AddPartLineRequest request;
      request.set_request_id(Step(absl::StrCat("part-", line++)));
      request.set_ticket_id(ticket_id_);
      request.set_job_id(job_id_);
      request.set_part_id(shop_.part_ids[static_cast<size_t>(sold.part)]);
      request.set_quantity_milli(int64_t{1000} * sold.units);
      request.set_condition(tkt::PART_CONDITION_NEW_AFTERMARKET);
      RETURN_IF_ERROR(session_.Call(*tickets_, &Tickets::AddPartLine, request).status());
    }
    if (counter_sale) return absl::OkStatus();
    tkt::AddLabourLineRequest labour;
    labour.set_request_id(Step("labour"));
    labour.set_ticket_id(ticket_id_);
    labour.set_job_id(job_id_);
    labour.set_description("Labour");
    labour.set_hours_centi(static_cast<int32_t>(30 + dice_->Next64() % 250));
    labour.set_labour_type(tkt::LABOUR_TYPE_MECHANICAL);
    return session_.Call(*tickets_, &Tickets::AddLabourLine, labour).status();
  }

  absl::Status Authorize() {
    tkt::AuthorizeJobRequest request;
    request.set_request_id(Step("authorize"));
    request.set_ticket_id(ticket_id_);
    request.set_job_id(job_id_);
    request.set_person_ref("customer");
    request.set_channel(tkt::AUTHORIZATION_CHANNEL_IN_PERSON_SIGNATURE);
    request.set_evidence_id(name_);
    return session_.Call(*tickets_, &Tickets::AuthorizeJob, request).status();
  }

  absl::Status Work() {
    tkt::StartJobRequest start;
    start.set_request_id(Step("start"));
    start.set_ticket_id(ticket_id_);
    start.set_job_id(job_id_);
    start.set_technician(absl::StrCat("technician-", dice_->Next64() % 6));
    RETURN_IF_ERROR(session_.Call(*tickets_, &Tickets::StartJob, start).status());
    tkt::CompleteJobRequest complete;
    complete.set_request_id(Step("complete"));
    complete.set_ticket_id(ticket_id_);
    complete.set_job_id(job_id_);
    complete.set_cause("worn");
    complete.set_correction("replaced");
    return session_.Call(*tickets_, &Tickets::CompleteJob, complete).status();
  }

  absl::StatusOr<int64_t> Invoice(bool counter_sale) {
    tkt::InvoiceTicketRequest request;
    request.set_request_id(Step("invoice"));
    request.set_ticket_id(ticket_id_);
    if (!counter_sale) request.set_odometer_out(50000);
    ASSIGN_OR_RETURN(const tkt::InvoiceTicketResponse invoiced,
                     session_.Call(*tickets_, &Tickets::InvoiceTicket, request));
    return invoiced.ticket().totals().total_minor();
  }

  // amount 0: all that is open.
  absl::Status PayCash(int64_t amount_minor) {
    pay::TakeCashRequest request;
    request.set_request_id(Step("cash"));
    request.set_ticket_id(ticket_id_);
    request.set_currency("USD");
    request.set_amount_minor(amount_minor);
    return session_.Call(*payments_, &Payments::TakeCash, request).status();
  }

  absl::Status PayCard(int64_t amount_minor) {
    pay::TakeCardRequest request;
    request.set_ticket_id(ticket_id_);
    request.set_reader_id(reader_id_);
    request.set_currency("USD");
    request.set_amount_minor(amount_minor);
    for (int attempt = 0; attempt < kMaxCardAttempts; ++attempt) {
      request.set_request_id(Step(absl::StrCat("card-", attempt)));
      ASSIGN_OR_RETURN(const pay::TakeCardResponse taken,
                       session_.Call(*payments_, &Payments::TakeCard, request));
      ASSIGN_OR_RETURN(const CardOutcome outcome, AwaitCard(taken.payment().payment_id()));
      switch (outcome) {
        case CardOutcome::kCaptured:
          return absl::OkStatus();
        case CardOutcome::kDeclined:
          request.set_payment_id(taken.payment().payment_id());
          break;
        case CardOutcome::kCanceled:
          // A crash came between, and the reader never heard of it: that payment is over.
          request.clear_payment_id();
          break;
      }
    }
    return absl::DeadlineExceededError(absl::StrCat(ticket_id_, ": the card was never taken"));
  }

  enum class CardOutcome { kCaptured, kDeclined, kCanceled };
  absl::StatusOr<CardOutcome> AwaitCard(const std::string& payment_id) {
    pay::GetPaymentRequest request;
    request.set_payment_id(payment_id);
    const absl::Time give_up = absl::Now() + kSettleTimeout;
    for (absl::Duration pause = absl::Milliseconds(1); absl::Now() < give_up;) {
      ASSIGN_OR_RETURN(const pay::GetPaymentResponse payment,
                       session_.Call(*payments_, &Payments::GetPayment, request));
      const pay::PaymentStatus status = payment.payment().status();
      if (payment.payment().captured_minor() > 0) return CardOutcome::kCaptured;
      if (status == pay::PAYMENT_STATUS_DECLINED) return CardOutcome::kDeclined;
      if (status == pay::PAYMENT_STATUS_CANCELED) return CardOutcome::kCanceled;
      absl::SleepFor(pause);
      pause = std::min(pause * 2, absl::Milliseconds(50));
    }
    return absl::DeadlineExceededError(
        absl::StrCat(payment_id, " has no outcome after ", absl::FormatDuration(kSettleTimeout)));
  }

  Session session_;
  const uint64_t seed_;
  const ReplayShop& shop_;
  const std::string reader_id_;
  const std::unique_ptr<Tickets> tickets_;
  const std::unique_ptr<Payments> payments_;
  std::string name_;
  std::string ticket_id_;
  std::string job_id_;
  std::unique_ptr<SeededEntropy> dice_;
};

// Hands out the plan to sellers, at the asked rate, and tells how far it is.
class Run {
 public:
  Run(const ReplayOptions& options, std::vector<PlannedTicket> plan)
      : options_(options), plan_(std::move(plan)), began_(absl::Now()) {}

  absl::Status Sell(const Session& session, const ReplayShop& shop) {
    std::vector<std::thread> threads;
    for (int i = 0; i < options_.concurrency; ++i) {
      threads.emplace_back([this, &session, &shop, i] {
        Seller seller(session, options_, shop, shop.reader_ids[static_cast<size_t>(i)]);
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
