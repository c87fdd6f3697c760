// Write-up, invoice, void, and the money that comes and goes.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/rpc/errors.h"
#include "services/ticket/domain/closing.h"
#include "services/ticket/domain/consent_rules.h"
#include "services/ticket/domain/core.h"
#include "services/ticket/domain/draft.h"
#include "services/ticket/domain/fee_schedule.h"
#include "services/ticket/domain/menu_policy.h"
#include "services/ticket/domain/payer.h"
#include "services/ticket/domain/refusals.h"
#include "services/ticket/domain/ticket.h"
#include "services/ticket/domain/ticket_parts.h"
#include "services/ticket/domain/timestamps.h"

namespace pitlane::ticket {
namespace {

absl::Status CheckCustomer(const OpenTicket& command) {
  const std::string& customer_id = command.request.customer_id();
  if (customer_id.empty()) return absl::OkStatus();
  return CheckKnownCustomer(command.customer, customer_id);
}

// A quote for a vehicle is priced as the repair order that it may become.
void AddDefaultFees(const OpenTicket& command, const Context& context, v1::Ticket& ticket) {
  if (ticket.vehicle_id().empty()) return;
  size_t next_id = 0;
  for (const v1::DefaultFee& fee : context.location.default_fees()) {
    v1::Line& line = *ticket.add_lines();
    line.set_line_id(command.fee_line_ids[next_id++]);
    line.set_kind(v1::LINE_KIND_FEE);
    line.set_description(fee.description());
    line.set_quantity_milli(1000);
    line.set_tax_category(fee.tax_category());
    *line.mutable_fee() = fee.rule();
  }
  for (const v1::ScheduledFee* fee : FeesOfTicket(context.menu, context.business_date)) {
    v1::Line& line = *ticket.add_lines();
    line = FeeLineOf(*fee, *context.menu.fees);
    line.set_line_id(command.fee_line_ids[next_id++]);
  }
}

v1::Ticket Header(const OpenTicket& command, const Context& context) {
  const v1::OpenTicketRequest& request = command.request;
  v1::Ticket ticket;
  ticket.set_ticket_id(request.ticket_id());
  ticket.set_kind(request.kind());
  ticket.set_location_id(context.location.location_id());
  ticket.set_currency(context.location.currency());
  ticket.set_number(command.number);
  ticket.set_customer_id(request.customer_id());
  ticket.set_vehicle_id(request.vehicle_id());
  ticket.set_stage(v1::DOCUMENT_STAGE_ESTIMATE);
  ticket.set_settlement(v1::SETTLEMENT_UNPAID);
  if (request.has_odometer_in()) ticket.set_odometer_in(request.odometer_in());
  *ticket.mutable_opened_at() = ToTimestamp(context.now);
  ticket.set_advisor(request.advisor().empty() ? context.actor : request.advisor());
  ticket.set_version(1);
  ticket.set_cash_increment_minor(context.location.cash_increment_minor());
  ticket.set_return_old_parts(request.return_old_parts());
  if (!request.follows_ticket_id().empty()) {
    v1::TicketLink& link = *ticket.add_links();
    link.set_relation(v1::TicketLink::RELATION_FOLLOWS);
    link.set_ticket_id(request.follows_ticket_id());
  }
  return ticket;
}

absl::Status CheckConsent(const v1::Ticket& ticket, const Context& context) {
  // What was changed after the customer agreed is asked again, unless the law of the place lets a
  // shop go on up to a ceiling (checked with the total).
  if (AllowsOverage(context.location, context.business_date)) return absl::OkStatus();
  for (const v1::Job& job : ticket.jobs()) {
    if (IsAuthorized(job.status()) && job.consent_outdated()) {
      return rpc::Refused(
          v1::CONSENT_OUTDATED,
          absl::StrCat("job ", job.job_id(), " was changed after the customer agreed; ask again"));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckWork(const v1::Ticket& ticket) {
  const bool any = std::any_of(ticket.jobs().begin(), ticket.jobs().end(),
                               [](const v1::Job& job) { return IsAuthorized(job.status()); });
  // There is nothing to charge for without a customer's yes.
  if (!any) {
    return rpc::Refused(
        v1::NOTHING_AUTHORIZED,
        absl::StrCat("no job of ticket ", ticket.ticket_id(), " is authorised; void it instead"));
  }
  if (ticket.kind() != v1::TICKET_KIND_REPAIR_ORDER) return absl::OkStatus();
  // Work is charged when it is done. Over the counter there is no work.
  for (const v1::Job& job : ticket.jobs()) {
    if (IsAuthorized(job.status()) && !IsDone(job.status())) {
      return rpc::Refused(v1::WORK_UNFINISHED, absl::StrCat("job ", job.job_id(),
                                                            " is not complete; complete it first"));
    }
  }
  return absl::OkStatus();
}

// The customer pays what they agreed to, and more only as far as the law of the place and the
// shop's own policy allow.
absl::Status CheckCeiling(const v1::Ticket& ticket, const v1::Totals& totals,
                          const OverageLimit& limit) {
  const v1::OveragePolicy& policy = limit.policy;
  const AmountPair amounts = AmountsOf(totals);
  const int64_t amount =
      policy.before_tax() ? amounts.excluding_tax_minor : amounts.including_tax_minor;
  const int64_t agreed = policy.before_tax() ? ticket.agreed_excluding_tax_minor()
                                             : ticket.agreed_including_tax_minor();
  ASSIGN_OR_RETURN(const int64_t ceiling, OverageCeiling(policy, agreed));
  if (amount <= ceiling) return absl::OkStatus();
  return rpc::Refused(v1::CEILING_EXCEEDED,
                      absl::StrCat("ticket ", ticket.ticket_id(), " comes to ", amount,
                                   " minor units, agreed were ", agreed, ", allowed are ", ceiling,
                                   "; ask for new consent or reduce it"),
                      {{"agreed_minor", absl::StrCat(agreed)},
                       {"ceiling_minor", absl::StrCat(ceiling)},
                       {"amount_minor", absl::StrCat(amount)},
                       {"rule_id", limit.rule_id}});
}

// A warranty claim whose split does not add up is rejected by whoever is to pay it.
absl::Status CheckPayers(const v1::Ticket& ticket, const v1::Calculation& calculation) {
  for (const v1::Job& job : ticket.jobs()) {
    if (!IsAuthorized(job.status())) continue;
    const int64_t amount = AmountsOf(job, calculation).excluding_tax_minor;
    if (!ExceedsAmount(job.payers(), amount)) continue;
    return rpc::Refused(v1::PAYER_AMOUNT_TOO_LARGE,
                        absl::StrCat("job ", job.job_id(), " comes to ", amount,
                                     " minor units before tax, less than its payers' amounts;"
                                     " split it again"),
                        {{"job_id", job.job_id()}});
  }
  return absl::OkStatus();
}

v1::Ticket Invoiced(const Draft& draft, const InvoiceTicket& command, const Context& context,
                    const v1::Calculation& calculation) {
  v1::Ticket ticket = draft.ticket();
  ApplyCalculation(calculation, ticket);
  AwaitCores(ticket, CoreDueDate(context.location, context.business_date));
  ticket.set_stage(v1::DOCUMENT_STAGE_INVOICED);
  ticket.set_invoice_number(command.invoice_number);
  std::vector<std::string> numbers = {command.invoice_number};
  numbers.insert(numbers.end(), command.other_numbers.begin(), command.other_numbers.end());
  AddInvoices(numbers, command.request.others_on_account(), ticket);
  *ticket.mutable_invoiced_at() = ToTimestamp(context.now);
  ticket.set_business_date(context.business_date);
  if (command.request.has_odometer_out()) {
    ticket.set_odometer_out(command.request.odometer_out());
  }
  ticket.set_cash_increment_minor(context.location.cash_increment_minor());
  ticket.set_version(draft.next_version());
  ticket.set_production(ProductionOf(ticket));
  ticket.set_settlement(SettlementOf(ticket, false));
  return ticket;
}

}  // namespace

void CloseIfPaid(Draft& draft, const Context& context) {
  const v1::Ticket& ticket = draft.ticket();
  if (ticket.stage() != v1::DOCUMENT_STAGE_INVOICED) return;
  if (BalanceOf(ticket) > 0 || AnyOtherOpen(ticket)) return;
  v1::TicketEvent event;
  v1::Ticket& closed = *event.mutable_ticket_closed()->mutable_ticket();
  closed = ticket;
  closed.clear_jobs();
  for (const v1::Job& job : ticket.jobs()) {
    if (IsAuthorized(job.status())) *closed.add_jobs() = job;
  }
  closed.set_stage(v1::DOCUMENT_STAGE_CLOSED);
  *closed.mutable_closed_at() = ToTimestamp(context.now);
  closed.set_version(draft.next_version());
  *event.mutable_ticket_closed()->mutable_credits() = draft.state().credits();
  draft.Add(std::move(event));
}

namespace {

absl::Status CheckCurrency(const v1::Ticket& ticket, const std::string& currency) {
  if (currency == ticket.currency()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("ticket ", ticket.ticket_id(), " is in ",
                                                 ticket.currency(), ", the money in ", currency));
}

bool Contains(const google::protobuf::RepeatedPtrField<std::string>& ids, const std::string& id) {
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

}  // namespace

absl::StatusOr<Events> Decide(const v1::TicketState& state, const OpenTicket& command,
                              const Context& context) {
  RETURN_IF_ERROR(CheckKnown(context.location, command.request.location_id()));
  // An id names one ticket for ever.
  if (!state.ticket().ticket_id().empty()) {
    return rpc::AlreadyExists(
        v1::TICKET_EXISTS, absl::StrCat("ticket ", state.ticket().ticket_id(), " exists already"));
  }
  RETURN_IF_ERROR(CheckCustomer(command));
  RETURN_IF_ERROR(CheckVehicle(command.request.kind(), command.request.vehicle_id()));

  Draft draft(state, context);
  v1::TicketEvent event;
  v1::Ticket& ticket = *event.mutable_ticket_opened()->mutable_ticket();
  ticket = Header(command, context);
  AddDefaultFees(command, context, ticket);
  ASSIGN_OR_RETURN(const v1::Calculation calculation,
                   draft.CalculationOf(ticket, Counting::kEstimate));
  ApplyCalculation(calculation, ticket);
  draft.Add(std::move(event));
  return draft.TakeEvents();
}

absl::StatusOr<Events> Decide(const v1::TicketState& state, const InvoiceTicket& command,
                              const Context& context) {
  RETURN_IF_ERROR(CheckOpen(state, command.request.ticket_id()));
  RETURN_IF_ERROR(CheckNoQuote(state.ticket()));
  Draft draft(state, context);
  const v1::Ticket& ticket = draft.ticket();
  RETURN_IF_ERROR(CheckWork(ticket));
  RETURN_IF_ERROR(CheckConsent(ticket, context));
  // The law and the vehicle's history want the reading at hand-over.
  if (ticket.kind() == v1::TICKET_KIND_REPAIR_ORDER && !command.request.has_odometer_out()) {
    return rpc::Refused(v1::ODOMETER_REQUIRED,
                        absl::StrCat("read the odometer of ticket ", ticket.ticket_id(),
                                     "'s vehicle and send odometer_out"));
  }
  // The taxes of the day of the invoice, not of the estimate.
  ASSIGN_OR_RETURN(const v1::Calculation calculation,
                   draft.CalculationOf(ticket, Counting::kInvoice));
  for (const OverageLimit& limit : OverageLimits(context.location, context.business_date)) {
    RETURN_IF_ERROR(CheckCeiling(ticket, calculation.totals(), limit));
  }

  RETURN_IF_ERROR(CheckPayers(ticket, calculation));

  v1::TicketEvent event;
  *event.mutable_ticket_invoiced()->mutable_ticket() =
      Invoiced(draft, command, context, calculation);
  draft.Add(std::move(event));
  CloseIfPaid(draft, context);
  return draft.TakeEvents();
}

absl::StatusOr<Events> Decide(const v1::TicketState& state, const VoidTicket& command,
                              const Context& context) {
  RETURN_IF_ERROR(CheckOpen(state, command.ticket_id()));
  const v1::Ticket& ticket = state.ticket();
  // Labour that was done is owed to somebody: it is invoiced, not made to vanish.
  for (const v1::Job& job : ticket.jobs()) {
    const bool labour =
        std::any_of(job.lines().begin(), job.lines().end(),
                    [](const v1::Line& line) { return line.kind() == v1::LINE_KIND_LABOUR; });
    if (IsDone(job.status()) && labour) {
      return rpc::Refused(v1::WORK_WAS_DONE,
                          absl::StrCat("job ", job.job_id(), " is complete; invoice the ticket"));
    }
  }
  RETURN_IF_ERROR(CheckNoMoney(ticket));
  Draft draft(state, context);
  v1::TicketEvent event;
  event.mutable_ticket_voided()->set_reason(command.reason());
  event.mutable_ticket_voided()->set_location_id(ticket.location_id());
  draft.Add(std::move(event));
  return draft.TakeEvents();
}

absl::StatusOr<Events> Decide(const v1::TicketState& state, const FollowTicket& command,
                              const Context& context) {
  RETURN_IF_ERROR(CheckKnown(state, command.ticket_id));
  const v1::Ticket& ticket = state.ticket();
  // A shop's books are kept by location.
  if (ticket.location_id() != context.location.location_id()) {
    return rpc::Refused(v1::LINKED_TICKET_ELSEWHERE,
                        absl::StrCat("ticket ", ticket.ticket_id(), " belongs to location ",
                                     ticket.location_id(), "; open the new one there"));
  }
  // What is still written is changed, not followed.
  if (ticket.stage() == v1::DOCUMENT_STAGE_ESTIMATE ||
      ticket.stage() == v1::DOCUMENT_STAGE_WORK_ORDER) {
    return rpc::Refused(v1::LINKED_TICKET_OPEN, absl::StrCat("ticket ", ticket.ticket_id(),
                                                             " is still open; change that one"));
  }
  Draft draft(state, context);
  v1::TicketEvent event;
  event.mutable_ticket_followed()->set_ticket_id(command.followed_by);
  draft.Add(std::move(event));
  return draft.TakeEvents();
}

absl::StatusOr<Events> Decide(const v1::TicketState& state, const ReceiveMoney& command,
                              const Context& context) {
  RETURN_IF_ERROR(CheckKnown(state, command.payment_id));
  if (Contains(state.payment_ids(), command.payment_id)) return Events();
  RETURN_IF_ERROR(CheckCurrency(state.ticket(), command.currency));
  Draft draft(state, context);
  v1::TicketEvent event;
  v1::MoneyReceived& received = *event.mutable_money_received();
  received.set_payment_id(command.payment_id);
  received.set_applied_minor(command.applied_minor);
  received.set_balance_minor(BalanceOf(state.ticket()) - command.applied_minor);
  draft.Add(std::move(event));
  CloseIfPaid(draft, context);
  return draft.TakeEvents();
}

absl::StatusOr<Events> Decide(const v1::TicketState& state, const ReturnMoney& command,
                              const Context& context) {
  RETURN_IF_ERROR(CheckKnown(state, command.payment_id));
  if (Contains(state.refund_ids(), command.refund_id)) return Events();
  RETURN_IF_ERROR(CheckCurrency(state.ticket(), command.currency));
  Draft draft(state, context);
  v1::TicketEvent event;
  v1::MoneyReturned& returned = *event.mutable_money_returned();
  returned.set_payment_id(command.payment_id);
  returned.set_refund_id(command.refund_id);
  returned.set_refunded_minor(command.refunded_minor);
  returned.set_balance_minor(BalanceOf(state.ticket()) + command.refunded_minor);
  draft.Add(std::move(event));
  return draft.TakeEvents();
}

}  // namespace pitlane::ticket
