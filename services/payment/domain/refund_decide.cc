// Giving money back.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/rpc/errors.h"
#include "services/payment/domain/tender.h"
#include "services/payment/domain/tender_parts.h"

namespace pitlane::payment {
namespace {

absl::Status CheckOutcomesKnown(const v1::PaymentState& state) {
  const v1::Payment& payment = state.payment();
  // Before anything else is done to a payment, what was done before has to be known.
  const bool unknown = payment.status() == v1::PAYMENT_STATUS_UNKNOWN ||
                       std::any_of(payment.refunds().begin(), payment.refunds().end(),
                                   [](const v1::Refund& refund) { return refund.unknown(); });
  return unknown ? OutcomeIsUnknown(payment) : absl::OkStatus();
}

absl::Status CheckAmount(const TenderState& state, const RefundPayment& command) {
  const v1::Payment& payment = state.payment.payment();
  const int64_t amount = command.request.amount_minor();
  // Only money that was taken can go back.
  if (!IsCaptured(payment.status())) {
    return rpc::Refused(v1::PAYMENT_NOT_CAPTURED,
                        absl::StrCat("payment ", payment.payment_id(), " took no money"));
  }
  if (payment.tender() == v1::TENDER_CASH) {
    RETURN_IF_ERROR(CheckPayableInCash(state.receivable, amount));
  }
  // To the original tender, and never more than it took; refunds that are under way count. Nothing
  // is no refund: after the last of the money it would take the rounding back again.
  const int64_t left = RefundableOf(state.payment);
  if (amount < 1 || amount > left) {
    return rpc::Refused(v1::REFUND_EXCEEDS_CAPTURED,
                        absl::StrCat("of payment ", payment.payment_id(), " only ", left,
                                     " minor units are left to give back"),
                        {{"left_minor", absl::StrCat(left)}});
  }
  // Above a limit a second person has to agree.
  if (amount > command.limit_minor) {
    return rpc::PermissionDenied(v1::REFUND_OVER_LIMIT,
                                 absl::StrCat("your role may give back ", command.limit_minor,
                                              " minor units at a time; ask a manager"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Events> Decide(const TenderState& state, const RefundPayment& command) {
  const v1::RefundPaymentRequest& request = command.request;
  const v1::Payment& payment = state.payment.payment();
  RETURN_IF_ERROR(CheckKnown(state.payment, request.payment_id()));
  // A refund's id is its own for ever.
  if (command.refund_id_taken) {
    return rpc::AlreadyExists(v1::REFUND_EXISTS,
                              absl::StrCat("refund ", request.refund_id(), " is there already"));
  }
  RETURN_IF_ERROR(CheckCurrency(payment.currency(), request.currency()));
  RETURN_IF_ERROR(CheckOutcomesKnown(state.payment));
  RETURN_IF_ERROR(CheckAmount(state, command));
  Events events(1);
  v1::RefundStarted& started = *events[0].mutable_refund_started();
  started.set_payment_id(payment.payment_id());
  started.set_refund_id(request.refund_id());
  started.set_amount_minor(request.amount_minor());
  started.set_reason(request.reason());
  // Cash is handed over on the spot; a card's money goes through its processor.
  if (payment.tender() == v1::TENDER_CASH) {
    Refunded(state, request.refund_id(), request.amount_minor(), events);
  }
  return events;
}

void Refunded(const TenderState& state, const std::string& refund_id, int64_t returned_minor,
              Events& events) {
  const v1::Payment& payment = state.payment.payment();
  // With the last of the money its rounding is taken back, so that a refund in full leaves the
  // ticket as if it had never been paid.
  const bool last = payment.refunded_minor() + returned_minor >= payment.captured_minor();
  const int64_t rounding = last ? payment.rounding_minor() : 0;
  v1::PaymentRefunded& refunded = *events.emplace_back().mutable_payment_refunded();
  refunded.set_payment_id(payment.payment_id());
  refunded.set_refund_id(refund_id);
  refunded.set_ticket_id(payment.ticket_id());
  refunded.set_location_id(payment.location_id());
  refunded.set_tender(payment.tender());
  refunded.set_refunded_minor(returned_minor + rounding);
  refunded.set_currency(payment.currency());
  refunded.set_returned_minor(returned_minor);
  refunded.set_rounding_minor(rounding);
  v1::ReceivableReopened& reopened = *events.emplace_back().mutable_receivable_reopened();
  reopened.set_payment_id(payment.payment_id());
  reopened.set_refund_id(refund_id);
  reopened.set_amount_minor(returned_minor + rounding);
  reopened.set_balance_minor(state.receivable.receivable().balance_minor() + returned_minor +
                             rounding);
}

}  // namespace pitlane::payment
