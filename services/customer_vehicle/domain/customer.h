// A customer: who it is (sealed), what it wants, what the shop has learnt of it. Stream: the
// customer's id.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "pitlane/customer_vehicle/v1/events.pb.h"
#include "pitlane/customer_vehicle/v1/state.pb.h"

namespace pitlane::customer_vehicle {

inline constexpr int kMaxNotes = 500;

struct CustomerAggregate {
  using State = v1::CustomerState;
  using Event = v1::CustomerVehicleEvent;
  static constexpr uint32_t kSchema = 1;
  static void Apply(v1::CustomerState& customer, const v1::CustomerVehicleEvent& event);
};

using Events = absl::StatusOr<std::vector<v1::CustomerVehicleEvent>>;

struct RegisterCustomer {
  std::string customer_id;
  v1::Sealed personal;
  std::optional<v1::Preferences> preferences;
};
struct UpdateCustomer {
  std::string customer_id;
  v1::Sealed personal;
};
struct AddNote {
  std::string customer_id;
  v1::Sealed text;
};
struct SetPreferences {
  std::string customer_id;
  v1::Preferences preferences;
};
struct EraseCustomer {
  std::string customer_id;
};
// A closed ticket of this customer was counted (visit.h) and changes the profile.
struct LearnFromVisit {
  const v1::VisitCounted& visit;
};

// A credit memo was counted: the customer has spent less.
struct LearnFromReturn {
  const v1::ReturnCounted& counted;
};

// CUSTOMER_UNKNOWN and CUSTOMER_ERASED: what can be done only with a customer who is there.
absl::Status CheckPresent(const v1::CustomerState& customer, std::string_view customer_id);

// Refuses CUSTOMER_EXISTS.
Events Decide(const v1::CustomerState& customer, const RegisterCustomer& command);
// Refuse CUSTOMER_UNKNOWN, CUSTOMER_ERASED; AddNote also TOO_MANY_NOTES.
Events Decide(const v1::CustomerState& customer, const UpdateCustomer& command);
Events Decide(const v1::CustomerState& customer, const AddNote& command);
// No events when nothing changes.
Events Decide(const v1::CustomerState& customer, const SetPreferences& command);
Events Decide(const v1::CustomerState& customer, const EraseCustomer& command);
// Refuses CUSTOMER_UNKNOWN. An erased customer's visits still count: a profile names nobody.
Events Decide(const v1::CustomerState& customer, const LearnFromVisit& command);

Events Decide(const v1::CustomerState& customer, const LearnFromReturn& command);

// The profile after a return: less was spent, and it was no visit.
v1::Profile WithReturn(const v1::Profile& profile, const v1::ReturnCounted& counted);
// The profile with one visit more. Visits may arrive in any order of their times. Sums that do not
// fit in 64 bits stay at the largest amount.
v1::Profile WithVisit(const v1::Profile& profile, const v1::VisitCounted& visit);

}  // namespace pitlane::customer_vehicle
