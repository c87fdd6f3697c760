// Requests about lines as commands (commands.h): with the prices, templates and ids that they need.
#pragma once

#include "absl/status/statusor.h"
#include "pitlane/ticket/v1/ticket_service.pb.h"
#include "services/ticket/desk.h"

namespace pitlane::ticket {

absl::StatusOr<AddOverlap> CommandOf(Desk& desk, const v1::AddOverlapRequest& request);
absl::StatusOr<AddSubletLine> CommandOf(Desk& desk, const v1::AddSubletLineRequest& request);
absl::StatusOr<AddKit> CommandOf(Desk& desk, const v1::AddKitRequest& request);
absl::StatusOr<AddCannedJob> CommandOf(Desk& desk, const v1::AddCannedJobRequest& request);
absl::StatusOr<ReplacePart> CommandOf(Desk& desk, const v1::ReplacePartRequest& request);
absl::StatusOr<ReturnCore> CommandOf(Desk& desk, const v1::ReturnCoreRequest& request);
absl::StatusOr<ChargeStorage> CommandOf(Desk& desk, const v1::ChargeStorageRequest& request);

void ShowIds(const AddOverlap& command, v1::AddOverlapResponse& response);
void ShowIds(const AddSubletLine& command, v1::AddSubletLineResponse& response);
void ShowIds(const AddKit& command, v1::AddKitResponse& response);
void ShowIds(const AddCannedJob& command, v1::AddCannedJobResponse& response);
void ShowIds(const ReplacePart& command, v1::ReplacePartResponse& response);
void ShowIds(const ReturnCore& command, v1::ReturnCoreResponse& response);
void ShowIds(const ChargeStorage& command, v1::ChargeStorageResponse& response);

}  // namespace pitlane::ticket
