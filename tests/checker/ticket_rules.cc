#include "tests/checker/ticket_rules.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace pitlane::checker {
namespace {

namespace tkt = ticket::v1;

struct Sums {
  int64_t labour = 0, parts = 0, fees = 0, cores = 0, discount = 0, tax = 0;
};

void Add(const tkt::Line& line, Sums& sums) {
  const tkt::LineAmounts& amounts = line.amounts();
  sums.discount += amounts.line_discount_minor() + amounts.ticket_discount_minor();
  sums.tax += amounts.tax_minor();
  if (line.kind() == tkt::LINE_KIND_LABOUR) sums.labour += amounts.net_minor();
  if (line.kind() == tkt::LINE_KIND_PART) sums.parts += amounts.net_minor();
  if (line.kind() == tkt::LINE_KIND_FEE) sums.fees += amounts.net_minor();
  if (line.kind() == tkt::LINE_KIND_CORE) sums.cores += amounts.net_minor();
}

// Lines of jobs that nobody agreed to are shown and not charged.
bool IsCharged(const tkt::Job& job) {
  return job.status() == tkt::JOB_STATUS_AUTHORIZED ||
         job.status() == tkt::JOB_STATUS_IN_PROGRESS || job.status() == tkt::JOB_STATUS_COMPLETE ||
         job.status() == tkt::JOB_STATUS_QUALITY_CHECKED;
}

template <class Fn>
void ForEachChargedLine(const tkt::Ticket& ticket, Fn fn) {
  for (const tkt::Job& job : ticket.jobs()) {
    if (!IsCharged(job)) continue;
    for (const tkt::Line& line : job.lines()) fn(line);
  }
  for (const tkt::Line& line : ticket.lines()) fn(line);
}

bool Balances(const tkt::LineAmounts& amounts) {
  return amounts.gross_minor() - amounts.line_discount_minor() - amounts.ticket_discount_minor() ==
         amounts.net_minor();
}

}  // namespace

const TicketFacts* TicketRules::Find(const std::string& ticket_id) const {
  const auto found = tickets_.find(ticket_id);
  return found == tickets_.end() ? nullptr : &found->second;
}

void TicketRules::On(const Place& place, const tkt::TicketEvent& event) {
  const Occurrence at{place, event.meta()};
  if (event.has_number_assigned()) On(at, event.number_assigned());
  if (event.has_ticket_opened()) {
    const std::string& id = event.ticket_opened().ticket().ticket_id();
    report_.Expect("ticket-opened", tickets_.try_emplace(id).second,
                   [&] { return at.Says(id, "was opened before"); });
  }
  if (event.has_ticket_invoiced()) On(at, event.ticket_invoiced());
  if (event.has_money_received()) On(at, event.money_received());
  if (event.has_money_returned()) On(at, event.money_returned());
  if (event.has_ticket_closed()) On(at, event.ticket_closed());
  if (event.has_credit_memo_issued()) On(at, event.credit_memo_issued().memo());
  if (event.has_ticket_voided()) tickets_[event.meta().stream_id()].voided = place;
}

void TicketRules::On(const Occurrence& at, const tkt::NumberAssigned& assigned) {
  uint64_t& last = numbers_[{at.meta.stream_id(), assigned.series()}];
  report_.Expect("numbers", assigned.number() == last + 1, [&] {
    return at.Says(assigned.ticket_id(),
                   absl::StrCat(assigned.series(), " ", assigned.number(), " comes after ", last));
  });
  last = assigned.number();
}

void TicketRules::CheckTotals(const Occurrence& at, const tkt::Ticket& ticket) {
  Sums sums;
  bool balanced = true;
  ForEachChargedLine(ticket, [&](const tkt::Line& line) {
    Add(line, sums);
    balanced = balanced && Balances(line.amounts());
  });
  const tkt::Totals& totals = ticket.totals();
  int64_t taxes = 0;
  for (const tkt::TaxAmount& tax : totals.taxes()) taxes += tax.tax_minor();
  const int64_t net = sums.labour + sums.parts + sums.fees + sums.cores;
  const bool holds = balanced && totals.labour_net_minor() == sums.labour &&
                     totals.parts_net_minor() == sums.parts &&
                     totals.fees_net_minor() == sums.fees &&
                     totals.cores_net_minor() == sums.cores &&
                     totals.discount_minor() == sums.discount && totals.tax_minor() == sums.tax &&
                     totals.tax_minor() == taxes && totals.total_minor() == net + sums.tax;
  report_.Expect("ticket-total", holds, [&] {
    return at.Says(ticket.ticket_id(),
                   absl::StrCat("its lines sum up to ", net, " and ", sums.tax,
                                " tax, its totals are ", totals.ShortDebugString()));
  });
}

void TicketRules::On(const Occurrence& at, const tkt::TicketInvoiced& invoiced) {
  const tkt::Ticket& ticket = invoiced.ticket();
  TicketFacts& facts = tickets_[at.meta.stream_id()];
  report_.Expect("ticket-invoiced", facts.invoiced.position == 0 && facts.voided.position == 0,
                 [&] { return at.Says(ticket.ticket_id(), "was invoiced or voided before"); });
  CheckTotals(at, ticket);
  facts.invoiced = at.place;
  facts.total_minor = ticket.totals().total_minor();
  facts.due_minor =
      ticket.has_customer_total_minor() ? ticket.customer_total_minor() : facts.total_minor;
  ForEachChargedLine(ticket, [&](const tkt::Line& line) {
    facts.sold[line.line_id()] = {line.quantity_milli(), line.amounts().net_minor(),
                                  line.amounts().tax_minor()};
  });
  facts.totals = ticket.totals().SerializeAsString();
  facts.currency = ticket.currency();
  facts.location_id = ticket.location_id();
}

void TicketRules::On(const Occurrence& at, const tkt::MoneyReceived& received) {
  TicketFacts& facts = tickets_[at.meta.stream_id()];
  const bool is_new =
      facts.receipts
          .emplace(received.payment_id(), TicketFacts::Money{received.applied_minor(), at.place})
          .second;
  facts.received_minor += received.applied_minor();
  report_.Expect("ticket-money", is_new && received.balance_minor() == facts.Balance(), [&] {
    return at.Says(at.meta.stream_id(), absl::StrCat("payment ", received.payment_id(),
                                                     is_new ? " leaves another balance than "
                                                            : " was received before; balance ",
                                                     received.balance_minor()));
  });
}

void TicketRules::On(const Occurrence& at, const tkt::MoneyReturned& returned) {
  TicketFacts& facts = tickets_[at.meta.stream_id()];
  const bool is_new =
      facts.returns
          .emplace(returned.refund_id(), TicketFacts::Money{returned.refunded_minor(), at.place})
          .second;
  facts.returned_minor += returned.refunded_minor();
  report_.Expect("ticket-money", is_new && returned.balance_minor() == facts.Balance(), [&] {
    return at.Says(at.meta.stream_id(), absl::StrCat("refund ", returned.refund_id(),
                                                     is_new ? " leaves another balance than "
                                                            : " was returned before; balance ",
                                                     returned.balance_minor()));
  });
}

void TicketRules::On(const Occurrence& at, const tkt::TicketClosed& closed) {
  const tkt::Ticket& ticket = closed.ticket();
  TicketFacts& facts = tickets_[at.meta.stream_id()];
  CheckTotals(at, ticket);
  report_.Expect("ticket-closed",
                 facts.closed.position == 0 && facts.invoiced.position > 0 &&
                     facts.voided.position == 0 && ticket.ticket_id() == at.meta.stream_id() &&
                     ticket.totals().SerializeAsString() == facts.totals &&
                     closed.credits_size() == static_cast<int>(facts.credits.size()),
                 [&] {
                   return at.Says(ticket.ticket_id(),
                                  "was closed before, never invoiced, or with other totals");
                 });
  const int64_t paid = facts.received_minor - facts.returned_minor;
  report_.Expect("ticket-paid", facts.Balance() <= 0 && ticket.paid_minor() == paid, [&] {
    return at.Says(ticket.ticket_id(),
                   absl::StrCat("closed with ", paid, " of ", facts.due_minor, " paid"));
  });
  facts.closed = at.place;
  facts.customer_id = ticket.customer_id();
  facts.vehicle_id = ticket.vehicle_id();
  facts.number = ticket.number();
  facts.location_id = ticket.location_id();
  facts.business_date = ticket.business_date();
  ForEachChargedLine(ticket, [&](const tkt::Line& line) {
    const bool part = line.kind() == tkt::LINE_KIND_PART;
    if (line.kind() != tkt::LINE_KIND_NOTE) ++facts.lines;
    if (part || line.kind() == tkt::LINE_KIND_LABOUR) ++facts.work;
    if (part) facts.parts.push_back({line.line_id(), line.part_id(), line.quantity_milli()});
  });
}

void TicketRules::On(const Occurrence& at, const tkt::CreditMemo& memo) {
  TicketFacts& facts = tickets_[at.meta.stream_id()];
  const bool is_new = facts.credits
                          .emplace(memo.credit_memo_id(),
                                   TicketFacts::Credit{at.place, memo.totals().SerializeAsString(),
                                                       memo.business_date(), memo.lines_size()})
                          .second;
  bool within = true;
  int64_t sum = 0;
  for (const tkt::CreditLine& line : memo.lines()) {
    const TicketFacts::Line& sold = facts.sold[line.line_id()];
    TicketFacts::Line& back = facts.credited[line.line_id()];
    back.quantity_milli += line.quantity_milli();
    back.net_minor += line.amounts().net_minor();
    back.tax_minor += line.amounts().tax_minor();
    // Lines below zero are taken back as a whole.
    within = within && (sold.net_minor < 0 ? back.net_minor == sold.net_minor
                                           : back.quantity_milli <= sold.quantity_milli &&
                                                 back.net_minor <= sold.net_minor &&
                                                 back.tax_minor <= sold.tax_minor);
    sum += line.amounts().net_minor() + line.amounts().tax_minor();
    for (const tkt::ReturnedUnits& units : line.returned()) {
      facts.returned_parts[line.line_id()] += units.quantity_milli();
    }
  }
  facts.credited_minor += memo.totals().total_minor();
  facts.credited_due_minor += memo.at_till_minor();
  report_.Expect("ticket-total",
                 is_new && within && sum == memo.totals().total_minor() &&
                     facts.credited_minor <= facts.total_minor && facts.invoiced.position > 0,
                 [&] {
                   return at.Says(memo.ticket_id(),
                                  absl::StrCat("credit memo ", memo.credit_memo_id(), " of ", sum,
                                               " was issued before, takes back more than was "
                                               "sold, or does not sum up"));
                 });
  report_.Expect("ticket-money", memo.balance_minor() == facts.Balance(), [&] {
    return at.Says(memo.ticket_id(),
                   absl::StrCat("credit memo ", memo.credit_memo_id(),
                                " leaves another balance: ", memo.balance_minor()));
  });
}

void TicketRules::End() {
  int64_t closed = 0;
  for (const auto& [id, facts] : tickets_) {
    closed += facts.closed.position > 0 ? 1 : 0;
    if (facts.invoiced.position == 0) continue;
    const bool paid = facts.Balance() <= 0 && facts.due_minor == facts.total_minor;
    report_.Expect("ticket-open", !paid || facts.closed.position > 0, [&, &id = id] {
      return Fault{facts.invoiced.text(), id, "is paid and was never closed"};
    });
  }
  report_.Count("closed tickets", static_cast<uint64_t>(closed));
}

}  // namespace pitlane::checker
