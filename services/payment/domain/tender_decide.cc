// Taking money, and giving up.
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/money/currency.h"
#include "libs/rpc/errors.h"
#include "libs/runtime/timestamps.h"
#include "services/payment/domain/tender.h"
#include "services/payment/domain/tender_parts.h"

namespace pitlane::payment {
namespace {

// What is to be credited: what was asked for, or everything that is open.
absl::StatusOr<int64_t> AmountOf(const v1::ReceivableState& receivable, int64_t asked_minor) {
  const int64_t open = OpenOf(receivable);
  // Nobody pays twice, and what another tender holds is as good as paid until it comes to nothing.
  if (open <= 0) {
    return rpc::Refused(
        v1::NOTHING_OWED,
        absl::StrCat(
            "nothing is open of ticket ", receivable.receivable().ticket_id(),
            receivable.receivable().held_minor() > 0 ? "; wait for the tenders under way" : ""));
  }
  // Never more than what is owed; a customer's excess cash is change, not credit.
  if (asked_minor > open) {
    return rpc::Refused(v1::AMOUNT_EXCEEDS_BALANCE,
                        absl::StrCat("only ", open, " minor units are open of ticket ",
                                     receivable.receivable().ticket_id()),
                        {{"open_minor", absl::StrCat(open)}});
  }
  return asked_minor == 0 ? open : asked_minor;
}

// What the customer has to hand over for an amount: the whole of what is open is rounded to what
// coins there are (handbook §5.1), a part of it must be payable as it is.
absl::StatusOr<int64_t> CashDue(const v1::ReceivableState& receivable, int64_t amount_minor) {
  const int64_t increment = CashIncrementOf(receivable);
  if (amount_minor == OpenOf(receivable)) return CashRoundTo(amount_minor, increment);
  RETURN_IF_ERROR(CheckPayableInCash(receivable, amount_minor));
  return amount_minor;
}

v1::Payment NewPayment(const v1::Receivable& receivable, v1::Tender tender, int64_t amount_minor,
                       std::string payment_id, absl::Time now) {
  v1::Payment payment;
  payment.set_payment_id(std::move(payment_id));
  payment.set_ticket_id(receivable.ticket_id());
  payment.set_location_id(receivable.location_id());
  payment.set_tender(tender);
  payment.set_status(v1::PAYMENT_STATUS_CREATED);
  payment.set_currency(receivable.currency());
  payment.set_amount_minor(amount_minor);
  *payment.mutable_created_at() = runtime::ToTimestamp(now);
  payment.set_version(1);
  return payment;
}

v1::PaymentEvent Created(v1::Payment payment) {
  v1::PaymentEvent event;
  *event.mutable_payment_created()->mutable_payment() = std::move(payment);
  return event;
}

v1::PaymentEvent Charged(const v1::ReceivableState& receivable, const std::string& payment_id,
                         int64_t amount_minor) {
  v1::PaymentEvent event;
  event.mutable_receivable_charged()->set_payment_id(payment_id);
  event.mutable_receivable_charged()->set_amount_minor(amount_minor);
  event.mutable_receivable_charged()->set_open_minor(OpenOf(receivable) - amount_minor);
  return event;
}

v1::PaymentEvent Started(const TakeCard& command, const v1::Receivable& receivable,
                         int64_t amount_minor) {
  v1::PaymentEvent event;
  v1::AttemptStarted& started = *event.mutable_attempt_started();
  started.set_payment_id(command.request.payment_id());
  started.set_attempt_id(command.attempt_id);
  started.set_reader_id(command.request.reader_id());
  started.set_amount_minor(amount_minor);
  started.set_currency(receivable.currency());
  return event;
}

absl::Status CheckRetryable(const v1::PaymentState& state, const v1::TakeCardRequest& request) {
  const v1::Payment& payment = state.payment();
  // Whoever does not know whether the card was charged must find out before charging it again.
  if (payment.status() == v1::PAYMENT_STATUS_UNKNOWN) return OutcomeIsUnknown(payment);
  // Only a card that was declined is tried again, and for the same amount.
  const bool other_amount =
      request.amount_minor() != 0 && request.amount_minor() != payment.amount_minor();
  if (payment.status() != v1::PAYMENT_STATUS_DECLINED || other_amount) {
    return rpc::Refused(v1::PAYMENT_NOT_RETRYABLE,
                        absl::StrCat("payment ", payment.payment_id(),
                                     other_amount ? " is for another amount" : " was not declined",
                                     "; start a new payment"));
  }
  return absl::OkStatus();
}

v1::PaymentEvent CashCaptured(const v1::Payment& payment, int64_t due_minor,
                              int64_t tendered_minor) {
  v1::PaymentEvent event;
  v1::PaymentCaptured& captured = *event.mutable_payment_captured();
  captured.set_payment_id(payment.payment_id());
  captured.set_ticket_id(payment.ticket_id());
  captured.set_location_id(payment.location_id());
  captured.set_tender(payment.tender());
  captured.set_captured_minor(due_minor);
  captured.set_applied_minor(payment.amount_minor());
  captured.set_rounding_minor(payment.amount_minor() - due_minor);
  captured.set_tendered_minor(tendered_minor);
  captured.set_change_minor(tendered_minor - due_minor);
  captured.set_currency(payment.currency());
  return event;
}

v1::PaymentEvent Canceled(const v1::Payment& payment, const std::string& reason) {
  v1::PaymentEvent event;
  event.mutable_payment_canceled()->set_payment_id(payment.payment_id());
  event.mutable_payment_canceled()->set_attempt_id(payment.attempt_id());
  event.mutable_payment_canceled()->set_reason(reason);
  return event;
}

}  // namespace

bool IsReceivableEvent(const v1::PaymentEvent& event) {
  return event.has_receivable_created() || event.has_receivable_charged() ||
         event.has_receivable_released() || event.has_receivable_paid() ||
         event.has_receivable_reopened() || event.has_receivable_credited();
}

absl::StatusOr<Events> Decide(const TenderState& state, const TakeCash& command) {
  const v1::TakeCashRequest& request = command.request;
  RETURN_IF_ERROR(CheckKnown(state.receivable, request.ticket_id()));
  // A payment's id is its own for ever.
  if (!state.payment.payment().payment_id().empty()) return PaymentExists(request.payment_id());
  RETURN_IF_ERROR(CheckCurrency(state.receivable.receivable().currency(), request.currency()));
  ASSIGN_OR_RETURN(const int64_t amount, AmountOf(state.receivable, request.amount_minor()));
  ASSIGN_OR_RETURN(const int64_t due, CashDue(state.receivable, amount));
  const int64_t tendered = request.tendered_minor() == 0 ? due : request.tendered_minor();
  // There are no coins to give change for what there are no coins to pay with.
  RETURN_IF_ERROR(CheckPayableInCash(state.receivable, tendered));
  // The drawer takes what is due or more.
  if (tendered < due) {
    return rpc::Refused(v1::TENDERED_TOO_LITTLE,
                        absl::StrCat(due, " minor units are due and only ", tendered,
                                     " were handed over; take a smaller amount"),
                        {{"due_minor", absl::StrCat(due)}});
  }
  const v1::Payment payment = NewPayment(state.receivable.receivable(), v1::TENDER_CASH, amount,
                                         request.payment_id(), command.now);
  return Events{Created(payment), CashCaptured(payment, due, tendered),
                Paid(state.receivable, payment.payment_id(), amount)};
}

absl::StatusOr<Events> Decide(const TenderState& state, const TakeCard& command) {
  const v1::TakeCardRequest& request = command.request;
  const v1::Receivable& receivable = state.receivable.receivable();
  const v1::Payment& payment = state.payment.payment();
  RETURN_IF_ERROR(CheckKnown(state.receivable, request.ticket_id()));
  const bool again = !payment.payment_id().empty();
  if (again && payment.ticket_id() != request.ticket_id()) {
    return PaymentExists(request.payment_id());
  }
  RETURN_IF_ERROR(CheckCurrency(receivable.currency(), request.currency()));
  if (again) RETURN_IF_ERROR(CheckRetryable(state.payment, request));
  // A declined card held nothing meanwhile, so others may have paid.
  ASSIGN_OR_RETURN(
      const int64_t amount,
      AmountOf(state.receivable, again ? payment.amount_minor() : request.amount_minor()));
  Events events{Charged(state.receivable, request.payment_id(), amount)};
  if (!again) {
    events.push_back(Created(NewPayment(receivable, v1::TENDER_CARD_PRESENT, amount,
                                        request.payment_id(), command.now)));
  }
  events.push_back(Started(command, receivable, amount));
  return events;
}

absl::StatusOr<Events> Decide(const TenderState& state, const CancelPayment& command) {
  const v1::Payment& payment = state.payment.payment();
  RETURN_IF_ERROR(CheckKnown(state.payment, command.payment_id()));
  // The card may have been charged, so nothing is given up before that is known.
  if (payment.status() == v1::PAYMENT_STATUS_UNKNOWN) return OutcomeIsUnknown(payment);
  const std::string reason = command.reason().empty() ? "canceled" : command.reason();
  if (payment.status() == v1::PAYMENT_STATUS_DECLINED) return Events{Canceled(payment, reason)};
  // Money that moved comes back by a refund only.
  if (payment.status() != v1::PAYMENT_STATUS_COLLECTING) {
    return rpc::Refused(
        v1::PAYMENT_NOT_CANCELABLE,
        absl::StrCat("payment ", payment.payment_id(), " is neither under way nor declined"));
  }
  if (state.payment.cancel_requested()) return Events();
  Events events(1);
  v1::PaymentCancelRequested& requested = *events[0].mutable_payment_cancel_requested();
  requested.set_payment_id(payment.payment_id());
  requested.set_attempt_id(payment.attempt_id());
  requested.set_reason(reason);
  return events;
}

absl::StatusOr<Events> Decide(const TenderState& state, const CaptureStray& command) {
  v1::Payment payment = NewPayment(state.receivable.receivable(), v1::TENDER_CARD_PRESENT,
                                   command.outcome.moved_minor, command.payment_id, command.now);
  payment.set_reader_id(command.reader_id);
  payment.set_attempt_id(command.attempt_id);
  payment.set_attempts(1);
  Events events{Created(payment)};
  Capture(state.receivable, payment, command.outcome, events);
  return events;
}

}  // namespace pitlane::payment
