#include <string>

#include "services/payment/domain/payment.h"

namespace pitlane::payment {
namespace {

v1::Refund* MutableRefund(v1::PaymentState& state, const std::string& refund_id) {
  for (v1::Refund& refund : *state.mutable_payment()->mutable_refunds()) {
    if (refund.refund_id() == refund_id) return &refund;
  }
  return nullptr;
}

// The attempt is over, so nothing is left of what was asked of it.
void EndAttempt(v1::PaymentState& state, v1::PaymentStatus status) {
  state.mutable_payment()->set_status(status);
  state.clear_cancel_requested();
  state.clear_cancel_reason();
  state.clear_unknown_since();
}

void Apply(v1::PaymentState& state, const v1::AttemptStarted& started) {
  EndAttempt(state, v1::PAYMENT_STATUS_COLLECTING);
  v1::Payment& payment = *state.mutable_payment();
  payment.set_reader_id(started.reader_id());
  payment.set_attempt_id(started.attempt_id());
  payment.set_attempts(payment.attempts() + 1);
  payment.clear_decline_code();
}

void Apply(v1::PaymentState& state, const v1::PaymentCaptured& captured) {
  EndAttempt(state, v1::PAYMENT_STATUS_CAPTURED);
  v1::Payment& payment = *state.mutable_payment();
  payment.set_captured_minor(captured.captured_minor());
  payment.set_applied_minor(captured.applied_minor());
  payment.set_rounding_minor(captured.rounding_minor());
  payment.set_tendered_minor(captured.tendered_minor());
  payment.set_change_minor(captured.change_minor());
  payment.clear_decline_code();
  if (captured.has_card()) *payment.mutable_card() = captured.card();
}

void Apply(v1::PaymentState& state, const v1::PaymentEvent& event,
           const v1::OutcomeUnknown& unknown) {
  if (v1::Refund* refund = MutableRefund(state, unknown.attempt_id())) {
    refund->set_unknown(true);
    (*state.mutable_refunds_unknown_since())[refund->refund_id()] = event.meta().recorded_at();
    return;
  }
  state.mutable_payment()->set_status(v1::PAYMENT_STATUS_UNKNOWN);
  *state.mutable_unknown_since() = event.meta().recorded_at();
}

void ForgetUnknown(v1::PaymentState& state, v1::Refund& refund) {
  refund.clear_unknown();
  state.mutable_refunds_unknown_since()->erase(refund.refund_id());
}

void Apply(v1::PaymentState& state, const v1::OutcomeResolved& resolved) {
  if (v1::Refund* refund = MutableRefund(state, resolved.attempt_id())) {
    ForgetUnknown(state, *refund);
    return;
  }
  state.mutable_payment()->set_status(v1::PAYMENT_STATUS_COLLECTING);
  state.clear_unknown_since();
}

void Apply(v1::PaymentState& state, const v1::RefundStarted& started) {
  v1::Refund& refund = *state.mutable_payment()->add_refunds();
  refund.set_refund_id(started.refund_id());
  refund.set_amount_minor(started.amount_minor());
  refund.set_reason(started.reason());
}

void Apply(v1::PaymentState& state, const v1::PaymentRefunded& refunded) {
  v1::Payment& payment = *state.mutable_payment();
  payment.set_refunded_minor(payment.refunded_minor() + refunded.returned_minor());
  state.set_debited_minor(state.debited_minor() + refunded.refunded_minor());
  payment.set_status(payment.refunded_minor() < payment.captured_minor()
                         ? v1::PAYMENT_STATUS_PARTIALLY_REFUNDED
                         : v1::PAYMENT_STATUS_REFUNDED);
  v1::Refund* refund = MutableRefund(state, refunded.refund_id());
  if (refund == nullptr) return;
  refund->set_done(true);
  refund->clear_failure();
  ForgetUnknown(state, *refund);
}

void Apply(v1::PaymentState& state, const v1::RefundFailed& failed) {
  v1::Refund* refund = MutableRefund(state, failed.refund_id());
  if (refund == nullptr) return;
  refund->set_failure(failed.reason());
  ForgetUnknown(state, *refund);
}

}  // namespace

void PaymentAggregate::Apply(v1::PaymentState& state, const v1::PaymentEvent& event) {
  const uint64_t version = state.payment().version() + 1;
  switch (event.event_case()) {
    case v1::PaymentEvent::kPaymentCreated:
      *state.mutable_payment() = event.payment_created().payment();
      break;
    case v1::PaymentEvent::kAttemptStarted:
      payment::Apply(state, event.attempt_started());
      break;
    case v1::PaymentEvent::kPaymentCaptured:
      payment::Apply(state, event.payment_captured());
      break;
    case v1::PaymentEvent::kPaymentDeclined:
      EndAttempt(state, v1::PAYMENT_STATUS_DECLINED);
      state.mutable_payment()->set_decline_code(event.payment_declined().decline_code());
      break;
    case v1::PaymentEvent::kPaymentCanceled:
      EndAttempt(state, v1::PAYMENT_STATUS_CANCELED);
      break;
    case v1::PaymentEvent::kOutcomeUnknown:
      payment::Apply(state, event, event.outcome_unknown());
      break;
    case v1::PaymentEvent::kOutcomeResolved:
      payment::Apply(state, event.outcome_resolved());
      break;
    case v1::PaymentEvent::kRefundStarted:
      payment::Apply(state, event.refund_started());
      break;
    case v1::PaymentEvent::kPaymentRefunded:
      payment::Apply(state, event.payment_refunded());
      break;
    case v1::PaymentEvent::kRefundFailed:
      payment::Apply(state, event.refund_failed());
      break;
    case v1::PaymentEvent::kPaymentCancelRequested:
      state.set_cancel_requested(true);
      state.set_cancel_reason(event.payment_cancel_requested().reason());
      break;
    case v1::PaymentEvent::kReceivableCreated:
    case v1::PaymentEvent::kReceivableCharged:
    case v1::PaymentEvent::kReceivableReleased:
    case v1::PaymentEvent::kReceivablePaid:
    case v1::PaymentEvent::kReceivableReopened:
    case v1::PaymentEvent::kReceivableCredited:
    case v1::PaymentEvent::EVENT_NOT_SET:
      return;  // not facts of this stream
  }
  state.mutable_payment()->set_version(version);
}

bool IsCaptured(v1::PaymentStatus status) {
  return status == v1::PAYMENT_STATUS_CAPTURED || status == v1::PAYMENT_STATUS_PARTIALLY_REFUNDED ||
         status == v1::PAYMENT_STATUS_REFUNDED;
}

bool HasOpenAttempt(const v1::PaymentState& state) {
  return state.payment().status() == v1::PAYMENT_STATUS_COLLECTING ||
         state.payment().status() == v1::PAYMENT_STATUS_UNKNOWN;
}

const v1::Refund* FindRefund(const v1::PaymentState& state, std::string_view refund_id) {
  for (const v1::Refund& refund : state.payment().refunds()) {
    if (refund.refund_id() == refund_id) return &refund;
  }
  return nullptr;
}

bool IsOpen(const v1::Refund& refund) { return !refund.done() && refund.failure().empty(); }

int64_t RefundableOf(const v1::PaymentState& state) {
  int64_t left = state.payment().captured_minor() - state.payment().refunded_minor();
  for (const v1::Refund& refund : state.payment().refunds()) {
    if (IsOpen(refund)) left -= refund.amount_minor();
  }
  return left;
}

}  // namespace pitlane::payment
