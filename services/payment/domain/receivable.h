// What is owed for an invoiced ticket. Stream: the ticket's id.
//
// balance = total - credited - applied + refunded; of it, what tenders under way hold is not open
// to others.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "pitlane/payment/v1/events.pb.h"
#include "pitlane/payment/v1/state.pb.h"
#include "pitlane/ticket/v1/credit.pb.h"
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

// What of an invoice the customer owes at the till.
int64_t OwedAtTill(const ticket::v1::Ticket& ticket);

// No events for a ticket that is known already, nor for one that owes nothing.
absl::StatusOr<Events> Decide(const v1::ReceivableState& state, const CreateReceivable& command);

// Part of the invoice, or all of it, was taken back.
struct CreditReceivable {
  ticket::v1::CreditMemo memo;
};

// No events for a memo that was counted, nor for a ticket that owed nothing.
absl::StatusOr<Events> Decide(const v1::ReceivableState& state, const CreditReceivable& command);

// What is owed to the customer because of credit memos; 0 when nothing is.
int64_t OwedToCustomer(const v1::ReceivableState& state);
// What refunds are booked under, YYYY-MM-DD: the last credit memo's day, or else the invoice's.
const std::string& RefundDateOf(const v1::ReceivableState& state);

// What may still be paid: the balance without what is held. Negative when the customer paid twice.
int64_t OpenOf(const v1::ReceivableState& state);
// What the payment holds; 0 when nothing.
int64_t HeldBy(const v1::ReceivableState& state, std::string_view payment_id);

}  // namespace pitlane::payment
