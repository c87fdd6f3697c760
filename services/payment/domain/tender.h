// Paying: what happens to a receivable and to one payment for it, decided together.
//
// Commands are the requests of the service where nothing has to be added; ids that a request leaves
// empty have been filled in before Decide sees it.
//
// Decide: every rule, pure; an error carries a reason of v1::ErrorReason, and the rules are checked
// in the order in which the reasons are declared. The events of both streams come in one list;
// IsReceivableEvent says which stream each belongs to.
#pragma once

#include <cstdint>
#include <limits>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "pitlane/payment/v1/payment_service.pb.h"
#include "services/payment/domain/card_outcome.h"
#include "services/payment/domain/payment.h"
#include "services/payment/domain/receivable.h"

namespace pitlane::payment {

// Both states that a decision looks at; each is its default when there is no such thing yet.
struct TenderState {
  v1::ReceivableState receivable;
  v1::PaymentState payment;
};

bool IsReceivableEvent(const v1::PaymentEvent& event);

struct TakeCash {
  v1::TakeCashRequest request;
  absl::Time now;
};
struct TakeCard {
  v1::TakeCardRequest request;
  std::string attempt_id;
  absl::Time now;
};
using CancelPayment = v1::CancelPaymentRequest;
struct RefundPayment {
  v1::RefundPaymentRequest request;
  // Some payment has a refund of that id.
  bool refund_id_taken = false;
  // What the caller may give back without a second person, minor units.
  int64_t limit_minor = std::numeric_limits<int64_t>::max();
};
// What the reader made of the payment's attempt, or of one of its refunds.
struct RecordAttempt {
  std::string attempt_id;
  CardOutcome outcome;
  int32_t queries = 0;  // how often it was asked for
};
struct RecordRefund {
  std::string refund_id;
  CardOutcome outcome;
  int32_t queries = 0;
};
// Money came in by an attempt that its payment has left behind: a payment of its own.
struct CaptureStray {
  std::string payment_id;
  std::string attempt_id;
  std::string reader_id;
  CardOutcome outcome;
  absl::Time now;
};

absl::StatusOr<Events> Decide(const TenderState& state, const TakeCash& command);
absl::StatusOr<Events> Decide(const TenderState& state, const TakeCard& command);
absl::StatusOr<Events> Decide(const TenderState& state, const CancelPayment& command);
absl::StatusOr<Events> Decide(const TenderState& state, const RefundPayment& command);
// These refuse nothing. Money is recorded whenever it is proven to have moved; everything else only
// while the attempt or refund is open. No events for what was recorded before.
absl::StatusOr<Events> Decide(const TenderState& state, const RecordAttempt& command);
absl::StatusOr<Events> Decide(const TenderState& state, const RecordRefund& command);
absl::StatusOr<Events> Decide(const TenderState& state, const CaptureStray& command);

}  // namespace pitlane::payment
