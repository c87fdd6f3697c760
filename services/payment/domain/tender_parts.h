// Refusals and events of tenders that several commands have in common. Pure functions; safe from
// any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "services/payment/domain/card_outcome.h"
#include "services/payment/domain/tender.h"

namespace pitlane::payment {

// RECEIVABLE_UNKNOWN, PAYMENT_UNKNOWN.
absl::Status CheckKnown(const v1::ReceivableState& state, std::string_view ticket_id);
absl::Status CheckKnown(const v1::PaymentState& state, std::string_view payment_id);
// CURRENCY_DIFFERS.
absl::Status CheckCurrency(std::string_view owed, std::string_view named);
// AMOUNT_NOT_PAYABLE_IN_CASH.
absl::Status CheckPayableInCash(const v1::ReceivableState& state, int64_t amount_minor);
// Always an error.
absl::Status PaymentExists(std::string_view payment_id);
absl::Status OutcomeIsUnknown(const v1::Payment& payment);

// Smallest cash amount there is, minor units; at least 1.
int64_t CashIncrementOf(const v1::ReceivableState& state);

// A tender settled.
v1::PaymentEvent Paid(const v1::ReceivableState& receivable, const std::string& payment_id,
                      int64_t applied_minor);
// What the payment still holds, beyond `but_minor`, is owed again. Adds nothing when that is
// nothing.
void Release(const v1::ReceivableState& receivable, const std::string& payment_id,
             int64_t but_minor, Events& events);
// The card was charged: captures the payment, credits the ticket, releases the rest of the hold.
void Capture(const v1::ReceivableState& receivable, const v1::Payment& payment,
             const CardOutcome& outcome, Events& events);
// Money went back: debits the ticket.
void Refunded(const TenderState& state, const std::string& refund_id, int64_t returned_minor,
              Events& events);

}  // namespace pitlane::payment
