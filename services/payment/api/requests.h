// The shape of requests: everything that can be said without looking at any state. INVALID_ARGUMENT
// names the field. Pure functions; safe from any thread.
#pragma once

#include "absl/status/status.h"
#include "pitlane/payment/v1/payment_service.pb.h"

namespace pitlane::payment {

absl::Status CheckShape(const v1::GetReceivableRequest& request);
absl::Status CheckShape(const v1::TakeCashRequest& request);
absl::Status CheckShape(const v1::TakeCardRequest& request);
absl::Status CheckShape(const v1::CancelPaymentRequest& request);
absl::Status CheckShape(const v1::RefundPaymentRequest& request);
absl::Status CheckShape(const v1::RefundCreditRequest& request);
absl::Status CheckShape(const v1::GetPaymentRequest& request);
absl::Status CheckShape(const v1::ListPaymentsRequest& request);

}  // namespace pitlane::payment
