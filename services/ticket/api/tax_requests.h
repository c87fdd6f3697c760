// The shape of requests about tax, payers and approvals, and what their commands need besides them.
// As requests.h and commands.h for TicketService.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "pitlane/ticket/v1/approval_service.pb.h"
#include "pitlane/ticket/v1/payer_service.pb.h"
#include "pitlane/ticket/v1/tax_service.pb.h"
#include "services/ticket/desk.h"

namespace pitlane::ticket {

absl::Status CheckShape(const v1::ConfigureTaxJurisdictionRequest& request);
absl::Status CheckShape(const v1::GetTaxJurisdictionRequest& request);
absl::Status CheckShape(const v1::ListTaxJurisdictionsRequest& request);
absl::Status CheckShape(const v1::RecordExemptionCertificateRequest& request);
absl::Status CheckShape(const v1::GetExemptionCertificateRequest& request);
absl::Status CheckShape(const v1::ListExemptionCertificatesRequest& request);
absl::Status CheckShape(const v1::SetTaxTreatmentRequest& request);
absl::Status CheckShape(const v1::SplitJobRequest& request);
absl::Status CheckShape(const v1::PutOnAccountRequest& request);
absl::Status CheckShape(const v1::RequestApprovalRequest& request);
absl::Status CheckShape(const v1::GiveApprovalRequest& request);

absl::StatusOr<SetTaxTreatment> CommandOf(Desk& desk, const v1::SetTaxTreatmentRequest& request);
absl::StatusOr<SplitJob> CommandOf(Desk& desk, const v1::SplitJobRequest& request);
absl::StatusOr<RequestApproval> CommandOf(Desk& desk, const v1::RequestApprovalRequest& request);

void ShowIds(const RequestApproval& command, v1::RequestApprovalResponse& response);

}  // namespace pitlane::ticket
