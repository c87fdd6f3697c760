// The shape of MenuService's requests; see requests.h. Pure functions; safe from any thread.
#pragma once

#include "absl/status/status.h"
#include "pitlane/ticket/v1/menu_service.pb.h"

namespace pitlane::ticket {

absl::Status CheckShape(const v1::DefineOperationRequest& request);
absl::Status CheckShape(const v1::SetLabourPricingRequest& request);
absl::Status CheckShape(const v1::SetPartPricingRequest& request);
absl::Status CheckShape(const v1::SetCustomerTermsRequest& request);
absl::Status CheckShape(const v1::DefineKitRequest& request);
absl::Status CheckShape(const v1::DefineCannedJobRequest& request);
absl::Status CheckShape(const v1::SetFeeScheduleRequest& request);
absl::Status CheckShape(const v1::ImportLabourTimesRequest& request);

absl::Status CheckShape(const v1::GetLabourPricingRequest& request);
absl::Status CheckShape(const v1::GetPartPricingRequest& request);
absl::Status CheckShape(const v1::GetCustomerTermsRequest& request);
absl::Status CheckShape(const v1::GetFeeScheduleRequest& request);
absl::Status CheckShape(const v1::GetLabourTimesRequest& request);
absl::Status CheckShape(const v1::ListOperationsRequest& request);
absl::Status CheckShape(const v1::ListKitsRequest& request);
absl::Status CheckShape(const v1::ListCannedJobsRequest& request);

}  // namespace pitlane::ticket
