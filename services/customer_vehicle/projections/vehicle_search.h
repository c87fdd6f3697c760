// Vehicles by VIN, plate, unit number and present owner.
//
// "v/" VIN from its end → vehicle id, "p/" plate, "u/" unit number, "o/" owner's id, each followed
// by a zero byte and the vehicle's id → nothing; "k/" vehicle id → VehicleSearchKeys, the "v", "p"
// and "u" rows of that vehicle.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "libs/runtime/projection.h"
#include "libs/runtime/view.h"
#include "pitlane/customer_vehicle/v1/events.pb.h"

namespace pitlane::customer_vehicle {

inline constexpr std::string_view kVehicleSearchView = "vehicle_search";

class VehicleSearch final : public runtime::TypedProjection<v1::CustomerVehicleEvent> {
 public:
  std::string_view view() const override { return kVehicleSearchView; }
  uint32_t schema() const override { return 1; }
  void On(const v1::CustomerVehicleEvent& event, runtime::ViewWriter& rows) override;

  // The vehicle that has this (normalised) VIN.
  static absl::StatusOr<std::optional<std::string>> FindByVin(runtime::ViewReader& views,
                                                              std::string_view vin);
};

// What the keys of a query begin with.
std::string VinEndPrefix(std::string_view end_of_vin);
std::string PlatePrefix(std::string_view folded_plate);
std::string UnitPrefix(std::string_view folded_unit_number);
std::string OwnerPrefix(std::string_view customer_id);
// The vehicle that a row found by one of them names.
std::string VehicleOfRow(const journal::Row& row);

}  // namespace pitlane::customer_vehicle
