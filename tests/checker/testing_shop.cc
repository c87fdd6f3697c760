#include "tests/checker/testing_shop.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "libs/base/clock.h"
#include "libs/base/ids.h"
#include "pitlane/customer_vehicle/v1/events.pb.h"
#include "pitlane/inventory/v1/events.pb.h"
#include "pitlane/payment/v1/events.pb.h"
#include "pitlane/reporting/v1/events.pb.h"
#include "pitlane/terminal_gateway/v1/events.pb.h"
#include "pitlane/ticket/v1/events.pb.h"

namespace pitlane::checker {
namespace {

namespace cv = customer_vehicle::v1;
namespace inv = inventory::v1;
namespace pay = payment::v1;
namespace rep = reporting::v1;
namespace tgw = terminal_gateway::v1;
namespace tkt = ticket::v1;
using google::protobuf::Message;

constexpr char kCurrency[] = "USD";
constexpr char kDate[] = "2025-03-14";
constexpr int64_t kCashStep = 5;
constexpr int64_t kTaxPpm = 82500;

int64_t Rounded(int64_t numerator, int64_t denominator) {
  const int64_t doubled = 2 * (numerator < 0 ? -numerator : numerator);
  const int64_t size = denominator < 0 ? -denominator : denominator;
  const int64_t quotient = (doubled + size) / (2 * size);
  return (numerator < 0) == (denominator < 0) ? quotient : -quotient;
}

// Why something happens.
struct Cause {
  std::string request_id;
  std::string causation_id;
  std::string correlation_id;
  bool by_service = false;
};

class Shop {
 public:
  explicit Shop(uint64_t seed) : dice_(seed), name_(absl::StrCat("s", seed)) {
    const uint32_t shards = 1u << Throw(2);
    partition_count_ = 4 * shards;
    location_ = NewId("loc");
    reader_ = NewId("rdr");
    for (int i = 0; i < 3 + static_cast<int>(Throw(5)); ++i) AddPart();
    for (int i = 0; i < 2 + static_cast<int>(Throw(4)); ++i) {
      people_.push_back({NewId("cus"), NewId("veh")});
    }
    draft_.has_clients = draft_.has_provider = true;
    for (const char* area :
         {"customer_vehicle", "inventory", "payment", "reporting", "terminal_gateway", "ticket"}) {
      draft_.stores[absl::StrCat(area, ".0")].identity = {
          .format = 1, .shard_count = 1, .partition_count = partition_count_, .area = area};
    }
  }

  Draft Run(int tickets) {
    for (const std::string& part : parts_) {
      if (Throw(5) > 0) Receive(part, Command("inventory"), "");
    }
    for (int i = 0; i < tickets; ++i) {
      Sell();
      if (Throw(6) == 0) Order(parts_[Throw(parts_.size())]);
      if (Throw(8) == 0) Refuse();
      if (Throw(8) == 0) DoNothing();
    }
    return std::move(draft_);
  }

 private:
  struct Person {
    std::string customer_id, vehicle_id;
    cv::Profile profile;
  };
  struct Stock {
    inv::StockLevel level;
    int64_t last_cost = 5000;
    std::map<std::pair<std::string, std::string>, int64_t> kept;  // ticket, line
  };
  struct Owed {
    int64_t balance = 0;
    int64_t held = 0;
  };

  uint64_t Throw(uint64_t sides) { return dice_.Next64() % sides; }

  std::string NewId(std::string_view prefix) {
    now_ += absl::Milliseconds(1 + Throw(40));
    return FormatId(prefix, {static_cast<uint64_t>(absl::ToUnixMillis(now_)) << 16 |
                                 static_cast<uint64_t>(slot_) << 4 | Throw(16),
                             dice_.Next64()});
  }

  void AddPart() {
    slot_ = static_cast<uint32_t>(Throw(4096));
    parts_.push_back(NewId("prt"));
  }

  // A command that a client sends; it is acknowledged when the next one is made.
  Cause Command(const std::string& area, bool unknown = false) {
    const std::string id = absl::StrCat(name_, "-", ++requests_);
    const int64_t begin = absl::ToUnixMicros(now_);
    now_ += absl::Milliseconds(3);
    draft_.clients.push_back({.request_id = id,
                              .method = absl::StrCat("/pitlane.", area, ".v1.Any/Any"),
                              .outcome = unknown ? Outcome::kUnknown : Outcome::kAcknowledged,
                              .begin_us = begin,
                              .end_us = absl::ToUnixMicros(now_)});
    return {.request_id = id, .causation_id = "", .correlation_id = id};
  }

  // Something that changes a ticket, for the version that its client has seen.
  Cause Change(const std::string& ticket_id) {
    Cause cause = Command("ticket", Throw(10) == 0);
    ClientRecord& record = draft_.clients.back();
    record.stream = ticket_id;
    if (Throw(2) == 0) record.expected_version = versions_[ticket_id];
    changing_ = ticket_id;
    return cause;
  }
  void Changed() {
    ClientRecord& record = draft_.clients.back();
    record.version = versions_[changing_];
    if (Throw(3) > 0) return;
    draft_.clients.push_back({.request_id = "",
                              .method = "/pitlane.ticket.v1.TicketService/GetTicket",
                              .outcome = Outcome::kRead,
                              .stream = changing_,
                              .version = versions_[changing_],
                              .begin_us = record.end_us + 1,
                              .end_us = record.end_us + 2});
  }

  void Refuse() {
    draft_.clients.push_back({.request_id = absl::StrCat(name_, "-refused-", ++requests_),
                              .method = "/pitlane.ticket.v1.TicketService/AddJob",
                              .outcome = Throw(2) == 0 ? Outcome::kRefused : Outcome::kUnknown,
                              .reason = "TICKET_UNKNOWN"});
  }
  void DoNothing() {
    const Cause cause = Command("inventory");
    draft_.stores["inventory.0"].eventless_requests.push_back(cause.request_id);
  }

  // Its id, as a cause of others.
  template <class Event>
  Cause Emit(const std::string& area, const std::string& stream, Event event, const Cause& cause) {
    common::v1::EventMeta& meta = *event.mutable_meta();
    meta.set_event_id(NewId("evt"));
    meta.set_stream_id(stream);
    meta.set_location_id(location_);
    meta.set_business_date(kDate);
    meta.set_request_id(cause.request_id);
    meta.set_causation_id(cause.causation_id);
    meta.set_correlation_id(cause.correlation_id);
    meta.mutable_actor()->set_subject(
        cause.by_service || cause.request_id.empty() ? "service:" + area : "user:1");
    if (Throw(2) == 0)
      meta.set_traceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
    meta.mutable_recorded_at()->set_seconds(absl::ToUnixSeconds(now_));
    *meta.mutable_occurred_at() = meta.recorded_at();
    meta.mutable_occurred_at()->set_nanos(static_cast<int32_t>(Throw(1000) * 1000000));
    ++versions_[stream];
    Cause made{
        .request_id = "", .causation_id = meta.event_id(), .correlation_id = meta.correlation_id()};
    draft_.stores[area + ".0"].events.push_back(std::make_unique<Event>(std::move(event)));
    return made;
  }

  std::string StockStream(const std::string& part) const { return location_ + "/" + part; }

  template <class Fact>
  Fact StockFact(const std::string& part) const {
    Fact fact;
    fact.set_part_id(part);
    fact.set_location_id(location_);
    return fact;
  }
  const inv::StockLevel& Leveled(Stock& stock) {
    inv::StockLevel& level = stock.level;
    level.set_available_milli(level.on_hand_milli() - level.reserved_milli());
    level.set_version(level.version() + 1);
    return level;
  }

  // Ordered by somebody, confirmed and delivered by the supplier, who was asked twice if need be.
  void Order(const std::string& part) {
    const Cause cause = Command("inventory");
    const std::string order_id = NewId("por");
    inv::InventoryEvent raised;
    raised.mutable_purchase_order_raised()->mutable_purchase_order()->set_purchase_order_id(
        order_id);
    Emit("inventory", order_id, std::move(raised), cause);
    inv::InventoryEvent sent;
    sent.mutable_purchase_order_sent()->set_purchase_order_id(order_id);
    Emit("inventory", order_id, sent, cause);
    const Cause answer{
        .request_id = "", .causation_id = "", .correlation_id = cause.correlation_id};
    if (Throw(2) == 0) Emit("inventory", order_id, sent, answer);
    inv::InventoryEvent confirmed;
    confirmed.mutable_purchase_order_confirmed()->set_purchase_order_id(order_id);
    Emit("inventory", order_id, std::move(confirmed), answer);
    const int64_t quantity = Receive(part, answer, order_id);
    inv::InventoryEvent received;
    received.mutable_purchase_order_received()->set_purchase_order_id(order_id);
    inv::ReceivedLine& line = *received.mutable_purchase_order_received()->add_lines();
    line.set_part_id(part);
    line.set_quantity_milli(quantity);
    Emit("inventory", order_id, std::move(received), answer);
  }

  // How much.
  int64_t Receive(const std::string& part, const Cause& cause, const std::string& order_id) {
    Stock& stock = stock_[part];
    inv::StockLevel& level = stock.level;
    const int64_t quantity = static_cast<int64_t>(1 + Throw(20)) * 500;
    const int64_t cost = static_cast<int64_t>(10000 + Throw(900000));
    const int64_t below = std::max<int64_t>(0, -level.on_hand_milli());
    const int64_t settled = std::min(quantity, below);
    const int64_t provisional =
        settled == 0 ? 0 : Rounded(level.value_e4() * settled, level.on_hand_milli());
    level.set_on_hand_milli(level.on_hand_milli() + quantity);
    level.set_received_milli(level.received_milli() + quantity);
    level.set_value_e4(level.value_e4() + Rounded(quantity * cost, 1000));
    stock.last_cost = cost;
    auto received = StockFact<inv::StockReceived>(part);
    received.set_quantity_milli(quantity);
    received.set_purchase_order_id(order_id);
    received.set_unit_cost_e4(cost);
    const int64_t difference = Rounded(settled * cost, 1000) - provisional;
    *received.mutable_level() = Leveled(stock);
    inv::InventoryEvent event;
    *event.mutable_stock_received() = std::move(received);
    Emit("inventory", StockStream(part), std::move(event), cause);
    if (settled == 0) return quantity;
    auto trued_up = StockFact<inv::CostTruedUp>(part);
    trued_up.set_quantity_milli(settled);
    trued_up.set_difference_e4(difference);
    level.set_value_e4(level.value_e4() - difference);
    *trued_up.mutable_level() = Leveled(stock);
    inv::InventoryEvent correction;
    *correction.mutable_cost_trued_up() = std::move(trued_up);
    Emit("inventory", StockStream(part), std::move(correction), cause);
    return quantity;
  }

  void Sell();
  tkt::Ticket WriteUp(bool repair, const Person& person);
  void Price(tkt::Ticket& ticket) const;
  void Reserve(const tkt::Ticket& ticket, const Cause& cause);
  void Release(const std::string& ticket_id, const Cause& cause);
  void Invoice(tkt::Ticket& ticket);
  void Pay(tkt::Ticket& ticket);
  void PayCash(tkt::Ticket& ticket, int64_t amount);
  void PayCard(tkt::Ticket& ticket, int64_t amount);
  void Capture(tkt::Ticket& ticket, pay::PaymentCaptured captured, const Cause& cause);
  void Close(tkt::Ticket& ticket, const Cause& cause);
  void Issue(const tkt::Ticket& ticket, const tkt::Line& line, const Cause& cause);
  void Remember(const tkt::Ticket& ticket, const Cause& cause);
  void RecordSale(const tkt::Ticket& ticket, const Cause& cause);
  void Refund(tkt::Ticket& ticket);

  SeededEntropy dice_;
  const std::string name_;
  uint32_t partition_count_ = 8;
  uint32_t slot_ = 7;
  absl::Time now_ = absl::FromUnixSeconds(1741950000);
  int requests_ = 0;
  Draft draft_;
  std::string location_, reader_, changing_;
  std::vector<std::string> parts_;
  std::vector<Person> people_;
  std::map<std::string, Stock> stock_;
  std::map<std::string, Owed> owed_;
  std::map<std::string, uint64_t> versions_;
  std::map<std::string, uint64_t> numbers_;
  std::vector<pay::PaymentCaptured> captures_;
};

void Shop::Price(tkt::Ticket& ticket) const {
  tkt::Totals totals;
  for (tkt::Job& job : *ticket.mutable_jobs()) {
    for (tkt::Line& line : *job.mutable_lines()) {
      tkt::LineAmounts& amounts = *line.mutable_amounts();
      amounts.set_gross_minor(Rounded(line.unit_price_minor() * line.quantity_milli(), 1000));
      amounts.set_line_discount_minor(line.discount().amount_minor());
      amounts.set_net_minor(amounts.gross_minor() - amounts.line_discount_minor());
      amounts.set_tax_minor(Rounded(amounts.net_minor() * kTaxPpm, 1000000));
      totals.set_tax_minor(totals.tax_minor() + amounts.tax_minor());
      totals.set_discount_minor(totals.discount_minor() + amounts.line_discount_minor());
      totals.set_total_minor(totals.total_minor() + amounts.net_minor() + amounts.tax_minor());
      if (line.kind() == tkt::LINE_KIND_PART) {
        totals.set_parts_net_minor(totals.parts_net_minor() + amounts.net_minor());
      } else {
        totals.set_labour_net_minor(totals.labour_net_minor() + amounts.net_minor());
      }
    }
  }
  tkt::TaxAmount& tax = *totals.add_taxes();
  tax.set_authority("State");
  tax.set_rate_ppm(kTaxPpm);
  tax.set_tax_minor(totals.tax_minor());
  *ticket.mutable_totals() = std::move(totals);
}

tkt::Ticket Shop::WriteUp(bool repair, const Person& person) {
  tkt::Ticket ticket;
  slot_ = static_cast<uint32_t>(Throw(4096));
  ticket.set_ticket_id(NewId("tkt"));
  ticket.set_kind(repair ? tkt::TICKET_KIND_REPAIR_ORDER : tkt::TICKET_KIND_COUNTER_SALE);
  ticket.set_location_id(location_);
  ticket.set_currency(kCurrency);
  ticket.set_business_date(kDate);
  if (repair || Throw(3) > 0) ticket.set_customer_id(person.customer_id);
  if (repair) ticket.set_vehicle_id(person.vehicle_id);
  const std::string series = repair ? "RO" : "CS";
  ticket.set_number(absl::StrCat(series, "-", ++numbers_[series]));

  const Cause open = Change(ticket.ticket_id());
  tkt::TicketEvent number;
  number.mutable_number_assigned()->set_series(series);
  number.mutable_number_assigned()->set_number(numbers_[series]);
  number.mutable_number_assigned()->set_ticket_id(ticket.ticket_id());
  Emit("ticket", location_ + "/numbers", std::move(number), open);
  tkt::TicketEvent opened;
  *opened.mutable_ticket_opened()->mutable_ticket() = ticket;
  Emit("ticket", ticket.ticket_id(), std::move(opened), open);
  draft_.clients.back().expected_version.reset();
  Changed();

  tkt::Job& job = *ticket.add_jobs();
  job.set_job_id(NewId("job"));
  job.set_status(tkt::JOB_STATUS_AUTHORIZED);
  for (uint64_t i = 0, lines = 1 + Throw(4); i < lines; ++i) {
    tkt::Line& line = *job.add_lines();
    line.set_line_id(NewId("lin"));
    line.set_job_id(job.job_id());
    const bool part = !repair || Throw(3) > 0;
    line.set_kind(part ? tkt::LINE_KIND_PART : tkt::LINE_KIND_LABOUR);
    if (part) line.set_part_id(parts_[Throw(parts_.size())]);
    line.set_quantity_milli(static_cast<int64_t>(1 + Throw(6)) * 500);
    line.set_unit_price_minor(Throw(12) == 0 ? 0 : static_cast<int64_t>(Throw(20000)));
    if (line.unit_price_minor() > 1000 && Throw(4) == 0) {
      line.mutable_discount()->set_amount_minor(static_cast<int64_t>(Throw(300)));
    }
    const Cause add = Change(ticket.ticket_id());
    tkt::TicketEvent added;
    *added.mutable_line_added()->mutable_line() = line;
    Emit("ticket", ticket.ticket_id(), std::move(added), add);
    Changed();
  }
  return ticket;
}

void Shop::Reserve(const tkt::Ticket& ticket, const Cause& cause) {
  for (const tkt::Line& line : ticket.jobs(0).lines()) {
    if (line.kind() != tkt::LINE_KIND_PART) continue;
    Stock& stock = stock_[line.part_id()];
    const int64_t free =
        std::max<int64_t>(0, stock.level.on_hand_milli() - stock.level.reserved_milli());
    const int64_t kept = std::min(free, line.quantity_milli());
    const auto name = [&](auto& fact) {
      fact.set_ticket_id(ticket.ticket_id());
      fact.set_job_id(line.job_id());
      fact.set_line_id(line.line_id());
    };
    if (kept > 0) {
      auto reserved = StockFact<inv::StockReserved>(line.part_id());
      name(reserved);
      reserved.set_quantity_milli(kept);
      stock.level.set_reserved_milli(stock.level.reserved_milli() + kept);
      stock.kept[{ticket.ticket_id(), line.line_id()}] = kept;
      *reserved.mutable_level() = Leveled(stock);
      inv::InventoryEvent event;
      *event.mutable_stock_reserved() = std::move(reserved);
      Emit("inventory", StockStream(line.part_id()), std::move(event), cause);
    }
    if (kept < line.quantity_milli()) {
      auto shortage = StockFact<inv::StockShortageFound>(line.part_id());
      name(shortage);
      shortage.set_wanted_milli(line.quantity_milli());
      shortage.set_missing_milli(line.quantity_milli() - kept);
      inv::InventoryEvent event;
      *event.mutable_stock_shortage_found() = std::move(shortage);
      Emit("inventory", StockStream(line.part_id()), std::move(event), cause);
    }
  }
}

void Shop::Release(const std::string& ticket_id, const Cause& cause) {
  for (auto& [part, stock] : stock_) {
    for (auto kept = stock.kept.begin(); kept != stock.kept.end();) {
      if (kept->first.first != ticket_id) {
        ++kept;
        continue;
      }
      auto released = StockFact<inv::ReservationReleased>(part);
      released.set_ticket_id(ticket_id);
      released.set_line_id(kept->first.second);
      released.set_quantity_milli(kept->second);
      stock.level.set_reserved_milli(stock.level.reserved_milli() - kept->second);
      *released.mutable_level() = Leveled(stock);
      inv::InventoryEvent event;
      *event.mutable_reservation_released() = std::move(released);
      Emit("inventory", StockStream(part), std::move(event), cause);
      kept = stock.kept.erase(kept);
    }
  }
}

void Shop::Sell() {
  const size_t person = Throw(people_.size());
  tkt::Ticket ticket = WriteUp(Throw(3) > 0, people_[person]);
  const Cause authorize = Change(ticket.ticket_id());
  tkt::TicketEvent authorized;
  authorized.mutable_job_authorized()->set_job_id(ticket.jobs(0).job_id());
  const Cause agreed = Emit("ticket", ticket.ticket_id(), std::move(authorized), authorize);
  Changed();
  Reserve(ticket, agreed);
  if (Throw(10) == 0) {
    const Cause give_up = Change(ticket.ticket_id());
    tkt::TicketEvent voided;
    voided.mutable_ticket_voided()->set_reason("changed their mind");
    const Cause gone = Emit("ticket", ticket.ticket_id(), std::move(voided), give_up);
    Changed();
    return Release(ticket.ticket_id(), gone);
  }
  Price(ticket);
  Invoice(ticket);
  if (Throw(10) == 0) return;  // not paid yet
  Pay(ticket);
  if (!captures_.empty() && Throw(5) == 0) Refund(ticket);
}

void Shop::Invoice(tkt::Ticket& ticket) {
  const Cause cause = Change(ticket.ticket_id());
  ticket.set_stage(tkt::DOCUMENT_STAGE_INVOICED);
  tkt::TicketEvent number;
  number.mutable_number_assigned()->set_series("INV");
  number.mutable_number_assigned()->set_number(++numbers_["INV"]);
  number.mutable_number_assigned()->set_ticket_id(ticket.ticket_id());
  Emit("ticket", location_ + "/numbers", std::move(number), cause);
  tkt::TicketEvent invoiced;
  *invoiced.mutable_ticket_invoiced()->mutable_ticket() = ticket;
  const Cause owed = Emit("ticket", ticket.ticket_id(), std::move(invoiced), cause);
  captures_.clear();
  const int64_t total = ticket.totals().total_minor();
  if (total == 0) Close(ticket, cause);
  Changed();
  if (total == 0) return;
  owed_[ticket.ticket_id()] = {.balance = total};
  pay::PaymentEvent created;
  pay::Receivable& receivable = *created.mutable_receivable_created()->mutable_receivable();
  receivable.set_ticket_id(ticket.ticket_id());
  receivable.set_total_minor(total);
  receivable.set_balance_minor(total);
  Emit("payment", ticket.ticket_id(), std::move(created), owed);
}

void Shop::Pay(tkt::Ticket& ticket) {
  const int64_t total = ticket.totals().total_minor();
  if (total == 0) return;
  const uint64_t way = Throw(3);
  if (way == 2 && total > 2 * kCashStep) PayCash(ticket, total / 2 / kCashStep * kCashStep);
  if (way == 0) {
    PayCash(ticket, owed_[ticket.ticket_id()].balance);
  } else {
    PayCard(ticket, owed_[ticket.ticket_id()].balance);
  }
}

void Shop::PayCash(tkt::Ticket& ticket, int64_t amount) {
  const int64_t due = Rounded(amount, kCashStep) * kCashStep;
  pay::PaymentCaptured captured;
  captured.set_payment_id(NewId("pay"));
  captured.set_tender(pay::TENDER_CASH);
  captured.set_captured_minor(due);
  captured.set_applied_minor(amount);
  captured.set_rounding_minor(amount - due);
  captured.set_tendered_minor(due + 100);
  captured.set_change_minor(100);
  Capture(ticket, std::move(captured), Command("payment"));
}

void Shop::PayCard(tkt::Ticket& ticket, int64_t amount) {
  const std::string payment_id = NewId("pay");
  Owed& owed = owed_[ticket.ticket_id()];
  for (bool declined = Throw(4) == 0;; declined = false) {
    const Cause take = Command("payment");
    const std::string attempt_id = NewId("att");
    pay::PaymentEvent charged;
    charged.mutable_receivable_charged()->set_payment_id(payment_id);
    charged.mutable_receivable_charged()->set_amount_minor(amount);
    charged.mutable_receivable_charged()->set_open_minor(owed.balance - amount);
    Emit("payment", ticket.ticket_id(), std::move(charged), take);
    pay::PaymentEvent attempt;
    attempt.mutable_attempt_started()->set_payment_id(payment_id);
    attempt.mutable_attempt_started()->set_attempt_id(attempt_id);
    attempt.mutable_attempt_started()->set_amount_minor(amount);
    Emit("payment", payment_id, std::move(attempt), take);

    const Cause call{.request_id = attempt_id + ".1f",
                     .causation_id = "",
                     .correlation_id = attempt_id + ".1f",
                     .by_service = true};
    tgw::TerminalGatewayEvent started;
    tgw::Action& action = *started.mutable_action_started()->mutable_action();
    action.set_action_id(attempt_id);
    action.set_kind(tgw::ACTION_KIND_CHARGE);
    action.set_amount_minor(amount);
    Emit("terminal_gateway", reader_, std::move(started), call);
    const Cause follows{.request_id = "", .causation_id = "", .correlation_id = call.request_id};
    draft_.provider.push_back(
        {.action_id = attempt_id, .approved = !declined, .amount_minor = declined ? 0 : amount});
    tgw::TerminalGatewayEvent ended;
    if (declined) {
      ended.mutable_action_failed()->set_action_id(attempt_id);
    } else {
      ended.mutable_action_succeeded()->set_action_id(attempt_id);
      ended.mutable_action_succeeded()->set_approved_minor(amount);
    }
    const Cause outcome = Emit("terminal_gateway", reader_, std::move(ended), follows);
    if (!declined) {
      pay::PaymentCaptured captured;
      captured.set_payment_id(payment_id);
      captured.set_attempt_id(attempt_id);
      captured.set_tender(pay::TENDER_CARD_PRESENT);
      captured.set_captured_minor(amount);
      captured.set_applied_minor(amount);
      return Capture(ticket, std::move(captured), outcome);
    }
    pay::PaymentEvent released;
    released.mutable_receivable_released()->set_payment_id(payment_id);
    released.mutable_receivable_released()->set_amount_minor(amount);
    released.mutable_receivable_released()->set_open_minor(owed.balance);
    Emit("payment", ticket.ticket_id(), std::move(released), outcome);
    pay::PaymentEvent refused;
    refused.mutable_payment_declined()->set_payment_id(payment_id);
    refused.mutable_payment_declined()->set_attempt_id(attempt_id);
    Emit("payment", payment_id, std::move(refused), outcome);
  }
}

void Shop::Capture(tkt::Ticket& ticket, pay::PaymentCaptured captured, const Cause& cause) {
  captured.set_ticket_id(ticket.ticket_id());
  captured.set_currency(kCurrency);
  Owed& owed = owed_[ticket.ticket_id()];
  owed.balance -= captured.applied_minor();
  pay::PaymentEvent paid;
  paid.mutable_receivable_paid()->set_payment_id(captured.payment_id());
  paid.mutable_receivable_paid()->set_applied_minor(captured.applied_minor());
  paid.mutable_receivable_paid()->set_balance_minor(owed.balance);
  Emit("payment", ticket.ticket_id(), std::move(paid), cause);
  pay::PaymentEvent event;
  *event.mutable_payment_captured() = captured;
  captures_.push_back(captured);
  const Cause known = Emit("payment", captured.payment_id(), std::move(event), cause);

  rep::ReportingEvent tender;
  tender.mutable_tender_recorded()->set_payment_id(captured.payment_id());
  tender.mutable_tender_recorded()->set_applied_minor(captured.applied_minor());
  tender.mutable_tender_recorded()->set_captured_minor(captured.captured_minor());
  Emit("reporting", ticket.ticket_id(), std::move(tender), known);

  ticket.set_paid_minor(ticket.paid_minor() + captured.applied_minor());
  tkt::TicketEvent received;
  received.mutable_money_received()->set_payment_id(captured.payment_id());
  received.mutable_money_received()->set_applied_minor(captured.applied_minor());
  received.mutable_money_received()->set_balance_minor(ticket.totals().total_minor() -
                                                       ticket.paid_minor());
  Emit("ticket", ticket.ticket_id(), std::move(received), known);
  if (ticket.paid_minor() >= ticket.totals().total_minor()) Close(ticket, known);
}

void Shop::Close(tkt::Ticket& ticket, const Cause& cause) {
  ticket.set_stage(tkt::DOCUMENT_STAGE_CLOSED);
  tkt::TicketEvent event;
  *event.mutable_ticket_closed()->mutable_ticket() = ticket;
  const Cause closed = Emit("ticket", ticket.ticket_id(), std::move(event), cause);
  for (const tkt::Line& line : ticket.jobs(0).lines()) {
    if (line.kind() == tkt::LINE_KIND_PART) Issue(ticket, line, closed);
  }
  Release(ticket.ticket_id(), closed);
  Remember(ticket, closed);
  RecordSale(ticket, closed);
}

void Shop::Issue(const tkt::Ticket& ticket, const tkt::Line& line, const Cause& cause) {
  Stock& stock = stock_[line.part_id()];
  inv::StockLevel& level = stock.level;
  const int64_t quantity = line.quantity_milli();
  const int64_t there = level.on_hand_milli();
  const bool provisional = quantity > there;
  const int64_t missing = there > 0 ? quantity - there : quantity;
  const int64_t cost =
      provisional ? (there > 0 ? level.value_e4() : 0) + Rounded(missing * stock.last_cost, 1000)
                  : Rounded(level.value_e4() * quantity, there);
  auto issued = StockFact<inv::StockIssued>(line.part_id());
  issued.set_ticket_id(ticket.ticket_id());
  issued.set_job_id(line.job_id());
  issued.set_line_id(line.line_id());
  issued.set_quantity_milli(quantity);
  issued.set_cost_e4(cost);
  issued.set_provisional(provisional);
  level.set_on_hand_milli(there - quantity);
  level.set_issued_milli(level.issued_milli() + quantity);
  level.set_value_e4(level.value_e4() - cost);
  const auto kept = stock.kept.find({ticket.ticket_id(), line.line_id()});
  if (kept != stock.kept.end()) {
    level.set_reserved_milli(level.reserved_milli() - kept->second);
    stock.kept.erase(kept);
  }
  *issued.mutable_level() = Leveled(stock);
  rep::ReportingEvent fact;
  fact.mutable_parts_issue_recorded()->set_ticket_id(ticket.ticket_id());
  fact.mutable_parts_issue_recorded()->set_line_id(line.line_id());
  fact.mutable_parts_issue_recorded()->set_quantity_milli(quantity);
  fact.mutable_parts_issue_recorded()->set_cost_e4(cost);
  inv::InventoryEvent event;
  *event.mutable_stock_issued() = std::move(issued);
  const Cause left = Emit("inventory", StockStream(line.part_id()), std::move(event), cause);
  Emit("reporting", ticket.ticket_id(), std::move(fact), left);
}

void Shop::Remember(const tkt::Ticket& ticket, const Cause& cause) {
  if (!ticket.vehicle_id().empty()) {
    cv::CustomerVehicleEvent event;
    cv::ServiceEntry& entry = *event.mutable_service_recorded()->mutable_entry();
    entry.set_vehicle_id(ticket.vehicle_id());
    entry.set_ticket_id(ticket.ticket_id());
    entry.set_ticket_number(ticket.number());
    entry.set_location_id(ticket.location_id());
    for (const tkt::Line& line : ticket.jobs(0).lines()) {
      entry.add_lines()->set_part_id(line.part_id());
    }
    Emit("customer_vehicle", ticket.vehicle_id() + "/" + ticket.ticket_id(), std::move(event),
         cause);
  }
  if (ticket.customer_id().empty()) return;
  cv::CustomerVehicleEvent visit;
  visit.mutable_visit_counted()->set_customer_id(ticket.customer_id());
  visit.mutable_visit_counted()->set_ticket_id(ticket.ticket_id());
  visit.mutable_visit_counted()->mutable_total()->set_amount_minor(ticket.totals().total_minor());
  visit.mutable_visit_counted()->mutable_total()->set_currency(kCurrency);
  Emit("customer_vehicle", ticket.customer_id() + "/" + ticket.ticket_id(), std::move(visit),
       cause);
  for (Person& person : people_) {
    if (person.customer_id != ticket.customer_id()) continue;
    cv::Profile& profile = person.profile;
    profile.set_visits(profile.visits() + 1);
    if (profile.spend_size() == 0) profile.add_spend()->set_currency(kCurrency);
    profile.mutable_spend(0)->set_amount_minor(profile.spend(0).amount_minor() +
                                               ticket.totals().total_minor());
    cv::CustomerVehicleEvent updated;
    updated.mutable_profile_updated()->set_customer_id(person.customer_id);
    updated.mutable_profile_updated()->set_ticket_id(ticket.ticket_id());
    *updated.mutable_profile_updated()->mutable_profile() = profile;
    Emit("customer_vehicle", person.customer_id, std::move(updated), cause);
  }
}

void Shop::RecordSale(const tkt::Ticket& ticket, const Cause& cause) {
  rep::ReportingEvent event;
  rep::SaleRecorded& sale = *event.mutable_sale_recorded();
  sale.set_ticket_id(ticket.ticket_id());
  sale.set_business_date(ticket.business_date());
  *sale.mutable_totals() = ticket.totals();
  for (const tkt::Line& line : ticket.jobs(0).lines()) {
    rep::SaleLine& fact = *sale.add_lines();
    fact.set_line_id(line.line_id());
    fact.set_net_minor(line.amounts().net_minor());
    fact.set_tax_minor(line.amounts().tax_minor());
  }
  Emit("reporting", ticket.ticket_id(), std::move(event), cause);
}

void Shop::Refund(tkt::Ticket& ticket) {
  const pay::PaymentCaptured& captured = captures_[Throw(captures_.size())];
  if (captured.captured_minor() == 0) return;
  const bool by_card = captured.tender() == pay::TENDER_CARD_PRESENT;
  const bool whole = Throw(2) == 0 || captured.captured_minor() <= kCashStep;
  const int64_t returned = whole ? captured.captured_minor() : kCashStep;
  const int64_t rounding = whole ? captured.rounding_minor() : 0;
  const std::string refund_id = NewId("rfd");
  Cause cause = Command("payment");
  pay::PaymentEvent started;
  started.mutable_refund_started()->set_payment_id(captured.payment_id());
  started.mutable_refund_started()->set_refund_id(refund_id);
  started.mutable_refund_started()->set_amount_minor(returned);
  Emit("payment", captured.payment_id(), std::move(started), cause);
  if (by_card) {
    const Cause call{.request_id = refund_id + ".2",
                     .causation_id = "",
                     .correlation_id = refund_id + ".2",
                     .by_service = true};
    tgw::TerminalGatewayEvent action;
    action.mutable_action_started()->mutable_action()->set_action_id(refund_id);
    action.mutable_action_started()->mutable_action()->set_kind(tgw::ACTION_KIND_REFUND);
    action.mutable_action_started()->mutable_action()->set_amount_minor(returned);
    Emit("terminal_gateway", reader_, std::move(action), call);
    tgw::TerminalGatewayEvent done;
    done.mutable_action_succeeded()->set_action_id(refund_id);
    done.mutable_action_succeeded()->set_approved_minor(returned);
    done.mutable_action_succeeded()->set_kind(tgw::ACTION_KIND_REFUND);
    cause = Emit("terminal_gateway", reader_, std::move(done),
                 {.request_id = "", .causation_id = "", .correlation_id = call.request_id});
    draft_.provider.push_back(
        {.action_id = refund_id, .refund = true, .approved = true, .amount_minor = returned});
  }
  pay::PaymentEvent refunded;
  pay::PaymentRefunded& fact = *refunded.mutable_payment_refunded();
  fact.set_payment_id(captured.payment_id());
  fact.set_refund_id(refund_id);
  fact.set_ticket_id(ticket.ticket_id());
  fact.set_tender(captured.tender());
  fact.set_returned_minor(returned);
  fact.set_rounding_minor(rounding);
  fact.set_refunded_minor(returned + rounding);
  const Cause known = Emit("payment", captured.payment_id(), std::move(refunded), cause);
  Owed& owed = owed_[ticket.ticket_id()];
  owed.balance += returned + rounding;
  pay::PaymentEvent reopened;
  reopened.mutable_receivable_reopened()->set_payment_id(captured.payment_id());
  reopened.mutable_receivable_reopened()->set_refund_id(refund_id);
  reopened.mutable_receivable_reopened()->set_amount_minor(returned + rounding);
  reopened.mutable_receivable_reopened()->set_balance_minor(owed.balance);
  Emit("payment", ticket.ticket_id(), std::move(reopened), cause);

  ticket.set_paid_minor(ticket.paid_minor() - returned - rounding);
  tkt::TicketEvent back;
  back.mutable_money_returned()->set_payment_id(captured.payment_id());
  back.mutable_money_returned()->set_refund_id(refund_id);
  back.mutable_money_returned()->set_refunded_minor(returned + rounding);
  back.mutable_money_returned()->set_balance_minor(ticket.totals().total_minor() -
                                                   ticket.paid_minor());
  Emit("ticket", ticket.ticket_id(), std::move(back), known);
  rep::ReportingEvent recorded;
  recorded.mutable_refund_recorded()->set_payment_id(captured.payment_id());
  recorded.mutable_refund_recorded()->set_refund_id(refund_id);
  recorded.mutable_refund_recorded()->set_refunded_minor(returned + rounding);
  Emit("reporting", ticket.ticket_id(), std::move(recorded), known);
}

}  // namespace

Draft MakeShop(uint64_t seed, int tickets) { return Shop(seed).Run(tickets); }

}  // namespace pitlane::checker
