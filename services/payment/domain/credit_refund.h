// How what is owed to a customer goes back: to the tenders it came by, by what is left of each.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "pitlane/payment/v1/payment_service.pb.h"
#include "pitlane/payment/v1/state.pb.h"

namespace pitlane::payment {

struct RefundShare {
  std::string payment_id;
  int64_t amount_minor = 0;
};

// Shares of `request.amount_minor` (0: all that is owed) by largest remainder over the ticket's
// payments, none of them 0. Cash gets whole coins; what that leaves goes to the other tenders.
// Refuses RECEIVABLE_UNKNOWN, CURRENCY_DIFFERS, NOTHING_TO_REFUND, REFUND_EXCEEDS_CREDIT; and
// REFUND_EXCEEDS_CAPTURED when the payments do not have as much left.
absl::StatusOr<std::vector<RefundShare>> SharesOf(const v1::ReceivableState& receivable,
                                                  const std::vector<v1::PaymentState>& payments,
                                                  const v1::RefundCreditRequest& request);

}  // namespace pitlane::payment
