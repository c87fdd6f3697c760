// The shape of requests about lines that come from the menu, the parts counter and the workshop;
// see requests.h. Pure functions; safe from any thread.
#pragma once

#include "absl/status/status.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "pitlane/ticket/v1/ticket_service.pb.h"
#include "services/ticket/api/shape.h"

namespace pitlane::ticket {

// At least `fewest` and at most 20, each once.
void CheckTechnicians(const google::protobuf::RepeatedPtrField<v1::FlagShare>& technicians,
                      int fewest, Shape& shape);
void CheckVehicleFacts(const v1::VehicleFacts& vehicle, Shape& shape);

absl::Status CheckShape(const v1::AddOverlapRequest& request);
absl::Status CheckShape(const v1::AssignTechniciansRequest& request);
absl::Status CheckShape(const v1::AddSubletLineRequest& request);
absl::Status CheckShape(const v1::AddKitRequest& request);
absl::Status CheckShape(const v1::AddCannedJobRequest& request);
absl::Status CheckShape(const v1::ReplacePartRequest& request);
absl::Status CheckShape(const v1::PlaceSpecialOrderRequest& request);
absl::Status CheckShape(const v1::ReceiveSpecialOrderRequest& request);
absl::Status CheckShape(const v1::HoldForWillCallRequest& request);
absl::Status CheckShape(const v1::RecordTiresRequest& request);
absl::Status CheckShape(const v1::ReturnCoreRequest& request);
absl::Status CheckShape(const v1::ForfeitCoreRequest& request);
absl::Status CheckShape(const v1::ChargeStorageRequest& request);
absl::Status CheckShape(const v1::RecordLostSaleRequest& request);

}  // namespace pitlane::ticket
