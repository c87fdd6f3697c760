#include "services/payment/domain/tender_parts.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/base/text.h"
#include "libs/rpc/errors.h"

namespace pitlane::payment {

absl::Status CheckKnown(const v1::ReceivableState& state, std::string_view ticket_id) {
  if (!state.receivable().ticket_id().empty()) return absl::OkStatus();
  return rpc::NotFound(v1::RECEIVABLE_UNKNOWN,
                       absl::StrCat("nothing is known to be owed for ticket ", ToAbsl(ticket_id),
                                    "; invoice it and pass on the position token"));
}

absl::Status CheckKnown(const v1::PaymentState& state, std::string_view payment_id) {
  if (!state.payment().payment_id().empty()) return absl::OkStatus();
  return rpc::NotFound(v1::PAYMENT_UNKNOWN,
                       absl::StrCat("there is no payment ", ToAbsl(payment_id)));
}

absl::Status CheckCurrency(std::string_view owed, std::string_view named) {
  // A ticket is paid in the currency in which it was written.
  if (owed == named) return absl::OkStatus();
  return rpc::Refused(v1::CURRENCY_DIFFERS,
                      absl::StrCat("the ticket is in ", ToAbsl(owed), ", not in ", ToAbsl(named)));
}

absl::Status CheckPayableInCash(const v1::ReceivableState& state, int64_t amount_minor) {
  const int64_t increment = CashIncrementOf(state);
  // Where the small coins have gone, only what is left at the end is rounded.
  if (amount_minor % increment == 0) return absl::OkStatus();
  return rpc::Refused(v1::AMOUNT_NOT_PAYABLE_IN_CASH,
                      absl::StrCat(amount_minor, " is no multiple of ", increment,
                                   " minor units, the smallest cash there is"),
                      {{"increment_minor", absl::StrCat(increment)}});
}

absl::Status PaymentExists(std::string_view payment_id) {
  return rpc::AlreadyExists(v1::PAYMENT_EXISTS,
                            absl::StrCat("payment ", ToAbsl(payment_id), " is there already"));
}

absl::Status OutcomeIsUnknown(const v1::Payment& payment) {
  return rpc::Refused(v1::OUTCOME_IS_UNKNOWN,
                      absl::StrCat("what became of payment ", payment.payment_id(),
                                   " is not known yet; it is being asked for"));
}

int64_t CashIncrementOf(const v1::ReceivableState& state) {
  return std::max<int64_t>(1, state.receivable().cash_increment_minor());
}

v1::PaymentEvent Paid(const v1::ReceivableState& receivable, const std::string& payment_id,
                      int64_t applied_minor) {
  v1::PaymentEvent event;
  v1::ReceivablePaid& paid = *event.mutable_receivable_paid();
  paid.set_payment_id(payment_id);
  paid.set_applied_minor(applied_minor);
  paid.set_balance_minor(receivable.receivable().balance_minor() - applied_minor);
  return event;
}

void Release(const v1::ReceivableState& receivable, const std::string& payment_id,
             int64_t but_minor, Events& events) {
  const int64_t held = HeldBy(receivable, payment_id);
  const int64_t released = held - std::min(held, but_minor);
  if (released == 0) return;
  v1::ReceivableReleased& event = *events.emplace_back().mutable_receivable_released();
  event.set_payment_id(payment_id);
  event.set_amount_minor(released);
  // What was paid out of the hold left balance and hold alike.
  event.set_open_minor(OpenOf(receivable) + released);
}

void Capture(const v1::ReceivableState& receivable, const v1::Payment& payment,
             const CardOutcome& outcome, Events& events) {
  v1::PaymentCaptured& captured = *events.emplace_back().mutable_payment_captured();
  captured.set_payment_id(payment.payment_id());
  captured.set_ticket_id(payment.ticket_id());
  captured.set_location_id(payment.location_id());
  captured.set_tender(payment.tender());
  captured.set_captured_minor(outcome.moved_minor);
  captured.set_applied_minor(outcome.moved_minor);
  captured.set_currency(payment.currency());
  *captured.mutable_card() = outcome.card;
  captured.set_attempt_id(payment.attempt_id());
  events.push_back(Paid(receivable, payment.payment_id(), outcome.moved_minor));
  Release(receivable, payment.payment_id(), outcome.moved_minor, events);
}

}  // namespace pitlane::payment
