// The shape of what callers send: ids, ranges, lengths, what may not be empty, and that nothing
// looks like a card number. INVALID_ARGUMENT, FIELD_INVALID, naming every wrong field. What depends
// on the state of anything is a rule, and in domain/. Pure functions; safe from any thread.
#pragma once

#include "absl/status/status.h"
#include "pitlane/ticket/v1/ticket_service.pb.h"

namespace pitlane::ticket {

absl::Status CheckShape(const v1::ConfigureLocationRequest& request);
absl::Status CheckShape(const v1::OpenTicketRequest& request);
absl::Status CheckShape(const v1::AddJobRequest& request);
absl::Status CheckShape(const v1::AddLabourLineRequest& request);
absl::Status CheckShape(const v1::AddPartLineRequest& request);
absl::Status CheckShape(const v1::AddFeeLineRequest& request);
absl::Status CheckShape(const v1::AddNoteLineRequest& request);
absl::Status CheckShape(const v1::ChangeLineRequest& request);
absl::Status CheckShape(const v1::RemoveLineRequest& request);
absl::Status CheckShape(const v1::DiscountLineRequest& request);
absl::Status CheckShape(const v1::DiscountTicketRequest& request);
absl::Status CheckShape(const v1::AuthorizeJobRequest& request);
absl::Status CheckShape(const v1::DeclineJobRequest& request);
absl::Status CheckShape(const v1::DeferJobRequest& request);
absl::Status CheckShape(const v1::StartJobRequest& request);
absl::Status CheckShape(const v1::CompleteJobRequest& request);
absl::Status CheckShape(const v1::InvoiceTicketRequest& request);
absl::Status CheckShape(const v1::VoidTicketRequest& request);
absl::Status CheckShape(const v1::PresentEstimateRequest& request);
absl::Status CheckShape(const v1::CancelEstimateRequest& request);
absl::Status CheckShape(const v1::ExpireEstimateRequest& request);
absl::Status CheckShape(const v1::ConvertQuoteRequest& request);
absl::Status CheckShape(const v1::ScheduleJobRequest& request);
absl::Status CheckShape(const v1::HoldJobRequest& request);
absl::Status CheckShape(const v1::ResumeJobRequest& request);
absl::Status CheckShape(const v1::CheckQualityRequest& request);
absl::Status CheckShape(const v1::CancelJobRequest& request);

absl::Status CheckShape(const v1::GetLocationRequest& request);
absl::Status CheckShape(const v1::GetTicketRequest& request);
absl::Status CheckShape(const v1::ListTicketsRequest& request);
absl::Status CheckShape(const v1::GetPriceRequest& request);
absl::Status CheckShape(const v1::ExplainTicketRequest& request);
absl::Status CheckShape(const v1::GetEstimateRequest& request);
absl::Status CheckShape(const v1::CompareEstimatesRequest& request);
absl::Status CheckShape(const v1::GetConsentProofRequest& request);

}  // namespace pitlane::ticket
