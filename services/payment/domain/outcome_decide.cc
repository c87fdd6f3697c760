// What readers report: money moves only because a processor says that it did.
#include <utility>

#include "services/payment/domain/tender.h"
#include "services/payment/domain/tender_parts.h"

namespace pitlane::payment {
namespace {

using What = CardOutcome::What;

constexpr char kCanceledAtReader[] = "canceled_at_reader";
constexpr char kNeverArrived[] = "never_arrived";

void Resolved(const std::string& payment_id, const std::string& action_id, int32_t queries,
              Events& events) {
  v1::OutcomeResolved& resolved = *events.emplace_back().mutable_outcome_resolved();
  resolved.set_payment_id(payment_id);
  resolved.set_attempt_id(action_id);
  resolved.set_queries(queries);
}

void Unknown(const std::string& payment_id, const std::string& action_id, Events& events) {
  v1::OutcomeUnknown& unknown = *events.emplace_back().mutable_outcome_unknown();
  unknown.set_payment_id(payment_id);
  unknown.set_attempt_id(action_id);
}

void Declined(const TenderState& state, const std::string& code, Events& events) {
  const v1::Payment& payment = state.payment.payment();
  v1::PaymentDeclined& declined = *events.emplace_back().mutable_payment_declined();
  declined.set_payment_id(payment.payment_id());
  declined.set_attempt_id(payment.attempt_id());
  declined.set_decline_code(code);
  Release(state.receivable, payment.payment_id(), 0, events);
}

// The cashier's reason, when it was the cashier who gave up.
void Canceled(const TenderState& state, const std::string& otherwise, Events& events) {
  const v1::Payment& payment = state.payment.payment();
  v1::PaymentCanceled& canceled = *events.emplace_back().mutable_payment_canceled();
  canceled.set_payment_id(payment.payment_id());
  canceled.set_attempt_id(payment.attempt_id());
  canceled.set_reason(state.payment.cancel_requested() ? state.payment.cancel_reason() : otherwise);
  Release(state.receivable, payment.payment_id(), 0, events);
}

void RefundFailed(const std::string& payment_id, const std::string& refund_id, std::string reason,
                  Events& events) {
  v1::RefundFailed& failed = *events.emplace_back().mutable_refund_failed();
  failed.set_payment_id(payment_id);
  failed.set_refund_id(refund_id);
  failed.set_reason(std::move(reason));
}

}  // namespace

absl::StatusOr<Events> Decide(const TenderState& state, const RecordAttempt& command) {
  const v1::Payment& payment = state.payment.payment();
  const CardOutcome& outcome = command.outcome;
  if (command.attempt_id != payment.attempt_id() || IsCaptured(payment.status())) return Events();
  // A charge that was thought to have come to nothing is money all the same.
  const bool open = HasOpenAttempt(state.payment);
  if (!open && outcome.what != What::kSucceeded) return Events();
  // Under way is no outcome; and what was under way when it was asked for may be unknown since.
  if (outcome.what == What::kInProgress) return Events();

  const bool was_unknown = payment.status() == v1::PAYMENT_STATUS_UNKNOWN;
  Events events;
  if (was_unknown && outcome.what != What::kUnknown) {
    Resolved(payment.payment_id(), command.attempt_id, command.queries, events);
  }
  switch (outcome.what) {
    case What::kInProgress:
      break;
    case What::kSucceeded:
      Capture(state.receivable, payment, outcome, events);
      break;
    case What::kFailed:
      Declined(state, outcome.code, events);
      break;
    case What::kCanceled:
      Canceled(state, kCanceledAtReader, events);
      break;
    case What::kUnknown:
      if (!was_unknown) Unknown(payment.payment_id(), command.attempt_id, events);
      break;
    case What::kNeverArrived:
      Canceled(state, kNeverArrived, events);
      break;
  }
  return events;
}

absl::StatusOr<Events> Decide(const TenderState& state, const RecordRefund& command) {
  const std::string& payment_id = state.payment.payment().payment_id();
  const CardOutcome& outcome = command.outcome;
  const v1::Refund* refund = FindRefund(state.payment, command.refund_id);
  if (refund == nullptr || refund->done()) return Events();
  if (!IsOpen(*refund) && outcome.what != What::kSucceeded) return Events();
  if (outcome.what == What::kInProgress) return Events();

  Events events;
  if (refund->unknown() && outcome.what != What::kUnknown) {
    Resolved(payment_id, command.refund_id, command.queries, events);
  }
  switch (outcome.what) {
    case What::kInProgress:
      break;
    case What::kSucceeded:
      Refunded(state, command.refund_id, outcome.moved_minor, events);
      break;
    case What::kFailed:
      RefundFailed(payment_id, command.refund_id, outcome.code, events);
      break;
    case What::kCanceled:
      RefundFailed(payment_id, command.refund_id, kCanceledAtReader, events);
      break;
    case What::kUnknown:
      if (!refund->unknown()) Unknown(payment_id, command.refund_id, events);
      break;
    case What::kNeverArrived:
      RefundFailed(payment_id, command.refund_id, kNeverArrived, events);
      break;
  }
  return events;
}

}  // namespace pitlane::payment
