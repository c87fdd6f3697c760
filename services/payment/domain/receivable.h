// What is owed for an invoiced ticket. Stream: the ticket's id.
//
// balance = total - applied + refunded; of it, what tenders under way hold is not open to others.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "pitlane/payment/v1/events.pb.h"
#include "pitlane/payment/v1/state.pb.h"
#include "pitlane/ticket/v1/types.pb.h"

namespace pitlane::payment {

using Events = std::vector<v1::PaymentEvent>;

struct ReceivableAggregate {
  using State = v1::ReceivableState;
  using Event = v1::PaymentEvent;
  static constexpr uint32_t kSchema = 1;
  static void Apply(v1::ReceivableState& state, const v1::PaymentEvent& event);
};

// The ticket was invoiced.
struct CreateReceivable {
  ticket::v1::Ticket ticket;
};

// No events for a ticket that is known already, nor for one that owes nothing.
absl::StatusOr<Events> Decide(const v1::ReceivableState& state, const CreateReceivable& command);

// What may still be paid: the balance without what is held. Negative when the customer paid twice.
int64_t OpenOf(const v1::ReceivableState& state);
// What the payment holds; 0 when nothing.
int64_t HeldBy(const v1::ReceivableState& state, std::string_view payment_id);

}  // namespace pitlane::payment
