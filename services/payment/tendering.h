// What happens to receivables and payments, inside a unit of work: both aggregates change together,
// and effects carry what was decided to the card readers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/runtime/unit.h"
#include "pitlane/payment/v1/payment_service.pb.h"
#include "services/payment/domain/card_outcome.h"
#include "services/payment/domain/receivable.h"

namespace pitlane::payment {

// Kinds of effects (cards/card_effects.h). Id: the attempt's or the refund's; payload: ReaderOrder.
inline constexpr std::string_view kChargeEffect = "card_charge";
inline constexpr std::string_view kCancelEffect = "card_cancel";
inline constexpr std::string_view kRefundEffect = "card_refund";

// How long the reader's news is waited for before the reader is asked how it stands.
inline constexpr absl::Duration kLookAgain = absl::Minutes(1);

absl::Status Create(runtime::Unit& unit, const CreateReceivable& command);

// Each refuses what its RPC does, and gives payment and receivable as they are afterwards.
absl::Status TakeCashIn(runtime::Unit& unit, v1::TakeCashRequest request,
                        v1::TakeCashResponse* response);
absl::Status TakeCardIn(runtime::Unit& unit, v1::TakeCardRequest request,
                        v1::TakeCardResponse* response);
absl::Status CancelPaymentIn(runtime::Unit& unit, const v1::CancelPaymentRequest& request,
                             v1::CancelPaymentResponse* response);
absl::Status RefundPaymentIn(runtime::Unit& unit, v1::RefundPaymentRequest request,
                             v1::RefundPaymentResponse* response);

// What the caller may give back of a payment at a time without a second person, minor units; no
// limit for facts of other services. The role's limit is in a currency with two decimals; the same
// number of major units counts everywhere.
absl::StatusOr<int64_t> RefundLimit(const runtime::Unit& unit, const v1::Payment& payment);

// After a restore: the effects of the payment's attempt and refunds are open where their outcome is
// not known, and finished elsewhere.
absl::Status ReopenCards(runtime::Unit& unit, const std::string& payment_id);

// Records what became of an attempt or a refund, whoever says so and however often, and ends its
// effects or sets when the reader is asked again. Nothing happens for actions that are not ours.
absl::Status RecordOutcome(runtime::Unit& unit, const std::string& action_id,
                           const CardOutcome& outcome);

}  // namespace pitlane::payment
