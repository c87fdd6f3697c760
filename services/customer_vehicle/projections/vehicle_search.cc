#include "services/customer_vehicle/projections/vehicle_search.h"

#include "absl/strings/str_cat.h"
#include "libs/base/text.h"
#include "pitlane/customer_vehicle/v1/state.pb.h"
#include "services/customer_vehicle/domain/search_words.h"

namespace pitlane::customer_vehicle {
namespace {

std::string KeysRow(const std::string& vehicle_id) { return absl::StrCat("k/", vehicle_id); }

std::string WithVehicle(std::string prefix, const std::string& vehicle_id) {
  prefix.push_back('\0');
  return prefix + vehicle_id;
}

std::string OwnerRow(const std::string& customer_id, const std::string& vehicle_id) {
  return OwnerPrefix(customer_id) + vehicle_id;
}

void Index(const v1::Vehicle& vehicle, runtime::ViewWriter& rows) {
  const std::string& id = vehicle.vehicle_id();
  if (const auto old = rows.GetMessage<v1::VehicleSearchKeys>(KeysRow(id)); old.has_value()) {
    for (const std::string& key : old->keys()) rows.Delete(key);
  }
  v1::VehicleSearchKeys keys;
  if (!vehicle.vin().empty()) keys.add_keys(VinEndPrefix(vehicle.vin()));
  if (const std::string plate = FoldPlate(vehicle.plate().number()); !plate.empty()) {
    keys.add_keys(WithVehicle(PlatePrefix(plate), id));
  }
  if (const std::string unit = FoldPlate(vehicle.unit_number()); !unit.empty()) {
    keys.add_keys(WithVehicle(UnitPrefix(unit), id));
  }
  for (const std::string& key : keys.keys()) {
    rows.Put(key, key.starts_with("v/") ? std::string_view(id) : std::string_view());
  }
  rows.Put(KeysRow(id), keys);
}

}  // namespace

std::string VinEndPrefix(std::string_view end_of_vin) {
  return "v/" + std::string(end_of_vin.rbegin(), end_of_vin.rend());
}

std::string PlatePrefix(std::string_view folded_plate) {
  return absl::StrCat("p/", ToAbsl(folded_plate));
}

std::string UnitPrefix(std::string_view folded_unit_number) {
  return absl::StrCat("u/", ToAbsl(folded_unit_number));
}

std::string OwnerPrefix(std::string_view customer_id) {
  std::string prefix = absl::StrCat("o/", ToAbsl(customer_id));
  prefix.push_back('\0');
  return prefix;
}

std::string VehicleOfRow(const journal::Row& row) {
  return row.value.empty() ? row.key.substr(row.key.rfind('\0') + 1) : row.value;
}

absl::StatusOr<std::optional<std::string>> VehicleSearch::FindByVin(runtime::ViewReader& views,
                                                                    std::string_view vin) {
  if (vin.empty()) return std::optional<std::string>();
  return views.Get(kVehicleSearchView, VinEndPrefix(vin));
}

void VehicleSearch::On(const v1::CustomerVehicleEvent& event, runtime::ViewWriter& rows) {
  switch (event.event_case()) {
    case v1::CustomerVehicleEvent::kVehicleRegistered:
      Index(event.vehicle_registered().vehicle(), rows);
      break;
    case v1::CustomerVehicleEvent::kVehicleUpdated:
      Index(event.vehicle_updated().vehicle(), rows);
      break;
    case v1::CustomerVehicleEvent::kOwnershipStarted:
      rows.Put(
          OwnerRow(event.ownership_started().customer_id(), event.ownership_started().vehicle_id()),
          std::string_view());
      break;
    case v1::CustomerVehicleEvent::kOwnershipEnded:
      rows.Delete(
          OwnerRow(event.ownership_ended().customer_id(), event.ownership_ended().vehicle_id()));
      break;
    case v1::CustomerVehicleEvent::kCustomerRegistered:
    case v1::CustomerVehicleEvent::kCustomerUpdated:
    case v1::CustomerVehicleEvent::kNoteAdded:
    case v1::CustomerVehicleEvent::kPreferencesSet:
    case v1::CustomerVehicleEvent::kSubjectErased:
    case v1::CustomerVehicleEvent::kProfileUpdated:
    case v1::CustomerVehicleEvent::kVisitCounted:
    case v1::CustomerVehicleEvent::kOdometerRead:
    case v1::CustomerVehicleEvent::kServiceRecorded:
    case v1::CustomerVehicleEvent::kReturnRecorded:
    case v1::CustomerVehicleEvent::kReturnCounted:
    case v1::CustomerVehicleEvent::EVENT_NOT_SET:
      break;
  }
}

}  // namespace pitlane::customer_vehicle
