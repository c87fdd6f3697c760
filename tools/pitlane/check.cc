#include "tools/pitlane/check.h"

#include <algorithm>
#include <atomic>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "fmt/core.h"
#include "libs/base/status.h"
#include "pitlane/admin/v1/admin_service.grpc.pb.h"
#include "pitlane/customer_vehicle/v1/customer_vehicle_service.grpc.pb.h"
#include "pitlane/inventory/v1/inventory_service.grpc.pb.h"
#include "pitlane/payment/v1/payment_service.grpc.pb.h"
#include "pitlane/reporting/v1/reporting_service.grpc.pb.h"
#include "pitlane/ticket/v1/ticket_service.grpc.pb.h"
#include "tools/pitlane/areas.h"

namespace pitlane::tools {
namespace {

namespace cv = customer_vehicle::v1;
namespace inv = inventory::v1;
namespace pay = payment::v1;
namespace rep = reporting::v1;
namespace tkt = ticket::v1;

constexpr absl::Duration kSettleTimeout = absl::Minutes(2);
// How long every journal must stay as it is to count as settled.
constexpr absl::Duration kQuiet = absl::Seconds(1);

using Admin = admin::v1::AdminService::Stub;
using Inventory = inv::InventoryService::Stub;
using Payments = pay::PaymentService::Stub;
using People = cv::CustomerVehicleService::Stub;
using Reports = rep::ReportingService::Stub;
using Tickets = tkt::TicketService::Stub;

// Calls ask(0) … ask(count - 1), at most `concurrency` of them at once, until one fails. Numbers
// are begun in their order, so the lowest failure is the same in every run.
absl::Status AskAtOnce(size_t count, int concurrency,
                       const std::function<absl::Status(size_t)>& ask) {
  std::atomic<size_t> next{0};
  absl::Mutex mutex;
  std::map<size_t, absl::Status> failures;
  const auto work = [&] {
    for (size_t number = next++; number < count; number = next++) {
      absl::Status status = ask(number);
      if (status.ok()) continue;
      absl::MutexLock lock(&mutex);
      failures.emplace(number, std::move(status));
      next = count;
    }
  };
  std::vector<std::thread> threads;
  for (size_t i = 0; i < std::min(count, static_cast<size_t>(std::max(concurrency, 1))); ++i) {
    threads.emplace_back(work);
  }
  for (std::thread& thread : threads) thread.join();
  return failures.empty() ? absl::OkStatus() : failures.begin()->second;
}

class Checker {
 public:
  Checker(Session& session, int concurrency)
      : session_(session),
        concurrency_(concurrency),
        admin_(admin::v1::AdminService::NewStub(session.channel())),
        inventory_(inv::InventoryService::NewStub(session.channel())),
        payments_(pay::PaymentService::NewStub(session.channel())),
        people_(cv::CustomerVehicleService::NewStub(session.channel())),
        reports_(rep::ReportingService::NewStub(session.channel())),
        tickets_(tkt::TicketService::NewStub(session.channel())) {}

  absl::StatusOr<std::vector<Equation>> Run() {
    RETURN_IF_ERROR(AwaitQuiet());
    RETURN_IF_ERROR(LoadClosedTickets());
    RETURN_IF_ERROR(CheckIssues());
    RETURN_IF_ERROR(CheckMoney());
    RETURN_IF_ERROR(CheckTicketFacts());
    RETURN_IF_ERROR(CheckHistory());
    RETURN_IF_ERROR(CheckProfiles());
    RETURN_IF_ERROR(CheckStock());
    RETURN_IF_ERROR(CheckDailySales());
    RETURN_IF_ERROR(CheckNumbers());
    RETURN_IF_ERROR(CheckJournals());
    return std::move(equations_);
  }

 private:
  // Counts one comparison; keeps the first culprit.
  static void Expect(Equation& equation, bool holds, const std::string& culprit) {
    if (holds || !equation.holds) return;
    equation.holds = false;
    equation.culprit = culprit;
  }

  // The answers about each of `things`, in the order of the things.
  template <class Answer, class Thing>
  absl::StatusOr<std::vector<Answer>> AskAbout(
      const std::vector<Thing>& things,
      const std::function<absl::StatusOr<Answer>(const Thing&)>& ask) const {
    std::vector<Answer> answers(things.size());
    RETURN_IF_ERROR(AskAtOnce(things.size(), concurrency_, [&](size_t i) {
      absl::StatusOr<Answer> answer = ask(things[i]);
      if (answer.ok()) answers[i] = *std::move(answer);
      return answer.status();
    }));
    return answers;
  }

  absl::StatusOr<std::string> PositionsNow() {
    std::string positions;
    for (std::string_view area : kAreas) {
      ASSIGN_OR_RETURN(const auto status, session_.Call(*admin_, &Admin::GetStatus,
                                                        admin::v1::GetStatusRequest(), area));
      absl::StrAppend(&positions, status.last_position(), "/", status.open_effects(), " ");
      for (const auto& feed : status.feeds()) {
        for (const auto& source : feed.sources()) {
          absl::StrAppend(&positions, source.position(), ",");
        }
      }
    }
    return positions;
  }

  absl::Status AwaitQuiet() {
    const absl::Time give_up = absl::Now() + kSettleTimeout;
    ASSIGN_OR_RETURN(std::string before, PositionsNow());
    while (true) {
      absl::SleepFor(kQuiet);
      ASSIGN_OR_RETURN(std::string now, PositionsNow());
      if (now == before) return absl::OkStatus();
      if (absl::Now() > give_up) {
        return absl::DeadlineExceededError(
            "sales are still going on; check when the shop is quiet");
      }
      before = std::move(now);
    }
  }

  absl::Status LoadClosedTickets() {
    tkt::ListLocationsRequest locations;
    do {
      ASSIGN_OR_RETURN(const auto page,
                       session_.Call(*tickets_, &Tickets::ListLocations, locations));
      for (const tkt::Location& location : page.locations()) {
        location_ids_.push_back(location.location_id());
      }
      locations.set_page_token(page.next_page_token());
    } while (!locations.page_token().empty());
    std::vector<std::string> ids;
    for (const std::string& location_id : location_ids_) {
      RETURN_IF_ERROR(ListClosedTicketsOf(location_id, ids));
    }
    ASSIGN_OR_RETURN(closed_, (AskAbout<tkt::Ticket, std::string>(
                                  ids, [this](const std::string& id) { return GetTicket(id); })));
    return absl::OkStatus();
  }

  absl::Status ListClosedTicketsOf(const std::string& location_id, std::vector<std::string>& ids) {
    tkt::ListTicketsRequest list;
    list.set_location_id(location_id);
    list.set_stage(tkt::DOCUMENT_STAGE_CLOSED);
    list.set_page_size(200);
    do {
      ASSIGN_OR_RETURN(const auto page, session_.Call(*tickets_, &Tickets::ListTickets, list));
      for (const tkt::TicketSummary& summary : page.tickets()) ids.push_back(summary.ticket_id());
      list.set_page_token(page.next_page_token());
    } while (!list.page_token().empty());
    return absl::OkStatus();
  }

  absl::StatusOr<tkt::Ticket> GetTicket(const std::string& ticket_id) const {
    tkt::GetTicketRequest request;
    request.set_ticket_id(ticket_id);
    ASSIGN_OR_RETURN(auto answer, session_.Call(*tickets_, &Tickets::GetTicket, request));
    return std::move(*answer.mutable_ticket());
  }

  // Only what was authorised was sold.
  static std::map<std::string, int64_t> SoldParts(const tkt::Ticket& ticket) {
    std::map<std::string, int64_t> sold;
    for (const tkt::Job& job : ticket.jobs()) {
      if (job.status() == tkt::JOB_STATUS_DECLINED || job.status() == tkt::JOB_STATUS_DEFERRED ||
          job.status() == tkt::JOB_STATUS_PROPOSED) {
        continue;
      }
      for (const tkt::Line& line : job.lines()) {
        if (line.kind() == tkt::LINE_KIND_PART) sold[line.line_id()] += line.quantity_milli();
      }
    }
    return sold;
  }

  // What credit memos took back of its parts.
  static std::map<std::string, int64_t> ReturnedParts(const tkt::Ticket& ticket) {
    std::map<std::string, int64_t> returned;
    for (const tkt::Job& job : ticket.jobs()) {
      for (const tkt::Line& line : job.lines()) {
        if (line.kind() != tkt::LINE_KIND_PART || line.credited_quantity_milli() == 0) continue;
        returned[line.line_id()] += line.credited_quantity_milli();
      }
    }
    return returned;
  }

  struct Issues {
    std::map<std::string, int64_t> by_line;
    std::map<std::string, int64_t> returned;
    bool keeps_stock = false;
  };
  absl::StatusOr<Issues> IssuesOf(const tkt::Ticket& ticket) const {
    Issues issues;
    inv::ListTicketStockRequest request;
    request.set_ticket_id(ticket.ticket_id());
    request.set_page_size(1000);
    do {
      ASSIGN_OR_RETURN(const auto page,
                       session_.Call(*inventory_, &Inventory::ListTicketStock, request));
      for (const inv::TicketStockLine& line : page.lines()) {
        if (line.issued_milli() != 0) issues.by_line[line.line_id()] += line.issued_milli();
        if (line.returned_milli() != 0) issues.returned[line.line_id()] += line.returned_milli();
        issues.keeps_stock = issues.keeps_stock || line.reserved_milli() != 0;
      }
      request.set_page_token(page.next_page_token());
    } while (!request.page_token().empty());
    return issues;
  }

  absl::Status CheckIssues() {
    Equation equation{
        .what = "each part line of a closed ticket is issued, and taken back, exactly once"};
    ASSIGN_OR_RETURN(const auto issues,
                     (AskAbout<Issues, tkt::Ticket>(
                         closed_, [this](const tkt::Ticket& ticket) { return IssuesOf(ticket); })));
    int64_t sold_milli = 0, issued_milli = 0;
    for (size_t i = 0; i < closed_.size(); ++i) {
      const tkt::Ticket& ticket = closed_[i];
      const std::map<std::string, int64_t> sold = SoldParts(ticket);
      for (const auto& [line, milli] : sold) sold_milli += milli;
      for (const auto& [line, milli] : issues[i].by_line) issued_milli += milli;
      Expect(equation, !issues[i].keeps_stock,
             absl::StrCat(ticket.ticket_id(), " is closed and still keeps stock"));
      Expect(equation, sold == issues[i].by_line,
             absl::StrCat(ticket.ticket_id(), ": the lines sold and issued differ"));
      Expect(equation, ReturnedParts(ticket) == issues[i].returned,
             absl::StrCat(ticket.ticket_id(), ": the lines credited and taken in differ"));
    }
    equation.figures = fmt::format("{} tickets, {} sold = {} issued (thousandths)", closed_.size(),
                                   sold_milli, issued_milli);
    equations_.push_back(std::move(equation));
    return absl::OkStatus();
  }

  struct Money {
    int64_t applied = 0;
    int64_t refunded = 0;
  };
  absl::StatusOr<Money> MoneyOf(const tkt::Ticket& ticket) const {
    Money money;
    pay::ListPaymentsRequest request;
    request.set_ticket_id(ticket.ticket_id());
    do {
      ASSIGN_OR_RETURN(const auto page,
                       session_.Call(*payments_, &Payments::ListPayments, request));
      for (const pay::Payment& payment : page.payments()) {
        money.applied += payment.applied_minor();
        money.refunded += payment.refunded_minor();
      }
      request.set_page_token(page.next_page_token());
    } while (!request.page_token().empty());
    return money;
  }

  absl::Status CheckMoney() {
    Equation equation{.what = "payments - refunds = total - credits of each closed ticket"};
    ASSIGN_OR_RETURN(const auto paid,
                     (AskAbout<Money, tkt::Ticket>(
                         closed_, [this](const tkt::Ticket& ticket) { return MoneyOf(ticket); })));
    int64_t totals = 0, applied_sum = 0, refunded_sum = 0;
    for (size_t i = 0; i < closed_.size(); ++i) {
      const tkt::Ticket& ticket = closed_[i];
      const auto [applied, refunded] = paid[i];
      // What other payers owe is on their accounts, not at the till.
      const int64_t sold = ticket.has_customer_total_minor() ? ticket.customer_total_minor()
                                                             : ticket.totals().total_minor();
      const int64_t owed = sold - ticket.credited_at_till_minor();
      totals += owed;
      applied_sum += applied;
      refunded_sum += refunded;
      // What was given back after closing is the customer's again: the ticket knows it as unpaid.
      Expect(equation, applied - refunded == ticket.paid_minor(),
             absl::StrCat(ticket.ticket_id(), ": payments ", applied, " - refunds ", refunded,
                          " is not what the ticket counts as paid, ", ticket.paid_minor()));
      // What a credit memo took back stays with the shop until it is refunded.
      const bool owes_customer = ticket.credited_minor() > 0 && applied - refunded > owed;
      Expect(equation, applied - refunded == owed || refunded > 0 || owes_customer,
             absl::StrCat(ticket.ticket_id(), ": payments ", applied, " - refunds ", refunded,
                          ", total ", owed));
    }
    equation.figures = fmt::format("{} payments - {} refunds, {} totals (minor units)", applied_sum,
                                   refunded_sum, totals);
    equations_.push_back(std::move(equation));
    return absl::OkStatus();
  }

  // Empty: the reports do not know the ticket.
  using Facts = std::optional<rep::GetTicketFactsResponse>;
  absl::StatusOr<Facts> FactsOf(const tkt::Ticket& ticket) const {
    rep::GetTicketFactsRequest request;
    request.set_ticket_id(ticket.ticket_id());
    auto facts = session_.Call(*reports_, &Reports::GetTicketFacts, request);
    if (absl::IsNotFound(facts.status())) return Facts();
    RETURN_IF_ERROR(facts.status());
    return Facts(*std::move(facts));
  }

  absl::Status CheckTicketFacts() {
    Equation equation{.what = "reports have each closed ticket exactly once, with its figures"};
    ASSIGN_OR_RETURN(const auto recorded,
                     (AskAbout<Facts, tkt::Ticket>(
                         closed_, [this](const tkt::Ticket& ticket) { return FactsOf(ticket); })));
    int64_t total_sum = 0, recorded_sum = 0;
    for (size_t i = 0; i < closed_.size(); ++i) {
      const tkt::Ticket& ticket = closed_[i];
      const Facts& facts = recorded[i];
      if (!facts.has_value()) {
        Expect(equation, false, absl::StrCat(ticket.ticket_id(), " is not in the reports"));
        continue;
      }
      int64_t sold_milli = 0;
      for (const auto& [line, milli] : SoldParts(ticket)) sold_milli += milli;
      int64_t returned_milli = 0;
      for (const auto& [line, milli] : ReturnedParts(ticket)) returned_milli += milli;
      total_sum += ticket.totals().total_minor();
      recorded_sum += facts->total_minor();
      Expect(equation,
             facts->sales() == 1 && facts->total_minor() == ticket.totals().total_minor() &&
                 facts->applied_minor() - facts->refunded_minor() == ticket.paid_minor() &&
                 facts->sold_milli() == sold_milli && facts->issued_milli() == sold_milli &&
                 facts->credits() == ticket.credits_size() &&
                 facts->credited_minor() == ticket.credited_minor() &&
                 facts->returned_milli() == returned_milli,
             absl::StrCat(ticket.ticket_id(), ": reported as ", facts->ShortDebugString()));
    }
    equation.figures =
        fmt::format("{} tickets, totals {} = reported {}", closed_.size(), total_sum, recorded_sum);
    equations_.push_back(std::move(equation));
    return absl::OkStatus();
  }

  // How often each ticket is in the vehicle's history.
  using Visits = std::map<std::string, int>;
  absl::StatusOr<Visits> HistoryOf(const std::string& vehicle_id) const {
    Visits found;
    cv::ListServiceHistoryRequest request;
    request.set_vehicle_id(vehicle_id);
    request.set_page_size(200);
    do {
      const auto page = session_.Call(*people_, &People::ListServiceHistory, request);
      // Nobody has registered the vehicle yet: it has no history.
      if (absl::IsNotFound(page.status())) return found;
      RETURN_IF_ERROR(page.status());
      for (const cv::ServiceEntry& entry : page->entries()) ++found[entry.ticket_id()];
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return found;
  }

  absl::Status CheckHistory() {
    Equation equation{.what = "each closed ticket of a vehicle is in its history exactly once"};
    std::map<std::string, Visits> wanted;
    for (const tkt::Ticket& ticket : closed_) {
      if (!ticket.vehicle_id().empty()) ++wanted[ticket.vehicle_id()][ticket.ticket_id()];
    }
    const std::vector<std::pair<std::string, Visits>> vehicles(wanted.begin(), wanted.end());
    ASSIGN_OR_RETURN(
        const auto histories,
        (AskAbout<Visits, std::pair<std::string, Visits>>(
            vehicles, [this](const auto& vehicle) { return HistoryOf(vehicle.first); })));
    int64_t tickets = 0, entries = 0;
    for (size_t i = 0; i < vehicles.size(); ++i) {
      const auto& [vehicle_id, of_vehicle] = vehicles[i];
      const Visits& found = histories[i];
      tickets += static_cast<int64_t>(of_vehicle.size());
      for (const auto& [ticket_id, count] : found) entries += count;
      Expect(equation, found == of_vehicle,
             absl::StrCat(vehicle_id, ": ", of_vehicle.size(), " closed tickets, ", found.size(),
                          " in the history"));
    }
    equation.figures =
        fmt::format("{} vehicles, {} tickets = {} entries", vehicles.size(), tickets, entries);
    equations_.push_back(std::move(equation));
    return absl::OkStatus();
  }

  absl::StatusOr<cv::Profile> ProfileOf(const std::string& customer_id) const {
    cv::GetCustomerRequest request;
    request.set_customer_id(customer_id);
    auto answer = session_.Call(*people_, &People::GetCustomer, request);
    // Nobody has registered the customer: nothing is known of their visits.
    if (absl::IsNotFound(answer.status())) return cv::Profile();
    RETURN_IF_ERROR(answer.status());
    return std::move(*answer->mutable_customer()->mutable_profile());
  }

  absl::Status CheckProfiles() {
    Equation equation{.what = "each customer's visits and spend = the closed tickets - credits"};
    struct Sums {
      int64_t visits = 0;
      std::map<std::string, int64_t> spend;
    };
    std::map<std::string, Sums> wanted;
    for (const tkt::Ticket& ticket : closed_) {
      if (ticket.customer_id().empty()) continue;
      ++wanted[ticket.customer_id()].visits;
      wanted[ticket.customer_id()].spend[ticket.currency()] +=
          ticket.totals().total_minor() - ticket.credited_minor();
    }
    const std::vector<std::pair<std::string, Sums>> customers(wanted.begin(), wanted.end());
    ASSIGN_OR_RETURN(
        const auto profiles,
        (AskAbout<cv::Profile, std::pair<std::string, Sums>>(
            customers, [this](const auto& customer) { return ProfileOf(customer.first); })));
    int64_t visits = 0;
    for (size_t i = 0; i < customers.size(); ++i) {
      const auto& [customer_id, sums] = customers[i];
      std::map<std::string, int64_t> spend;
      for (const auto& money : profiles[i].spend()) spend[money.currency()] += money.amount_minor();
      visits += profiles[i].visits();
      Expect(equation, profiles[i].visits() == sums.visits && spend == sums.spend,
             absl::StrCat(customer_id, ": ", sums.visits, " closed tickets, ", profiles[i].visits(),
                          " visits in the profile"));
    }
    equation.figures = fmt::format("{} customers, {} visits", customers.size(), visits);
    equations_.push_back(std::move(equation));
    return absl::OkStatus();
  }

  absl::Status CheckStock() {
    Equation equation{
        .what = "on hand = received + adjusted - issued + returns kept, of each part and place"};
    int64_t levels = 0, on_hand = 0, received = 0, adjusted = 0, issued = 0, kept = 0;
    for (const std::string& location_id : location_ids_) {
      inv::ListStockRequest request;
      request.set_location_id(location_id);
      request.set_page_size(500);
      do {
        ASSIGN_OR_RETURN(const auto page,
                         session_.Call(*inventory_, &Inventory::ListStock, request));
        for (const inv::StockLevel& level : page.levels()) {
          ++levels;
          on_hand += level.on_hand_milli();
          received += level.received_milli();
          adjusted += level.adjusted_milli();
          issued += level.issued_milli();
          // What was scrapped or sent back to the supplier came in and went out again.
          const int64_t stayed =
              level.returned_milli() - level.scrapped_milli() - level.vendor_returned_milli();
          kept += stayed;
          Expect(
              equation,
              level.on_hand_milli() == level.received_milli() + level.adjusted_milli() -
                                           level.issued_milli() + stayed &&
                  level.available_milli() ==
                      level.on_hand_milli() - level.reserved_milli() - level.quarantine_milli(),
              absl::StrCat(level.part_id(), " at ", location_id, ": ", level.ShortDebugString()));
        }
        request.set_page_token(page.next_page_token());
      } while (!request.page_token().empty());
    }
    equation.figures = fmt::format("{} levels, {} = {} + {} - {} + {} (thousandths)", levels,
                                   on_hand, received, adjusted, issued, kept);
    equations_.push_back(std::move(equation));
    return absl::OkStatus();
  }

  absl::Status CheckDailySales() {
    Equation equation{.what = "daily sales reports = sum of the closed tickets - credits"};
    std::map<std::string, std::map<std::string, int64_t>> wanted;  // location → date/currency
    for (const tkt::Ticket& ticket : closed_) {
      wanted[ticket.location_id()][ticket.business_date() + " " + ticket.currency()] +=
          ticket.totals().total_minor();
      for (const tkt::TicketCredit& credit : ticket.credits()) {
        wanted[ticket.location_id()][credit.business_date() + " " + ticket.currency()] -=
            credit.total_minor();
      }
    }
    int64_t days = 0, tickets = 0, reported = 0;
    for (const auto& [location_id, of_location] : wanted) {
      std::map<std::string, int64_t> found;
      rep::GetDailySalesRequest request;
      request.set_location_id(location_id);
      request.mutable_range()->set_from_date(of_location.begin()->first.substr(0, 10));
      request.mutable_range()->set_to_date(of_location.rbegin()->first.substr(0, 10));
      do {
        ASSIGN_OR_RETURN(const auto page,
                         session_.Call(*reports_, &Reports::GetDailySales, request));
        for (const rep::DailySales& day : page.days()) {
          found[day.business_date() + " " + day.currency()] += day.total_minor();
        }
        request.set_page_token(page.next_page_token());
      } while (!request.page_token().empty());
      days += static_cast<int64_t>(of_location.size());
      for (const auto& [day, total] : of_location) tickets += total;
      for (const auto& [day, total] : found) reported += total;
      Expect(equation, found == of_location, absl::StrCat("location ", location_id));
    }
    equation.figures =
        fmt::format("{} days, tickets {} = reported {} (minor units)", days, tickets, reported);
    equations_.push_back(std::move(equation));
    return absl::OkStatus();
  }

  // Every invoice number from the first to the last belongs to exactly one ticket. Tickets that are
  // invoiced and not paid yet hold numbers too.
  absl::Status CheckNumbers() {
    Equation equation{.what = "invoice numbers have no gaps and no doubles"};
    int64_t numbers = 0;
    for (const std::string& location_id : location_ids_) {
      std::set<int64_t> seen;
      for (const tkt::Ticket& ticket : closed_) {
        if (ticket.location_id() == location_id) Note(ticket.invoice_number(), seen, equation);
      }
      tkt::ListTicketsRequest list;
      list.set_location_id(location_id);
      list.set_stage(tkt::DOCUMENT_STAGE_INVOICED);
      do {
        ASSIGN_OR_RETURN(const auto page, session_.Call(*tickets_, &Tickets::ListTickets, list));
        for (const auto& ticket : page.tickets()) Note(ticket.invoice_number(), seen, equation);
        list.set_page_token(page.next_page_token());
      } while (!list.page_token().empty());
      numbers += static_cast<int64_t>(seen.size());
      if (seen.empty()) continue;
      Expect(equation, *seen.rbegin() - *seen.begin() + 1 == static_cast<int64_t>(seen.size()),
             absl::StrCat("location ", location_id, ": ", seen.size(), " numbers from ",
                          *seen.begin(), " to ", *seen.rbegin()));
    }
    equation.figures = fmt::format("{} numbers", numbers);
    equations_.push_back(std::move(equation));
    return absl::OkStatus();
  }

  static void Note(const std::string& number, std::set<int64_t>& seen, Equation& equation) {
    const size_t dash = number.rfind('-');
    const int64_t value = std::atoll(number.substr(dash + 1).c_str());
    Expect(equation, dash != std::string::npos && value > 0 && seen.insert(value).second,
           absl::StrCat("invoice number ", number));
  }

  absl::Status CheckJournals() {
    Equation equation{.what = "journals are sound: no gap in any stream, nothing parked"};
    uint64_t records = 0, streams = 0;
    for (std::string_view area : kAreas) {
      ASSIGN_OR_RETURN(const auto verified, session_.Call(*admin_, &Admin::VerifyJournal,
                                                          admin::v1::VerifyJournalRequest(), area));
      records += verified.records();
      streams += verified.streams();
      Expect(
          equation, verified.sound(),
          absl::StrCat(std::string(area), "@", verified.fault_position(), ": ", verified.fault()));
      ASSIGN_OR_RETURN(const auto status, session_.Call(*admin_, &Admin::GetStatus,
                                                        admin::v1::GetStatusRequest(), area));
      Expect(equation, status.parked() == 0,
             absl::StrCat(std::string(area), " has ", status.parked(),
                          " parked records; see pitlane parked list"));
    }
    equation.figures = fmt::format("{} records in {} streams", records, streams);
    equations_.push_back(std::move(equation));
    return absl::OkStatus();
  }

  Session& session_;
  const int concurrency_;
  const std::unique_ptr<Admin> admin_;
  const std::unique_ptr<Inventory> inventory_;
  const std::unique_ptr<Payments> payments_;
  const std::unique_ptr<People> people_;
  const std::unique_ptr<Reports> reports_;
  const std::unique_ptr<Tickets> tickets_;
  std::vector<std::string> location_ids_;
  std::vector<tkt::Ticket> closed_;
  std::vector<Equation> equations_;
};

}  // namespace

absl::StatusOr<std::vector<Equation>> CheckAll(Session& session, int concurrency) {
  return Checker(session, concurrency).Run();
}

int RunCheck(const CheckOptions& options) {
  const auto session = Connect(options.connection);
  const absl::StatusOr<std::vector<Equation>> equations =
      session.ok() ? CheckAll(**session, options.concurrency) : session.status();
  if (!equations.ok()) {
    std::cerr << "pitlane check: " << equations.status().message() << "\n";
    return 1;
  }
  bool all = true;
  for (const Equation& equation : *equations) {
    fmt::print("{} {}: {}\n", equation.holds ? "ok  " : "FAIL", equation.what, equation.figures);
    if (!equation.holds) fmt::print("     first culprit: {}\n", equation.culprit);
    all = all && equation.holds;
  }
  return all ? 0 : 1;
}

}  // namespace pitlane::tools
