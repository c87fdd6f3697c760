// A tender: cash, or a card on a reader. Stream: the payment's id, in the slot of its ticket.
//
// Cash: CREATED → CAPTURED at once. Card: CREATED → COLLECTING → CAPTURED | DECLINED | CANCELED |
// UNKNOWN; DECLINED → COLLECTING with a new attempt; UNKNOWN → what it turns out to be. Then
// CAPTURED → PARTIALLY_REFUNDED → REFUNDED. Handbook §5.3.
#pragma once

#include <cstdint>
#include <string_view>

#include "pitlane/payment/v1/events.pb.h"
#include "pitlane/payment/v1/state.pb.h"

namespace pitlane::payment {

struct PaymentAggregate {
  using State = v1::PaymentState;
  using Event = v1::PaymentEvent;
  static constexpr uint32_t kSchema = 1;
  static void Apply(v1::PaymentState& state, const v1::PaymentEvent& event);
};

// Money was taken, whatever went back since.
bool IsCaptured(v1::PaymentStatus status);
// An attempt is under way, or its outcome is not known.
bool HasOpenAttempt(const v1::PaymentState& state);
// nullptr: no such refund.
const v1::Refund* FindRefund(const v1::PaymentState& state, std::string_view refund_id);
// Neither done nor failed.
bool IsOpen(const v1::Refund& refund);
// Of captured, what neither went back nor is on its way back.
int64_t RefundableOf(const v1::PaymentState& state);

}  // namespace pitlane::payment
