// The shape of what callers of CreditService and DeclinedWorkService send; see requests.h.
#pragma once

#include "absl/status/status.h"
#include "pitlane/ticket/v1/credit_service.pb.h"
#include "pitlane/ticket/v1/declined_service.pb.h"

namespace pitlane::ticket {

absl::Status CheckShape(const v1::IssueCreditMemoRequest& request);
absl::Status CheckShape(const v1::PreviewCreditMemoRequest& request);
absl::Status CheckShape(const v1::GetCreditMemoRequest& request);
absl::Status CheckShape(const v1::ListCreditMemosRequest& request);
absl::Status CheckShape(const v1::ListDeclinedWorkRequest& request);
absl::Status CheckShape(const v1::TakeUpDeclinedWorkRequest& request);

}  // namespace pitlane::ticket
