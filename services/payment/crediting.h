// What credit memos do to the money, inside a unit of work.
#pragma once

#include "absl/status/status.h"
#include "libs/runtime/unit.h"
#include "pitlane/payment/v1/payment_service.pb.h"
#include "services/payment/domain/receivable.h"

namespace pitlane::payment {

absl::Status Credit(runtime::Unit& unit, const CreditReceivable& command);

// Refuses what its RPC does, and then refunds nothing.
absl::Status RefundCreditIn(runtime::Unit& unit, const v1::RefundCreditRequest& request,
                            v1::RefundCreditResponse* response);

}  // namespace pitlane::payment
