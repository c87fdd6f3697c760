// Declined work of a vehicle as it is offered at a visit, inside a unit.
#pragma once

#include "absl/status/status.h"
#include "google/protobuf/repeated_field.h"
#include "pitlane/ticket/v1/declined.pb.h"
#include "services/ticket/desk.h"

namespace pitlane::ticket {

// How much of it an answer holds at most.
inline constexpr size_t kMostOffers = 100;

// What is open on the vehicle, the oldest first, at the prices of the desk's location. Of locations
// where the caller may read tickets.
absl::Status AddOffers(Desk& desk, const std::string& vehicle_id,
                       google::protobuf::RepeatedPtrField<v1::DeclinedWorkOffer>& offers);

}  // namespace pitlane::ticket
