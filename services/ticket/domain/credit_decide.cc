// Which lines a credit memo takes back, and what of them.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/rpc/errors.h"
#include "services/ticket/domain/closing.h"
#include "services/ticket/domain/core.h"
#include "services/ticket/domain/credit.h"
#include "services/ticket/domain/draft.h"
#include "services/ticket/domain/refusals.h"
#include "services/ticket/domain/ticket_parts.h"
#include "services/ticket/domain/timestamps.h"

namespace pitlane::ticket {
namespace {

bool WasCharged(const v1::Line& line) {
  return line.kind() != v1::LINE_KIND_NOTE && line.has_amounts();
}

bool IsPercentageFee(const v1::Line& line) {
  return line.kind() == v1::LINE_KIND_FEE && line.fee().base() != v1::FeeRule::BASE_FLAT;
}

bool HasUnits(const v1::Line& line) {
  return line.kind() == v1::LINE_KIND_PART || line.kind() == v1::LINE_KIND_CORE ||
         (line.kind() == v1::LINE_KIND_FEE && !IsPercentageFee(line));
}

// Units that may come back: labour and shares of other lines have none.
int64_t UnitsOf(const v1::Line& line) { return HasUnits(line) ? line.quantity_milli() : 0; }

bool IsReturnedCoreOf(const v1::Line& line, const std::string& core_line_id) {
  return line.kind() == v1::LINE_KIND_CORE && line.for_line_id() == core_line_id &&
         line.amounts().net_minor() < 0;
}

// Units of a core that are not awaited any more: the old part came with the sale, or never.
int64_t SettledCores(const v1::Ticket& ticket, const v1::Line& core) {
  int64_t settled = 0;
  for (const v1::CoreUnits& units : core.core_units()) {
    if (units.status() == v1::CORE_STATUS_FORFEITED) settled += units.quantity_milli();
  }
  for (const v1::Job& job : ticket.jobs()) {
    for (const v1::Line& line : job.lines()) {
      if (IsReturnedCoreOf(line, core.line_id())) settled += line.quantity_milli();
    }
  }
  return settled;
}

absl::Status CheckDocument(const v1::TicketState& state, const IssueCreditMemo& command) {
  RETURN_IF_ERROR(CheckKnown(state, command.ticket_id));
  const v1::Ticket& ticket = state.ticket();
  // What is still written is changed, and what was never sold is not taken back.
  if (ticket.invoice_number().empty()) {
    return rpc::Refused(v1::NOT_INVOICED, absl::StrCat("ticket ", ticket.ticket_id(),
                                                       " was not invoiced; change or void it"));
  }
  // An id names one memo for ever.
  for (const v1::CreditMemo& memo : state.credits()) {
    if (memo.credit_memo_id() == command.credit_memo_id) {
      return rpc::AlreadyExists(
          v1::CREDIT_MEMO_EXISTS,
          absl::StrCat("credit memo ", command.credit_memo_id, " is ", memo.number(), " already"));
    }
  }
  // All of them stay with the ticket.
  if (state.credits_size() >= kMaxCreditMemos) {
    return rpc::Refused(v1::TOO_MANY_CREDIT_MEMOS,
                        absl::StrCat("ticket ", ticket.ticket_id(), " has ", kMaxCreditMemos,
                                     " credit memos; take back the rest in one that is there"));
  }
  return absl::OkStatus();
}

absl::Status NothingLeft(const v1::Ticket& ticket) {
  return rpc::Refused(
      v1::NOTHING_TO_CREDIT,
      absl::StrCat("of what was named nothing is left to credit on ticket ", ticket.ticket_id()));
}

absl::Status Exceeds(const v1::Line& line, const CreditShare& share) {
  return rpc::Refused(
      v1::CREDIT_EXCEEDS_LINE,
      absl::StrCat("of line ", line.line_id(), " ", share.left_quantity_milli(),
                   " thousandths and ", share.left_net_minor(), " minor units before tax are left"),
      {{"left_quantity_milli", absl::StrCat(share.left_quantity_milli())},
       {"left_net_minor", absl::StrCat(share.left_net_minor())}});
}

absl::Status CheckLine(const v1::Line& line, const v1::CreditOrderLine& wanted,
                       const v1::CreditOrder& order) {
  const bool by_share = wanted.share_case() != v1::CreditOrderLine::SHARE_NOT_SET;
  // What was not charged is not given back, and what lowered the price only with all of it.
  if (!WasCharged(line) || (by_share && line.amounts().net_minor() < 0)) {
    return rpc::Refused(v1::LINE_NOT_CREDITABLE,
                        absl::StrCat("line ", line.line_id(),
                                     " was not charged, or is taken back as a whole only"));
  }
  if (wanted.has_quantity_milli() && !HasUnits(line)) {
    return rpc::Refused(v1::LINE_NOT_CREDITABLE,
                        absl::StrCat("line ", line.line_id(), " has no units; credit an amount"));
  }
  // Old parts have a paper of their own.
  if (order.kind() == v1::TICKET_KIND_CORE_RETURN && line.kind() != v1::LINE_KIND_CORE) {
    return rpc::Refused(v1::NOT_A_CORE,
                        absl::StrCat("line ", line.line_id(), " is no core; issue a credit memo"));
  }
  // What was collected for the state is the state's unless there was no sale at all.
  if (line.tax_category() == v1::TAX_CATEGORY_GOVERNMENT_FEE && !order.whole_ticket()) {
    return rpc::Refused(v1::GOVERNMENT_FEE_STAYS,
                        absl::StrCat("line ", line.line_id(),
                                     " is a government fee; it goes back with the whole ticket"));
  }
  return absl::OkStatus();
}

// Every part that comes back has somewhere to go.
absl::Status AddReturned(const v1::CreditOrder& order, const v1::CreditOrderLine& wanted,
                         v1::CreditLine& line) {
  const bool goods = line.kind() == v1::LINE_KIND_PART && line.quantity_milli() > 0;
  *line.mutable_returned() = wanted.returned();
  if (goods && line.returned().empty() && order.disposition() != v1::DISPOSITION_UNSPECIFIED) {
    v1::ReturnedUnits& units = *line.add_returned();
    units.set_disposition(order.disposition());
    units.set_quantity_milli(line.quantity_milli());
  }
  int64_t returned = 0;
  for (const v1::ReturnedUnits& units : line.returned()) returned += units.quantity_milli();
  if (returned == (goods ? line.quantity_milli() : 0)) return absl::OkStatus();
  return rpc::Refused(
      v1::RETURNED_UNITS_DIFFER,
      absl::StrCat("of line ", line.line_id(), " ", goods ? line.quantity_milli() : 0,
                   " thousandths come back, but ", returned,
                   " are to be restocked, quarantined, returned or scrapped"));
}

// A damaged core brings back a part of its deposit; the shop keeps the rest of it for good.
absl::Status WithholdFromCore(const v1::CreditOrderLine& wanted, v1::CreditLine& line) {
  const bool damaged = wanted.core_condition() == v1::CORE_CONDITION_DAMAGED;
  const int64_t whole = line.amounts().net_minor();
  const int64_t value = wanted.core_value_minor();
  if (damaged != wanted.has_core_value_minor() || (damaged && (value < 0 || value >= whole)) ||
      (damaged && (line.kind() != v1::LINE_KIND_CORE || line.by_amount()))) {
    return rpc::Refused(v1::CORE_VALUE_DIFFERS,
                        absl::StrCat("line ", line.line_id(), ": only a damaged core has a value, ",
                                     "from 0 to less than its deposit of ", whole));
  }
  if (!damaged) return absl::OkStatus();
  CreditShare deposit(line.amounts(), 0);
  if (value > 0) {
    ASSIGN_OR_RETURN(*line.mutable_amounts(), deposit.TakeNet(value));
    ASSIGN_OR_RETURN(*line.mutable_withheld(), deposit.TakeRest());
  } else {
    *line.mutable_withheld() = line.amounts();
    line.mutable_amounts()->Clear();
  }
  return absl::OkStatus();
}

// Where the law keeps the tax of a core that comes back alone.
void KeepTax(v1::LineAmounts& given, v1::LineAmounts& kept) {
  kept.set_tax_minor(kept.tax_minor() + given.tax_minor());
  if (kept.taxes().empty()) {
    *kept.mutable_taxes() = given.taxes();
    for (v1::TaxAmount& tax : *kept.mutable_taxes()) tax.set_base_minor(0);
  } else {
    for (int i = 0; i < kept.taxes_size() && i < given.taxes_size(); ++i) {
      kept.mutable_taxes(i)->set_tax_minor(kept.taxes(i).tax_minor() + given.taxes(i).tax_minor());
    }
  }
  if (kept.payers().empty()) {
    *kept.mutable_payers() = given.payers();
    for (v1::PayerAmounts& payer : *kept.mutable_payers()) payer.set_net_minor(0);
  } else {
    for (int i = 0; i < kept.payers_size() && i < given.payers_size(); ++i) {
      kept.mutable_payers(i)->set_tax_minor(kept.payers(i).tax_minor() +
                                            given.payers(i).tax_minor());
    }
  }
  given.set_tax_minor(0);
  for (v1::TaxAmount& tax : *given.mutable_taxes()) tax.set_tax_minor(0);
  for (v1::PayerAmounts& payer : *given.mutable_payers()) payer.set_tax_minor(0);
}

bool Names(const v1::CreditOrder& order, const std::string& line_id) {
  return order.whole_ticket() ||
         std::any_of(order.lines().begin(), order.lines().end(),
                     [&](const v1::CreditOrderLine& line) { return line.line_id() == line_id; });
}

absl::StatusOr<v1::LineAmounts> Take(const v1::Ticket& ticket, const v1::Line& line,
                                     const v1::CreditOrder& order,
                                     const v1::CreditOrderLine& wanted, CreditShare& share) {
  // With the whole ticket goes what settled a core, too.
  if (order.whole_ticket()) return share.TakeRest();
  const int64_t settled = line.kind() == v1::LINE_KIND_CORE ? SettledCores(ticket, line) : 0;
  if (wanted.has_quantity_milli()) {
    if (wanted.quantity_milli() > share.left_quantity_milli() - settled) {
      return Exceeds(line, share);
    }
    return share.TakeQuantity(wanted.quantity_milli());
  }
  if (wanted.has_net_minor()) {
    if (wanted.net_minor() > share.left_net_minor()) return Exceeds(line, share);
    return share.TakeNet(wanted.net_minor());
  }
  if (settled > 0 && settled >= share.left_quantity_milli()) return Exceeds(line, share);
  if (settled > 0) return share.TakeQuantity(share.left_quantity_milli() - settled);
  return share.TakeRest();
}

absl::StatusOr<v1::CreditLine> CreditLineOf(const v1::TicketState& state, const v1::Job* job,
                                            const v1::Line& line, const v1::CreditOrder& order,
                                            const v1::CreditOrderLine& wanted) {
  RETURN_IF_ERROR(CheckLine(line, wanted, order));
  CreditShare share = ShareOf(state, line);
  const int64_t units = share.left_quantity_milli();
  v1::CreditLine credit;
  credit.set_line_id(line.line_id());
  credit.set_job_id(line.job_id());
  credit.set_kind(line.kind());
  credit.set_description(line.description());
  credit.set_unit(line.unit());
  credit.set_part_id(line.part_id());
  credit.set_part_number(line.part_number());
  credit.set_category(line.category());
  credit.set_technician(line.technician().empty() && job != nullptr ? job->technician()
                                                                    : line.technician());
  credit.set_by_amount(wanted.has_net_minor());
  if (line.kind() == v1::LINE_KIND_CORE) {
    credit.set_core_condition(wanted.core_condition() == v1::CORE_CONDITION_UNSPECIFIED
                                  ? v1::CORE_CONDITION_GOOD
                                  : wanted.core_condition());
  }
  ASSIGN_OR_RETURN(*credit.mutable_amounts(), Take(state.ticket(), line, order, wanted, share));
  credit.set_quantity_milli(units - share.left_quantity_milli());
  RETURN_IF_ERROR(AddReturned(order, wanted, credit));
  RETURN_IF_ERROR(WithholdFromCore(wanted, credit));
  if (line.amounts().core_tax() == v1::CORE_TAX_PATTERN_KEPT && !Names(order, line.for_line_id())) {
    KeepTax(*credit.mutable_amounts(), *credit.mutable_withheld());
  }
  return credit;
}

bool IsEmpty(const v1::CreditLine& line) {
  return line.quantity_milli() == 0 && line.amounts().net_minor() == 0 &&
         line.amounts().tax_minor() == 0;
}

// All that is left; what has nothing left is passed over.
absl::Status AddWholeTicket(const v1::TicketState& state, const v1::CreditOrder& order,
                            v1::CreditMemo& memo) {
  const auto add = [&](const v1::Job* job, const v1::Line& line) -> absl::Status {
    if (!WasCharged(line)) return absl::OkStatus();
    v1::CreditOrderLine wanted;
    wanted.set_line_id(line.line_id());
    CreditShare share = ShareOf(state, line);
    if (share.left_quantity_milli() == 0 && share.left_net_minor() == 0 &&
        share.left_tax_minor() == 0) {
      return absl::OkStatus();
    }
    ASSIGN_OR_RETURN(v1::CreditLine credit, CreditLineOf(state, job, line, order, wanted));
    if (!IsEmpty(credit)) *memo.add_lines() = std::move(credit);
    return absl::OkStatus();
  };
  for (const v1::Job& job : state.ticket().jobs()) {
    for (const v1::Line& line : job.lines()) RETURN_IF_ERROR(add(&job, line));
  }
  for (const v1::Line& line : state.ticket().lines()) RETURN_IF_ERROR(add(nullptr, line));
  return absl::OkStatus();
}

absl::Status AddNamed(const v1::TicketState& state, const v1::CreditOrder& order,
                      v1::CreditMemo& memo) {
  for (const v1::CreditOrderLine& wanted : order.lines()) {
    const FoundLine found = FindLine(state.ticket(), wanted.line_id());
    if (found.line == nullptr) {
      return rpc::NotFound(v1::LINE_UNKNOWN, absl::StrCat("ticket ", state.ticket().ticket_id(),
                                                          " has no line ", wanted.line_id()));
    }
    ASSIGN_OR_RETURN(v1::CreditLine credit,
                     CreditLineOf(state, found.job, *found.line, order, wanted));
    if (IsEmpty(credit)) return NothingLeft(state.ticket());
    *memo.add_lines() = std::move(credit);
  }
  return absl::OkStatus();
}

int64_t* NetOf(v1::LineKind kind, int64_t& labour, int64_t& parts, int64_t& fees, int64_t& cores) {
  if (kind == v1::LINE_KIND_LABOUR) return &labour;
  if (kind == v1::LINE_KIND_PART) return &parts;
  return kind == v1::LINE_KIND_CORE ? &cores : &fees;
}

void AddTax(const v1::TaxAmount& tax, v1::Totals& totals) {
  for (v1::TaxAmount& sum : *totals.mutable_taxes()) {
    if (sum.authority() != tax.authority() || sum.rate_ppm() != tax.rate_ppm() ||
        sum.rule_id() != tax.rule_id()) {
      continue;
    }
    sum.set_base_minor(sum.base_minor() + tax.base_minor());
    sum.set_tax_minor(sum.tax_minor() + tax.tax_minor());
    return;
  }
  *totals.add_taxes() = tax;
}

// Sums of parts of one invoice, whose own sums fit.
void Sum(v1::CreditMemo& memo) {
  v1::Totals& totals = *memo.mutable_totals();
  int64_t labour = 0;
  int64_t parts = 0;
  int64_t fees = 0;
  int64_t cores = 0;
  int64_t till = 0;
  for (const v1::CreditLine& line : memo.lines()) {
    const v1::LineAmounts& amounts = line.amounts();
    *NetOf(line.kind(), labour, parts, fees, cores) += amounts.net_minor();
    totals.set_discount_minor(totals.discount_minor() + amounts.line_discount_minor() +
                              amounts.ticket_discount_minor());
    totals.set_tax_minor(totals.tax_minor() + amounts.tax_minor());
    for (const v1::TaxAmount& tax : amounts.taxes()) AddTax(tax, totals);
    if (amounts.payers().empty()) till += amounts.net_minor() + amounts.tax_minor();
    for (const v1::PayerAmounts& payer : amounts.payers()) {
      if (payer.payer().kind() != v1::PAYER_KIND_CUSTOMER) continue;
      till += payer.net_minor() + payer.tax_minor();
    }
  }
  totals.set_labour_net_minor(labour);
  totals.set_parts_net_minor(parts);
  totals.set_fees_net_minor(fees);
  totals.set_cores_net_minor(cores);
  totals.set_total_minor(labour + parts + fees + cores + totals.tax_minor());
  memo.set_at_till_minor(till);
}

v1::CreditMemo HeaderOf(const v1::Ticket& ticket, const IssueCreditMemo& command,
                        const Context& context) {
  v1::CreditMemo memo;
  memo.set_credit_memo_id(command.credit_memo_id);
  memo.set_number(command.number);
  memo.set_kind(command.order.kind());
  memo.set_ticket_id(ticket.ticket_id());
  memo.set_ticket_number(ticket.number());
  memo.set_invoice_number(ticket.invoice_number());
  memo.set_location_id(ticket.location_id());
  memo.set_customer_id(ticket.customer_id());
  memo.set_vehicle_id(ticket.vehicle_id());
  memo.set_currency(ticket.currency());
  memo.set_business_date(context.business_date);
  memo.set_invoice_business_date(ticket.business_date());
  *memo.mutable_issued_at() = ToTimestamp(context.now);
  memo.set_issued_by(context.actor);
  memo.set_reason(command.order.reason());
  memo.set_whole_ticket(command.order.whole_ticket());
  memo.set_invoice_stage(ticket.stage());
  return memo;
}

}  // namespace

absl::StatusOr<const v1::CreditMemo*> GetCreditMemo(const v1::TicketState& state,
                                                    std::string_view credit_memo_id) {
  for (const v1::CreditMemo& memo : state.credits()) {
    if (memo.credit_memo_id() == credit_memo_id) return &memo;
  }
  return rpc::NotFound(v1::CREDIT_MEMO_UNKNOWN,
                       absl::StrCat("ticket ", state.ticket().ticket_id(), " has no credit memo ",
                                    ToAbsl(credit_memo_id)));
}

CreditShare ShareOf(const v1::TicketState& state, const v1::Line& line) {
  CreditShare share(line.amounts(), UnitsOf(line));
  for (const v1::CreditMemo& memo : state.credits()) {
    for (const v1::CreditLine& credit : memo.lines()) {
      if (credit.line_id() == line.line_id()) share.Replay(credit);
    }
  }
  return share;
}

std::vector<v1::CreditableLine> CreditableOf(const v1::TicketState& state) {
  std::vector<v1::CreditableLine> creditable;
  if (state.ticket().invoice_number().empty()) return creditable;
  const auto add = [&](const v1::Line& line) {
    if (!WasCharged(line)) return;
    const CreditShare share = ShareOf(state, line);
    const int64_t settled =
        line.kind() == v1::LINE_KIND_CORE ? SettledCores(state.ticket(), line) : 0;
    v1::CreditableLine left;
    left.set_line_id(line.line_id());
    left.set_job_id(line.job_id());
    left.set_kind(line.kind());
    left.set_description(line.description());
    left.set_left_quantity_milli(std::max<int64_t>(0, share.left_quantity_milli() - settled));
    left.set_left_net_minor(share.left_net_minor());
    left.set_left_tax_minor(share.left_tax_minor());
    left.set_government_fee(line.tax_category() == v1::TAX_CATEGORY_GOVERNMENT_FEE);
    const bool nothing =
        left.left_quantity_milli() == 0 && left.left_net_minor() == 0 && left.left_tax_minor() == 0;
    if (!nothing) creditable.push_back(std::move(left));
  };
  for (const v1::Job& job : state.ticket().jobs()) {
    for (const v1::Line& line : job.lines()) add(line);
  }
  for (const v1::Line& line : state.ticket().lines()) add(line);
  return creditable;
}

absl::StatusOr<Events> Decide(const v1::TicketState& state, const IssueCreditMemo& command,
                              const Context& context) {
  RETURN_IF_ERROR(CheckDocument(state, command));
  const v1::Ticket& ticket = state.ticket();
  v1::CreditMemo memo = HeaderOf(ticket, command, context);
  RETURN_IF_ERROR(command.order.whole_ticket() ? AddWholeTicket(state, command.order, memo)
                                               : AddNamed(state, command.order, memo));
  if (memo.lines().empty()) return NothingLeft(ticket);
  Sum(memo);
  // Lines below zero (overlaps, old parts handed over) are part of what was sold, too.
  if (memo.totals().total_minor() > ticket.totals().total_minor() - ticket.credited_minor()) {
    return rpc::Refused(v1::CREDIT_EXCEEDS_LINE,
                        absl::StrCat("the memo comes to ", memo.totals().total_minor(),
                                     " minor units, more than is left of ticket ",
                                     ticket.ticket_id(), "; name its negative lines, too"),
                        {{"left_net_minor",
                          absl::StrCat(ticket.totals().total_minor() - ticket.credited_minor())}});
  }
  memo.set_balance_minor(BalanceOf(ticket) - memo.at_till_minor());
  Draft draft(state, context);
  v1::TicketEvent event;
  *event.mutable_credit_memo_issued()->mutable_memo() = std::move(memo);
  draft.Add(std::move(event));
  CloseIfPaid(draft, context);
  return draft.TakeEvents();
}

void ApplyCredit(const v1::CreditMemo& memo, v1::TicketState& state) {
  v1::Ticket& ticket = *state.mutable_ticket();
  *state.add_credits() = memo;
  v1::TicketCredit& shown = *ticket.add_credits();
  shown.set_credit_memo_id(memo.credit_memo_id());
  shown.set_number(memo.number());
  shown.set_kind(memo.kind());
  shown.set_total_minor(memo.totals().total_minor());
  shown.set_business_date(memo.business_date());
  ticket.set_credited_minor(ticket.credited_minor() + memo.totals().total_minor());
  ticket.set_credited_at_till_minor(ticket.credited_at_till_minor() + memo.at_till_minor());
  for (const v1::CreditLine& credit : memo.lines()) {
    v1::Line* line = FindLine(ticket, credit.line_id());
    if (line == nullptr) continue;
    line->set_credited_quantity_milli(line->credited_quantity_milli() + credit.quantity_milli());
    line->set_credited_net_minor(line->credited_net_minor() + credit.amounts().net_minor());
    line->set_credited_tax_minor(line->credited_tax_minor() + credit.amounts().tax_minor());
    if (!IsChargedCore(*line) || credit.quantity_milli() == 0) continue;
    // It is not awaited any more.
    MoveCores(*line, credit.quantity_milli(),
              credit.core_condition() == v1::CORE_CONDITION_DAMAGED
                  ? v1::CORE_STATUS_RETURNED_DAMAGED
                  : v1::CORE_STATUS_RETURNED_GOOD,
              credit.amounts().net_minor());
  }
}

}  // namespace pitlane::ticket
