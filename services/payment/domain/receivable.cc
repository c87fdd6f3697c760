#include "services/payment/domain/receivable.h"

#include <algorithm>
#include <string>

namespace pitlane::payment {
namespace {

// Changes what the payment holds; what comes to nothing is forgotten.
void AddToHold(v1::ReceivableState& state, const std::string& payment_id, int64_t amount_minor) {
  v1::Receivable& receivable = *state.mutable_receivable();
  receivable.set_held_minor(receivable.held_minor() + amount_minor);
  auto& holds = *state.mutable_holds();
  auto hold = std::find_if(holds.begin(), holds.end(), [&](const v1::Hold& candidate) {
    return candidate.payment_id() == payment_id;
  });
  if (hold == holds.end()) {
    state.add_holds()->set_payment_id(payment_id);
    hold = holds.end() - 1;
  }
  hold->set_amount_minor(hold->amount_minor() + amount_minor);
  if (hold->amount_minor() == 0) holds.erase(hold);
}

void Apply(v1::ReceivableState& state, const v1::ReceivablePaid& paid) {
  const int64_t held = std::min(HeldBy(state, paid.payment_id()), paid.applied_minor());
  if (held > 0) AddToHold(state, paid.payment_id(), -held);
  state.mutable_receivable()->set_balance_minor(paid.balance_minor());
}

void Apply(v1::ReceivableState& state, const v1::ReceivableCredited& credited) {
  state.add_credit_memo_ids(credited.credit_memo_id());
  v1::Receivable& receivable = *state.mutable_receivable();
  receivable.set_credited_minor(receivable.credited_minor() + credited.amount_minor());
  receivable.set_balance_minor(credited.balance_minor());
  receivable.set_credit_business_date(credited.business_date());
}

}  // namespace

// Other payers' shares are owed by their own invoices, which the ticket keeps.
int64_t OwedAtTill(const ticket::v1::Ticket& ticket) {
  return ticket.has_customer_total_minor() ? ticket.customer_total_minor()
                                           : ticket.totals().total_minor();
}

void ReceivableAggregate::Apply(v1::ReceivableState& state, const v1::PaymentEvent& event) {
  const uint64_t version = state.receivable().version() + 1;
  switch (event.event_case()) {
    case v1::PaymentEvent::kReceivableCreated:
      *state.mutable_receivable() = event.receivable_created().receivable();
      break;
    case v1::PaymentEvent::kReceivableCharged:
      AddToHold(state, event.receivable_charged().payment_id(),
                event.receivable_charged().amount_minor());
      break;
    case v1::PaymentEvent::kReceivableReleased:
      AddToHold(state, event.receivable_released().payment_id(),
                -event.receivable_released().amount_minor());
      break;
    case v1::PaymentEvent::kReceivablePaid:
      payment::Apply(state, event.receivable_paid());
      break;
    case v1::PaymentEvent::kReceivableReopened:
      state.mutable_receivable()->set_balance_minor(event.receivable_reopened().balance_minor());
      break;
    case v1::PaymentEvent::kReceivableCredited:
      payment::Apply(state, event.receivable_credited());
      break;
    case v1::PaymentEvent::kPaymentCreated:
    case v1::PaymentEvent::kAttemptStarted:
    case v1::PaymentEvent::kPaymentCaptured:
    case v1::PaymentEvent::kPaymentDeclined:
    case v1::PaymentEvent::kPaymentCanceled:
    case v1::PaymentEvent::kOutcomeUnknown:
    case v1::PaymentEvent::kOutcomeResolved:
    case v1::PaymentEvent::kRefundStarted:
    case v1::PaymentEvent::kPaymentRefunded:
    case v1::PaymentEvent::kRefundFailed:
    case v1::PaymentEvent::kPaymentCancelRequested:
    case v1::PaymentEvent::EVENT_NOT_SET:
      return;  // not facts of this stream
  }
  state.mutable_receivable()->set_version(version);
}

absl::StatusOr<Events> Decide(const v1::ReceivableState& state, const CreateReceivable& command) {
  const ticket::v1::Ticket& ticket = command.ticket;
  const int64_t owed = OwedAtTill(ticket);
  if (!state.receivable().ticket_id().empty() || owed <= 0) return Events();
  Events events(1);
  v1::Receivable& receivable = *events[0].mutable_receivable_created()->mutable_receivable();
  receivable.set_ticket_id(ticket.ticket_id());
  receivable.set_location_id(ticket.location_id());
  receivable.set_customer_id(ticket.customer_id());
  receivable.set_invoice_number(ticket.invoice_number());
  receivable.set_currency(ticket.currency());
  receivable.set_total_minor(owed);
  receivable.set_balance_minor(owed);
  receivable.set_cash_increment_minor(ticket.cash_increment_minor());
  receivable.set_business_date(ticket.business_date());
  receivable.set_version(1);
  return events;
}

absl::StatusOr<Events> Decide(const v1::ReceivableState& state, const CreditReceivable& command) {
  const ticket::v1::CreditMemo& memo = command.memo;
  const auto& counted = state.credit_memo_ids();
  const bool known =
      std::find(counted.begin(), counted.end(), memo.credit_memo_id()) != counted.end();
  if (known || state.receivable().ticket_id().empty()) return Events();
  Events events(1);
  v1::ReceivableCredited& credited = *events[0].mutable_receivable_credited();
  credited.set_credit_memo_id(memo.credit_memo_id());
  credited.set_number(memo.number());
  credited.set_amount_minor(memo.at_till_minor());
  credited.set_balance_minor(state.receivable().balance_minor() - memo.at_till_minor());
  credited.set_business_date(memo.business_date());
  return events;
}

int64_t OwedToCustomer(const v1::ReceivableState& state) {
  // What was paid too much by mistake goes back by RefundPayment, payment by payment.
  return std::clamp<int64_t>(-state.receivable().balance_minor(), 0,
                             std::max<int64_t>(0, state.receivable().credited_minor()));
}

const std::string& RefundDateOf(const v1::ReceivableState& state) {
  const v1::Receivable& receivable = state.receivable();
  return receivable.credit_business_date().empty() ? receivable.business_date()
                                                   : receivable.credit_business_date();
}

int64_t OpenOf(const v1::ReceivableState& state) {
  return state.receivable().balance_minor() - state.receivable().held_minor();
}

int64_t HeldBy(const v1::ReceivableState& state, std::string_view payment_id) {
  for (const v1::Hold& hold : state.holds()) {
    if (hold.payment_id() == payment_id) return hold.amount_minor();
  }
  return 0;
}

}  // namespace pitlane::payment
