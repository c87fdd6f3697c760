// A vehicle: what it is, who owned it when, how far it has gone. Stream: the vehicle's id. What was
// done to it is in visit.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "pitlane/customer_vehicle/v1/events.pb.h"
#include "services/customer_vehicle/domain/customer.h"

namespace pitlane::customer_vehicle {

struct VehicleAggregate {
  using State = v1::Vehicle;
  using Event = v1::CustomerVehicleEvent;
  static constexpr uint32_t kSchema = 1;
  static void Apply(v1::Vehicle& vehicle, const v1::CustomerVehicleEvent& event);
};

struct RegisterVehicle {
  std::string vehicle_id;
  // As the caller describes it: vin (normalised), chassis_number, year, make, model, plate,
  // unit_number.
  v1::Vehicle described;
  bool accept_wrong_check_digit = false;
  std::string vin_holder;  // the vehicle that has this VIN; empty: none
  std::string owner_id;    // empty: no owner is known
  std::string from_date;   // YYYY-MM-DD, of the owner
  std::optional<v1::OdometerReading> reading;
  absl::Time now;
};
struct UpdateVehicle {
  std::string vehicle_id;
  // Absent: stays.
  std::optional<std::string> vin;  // normalised
  std::optional<std::string> chassis_number;
  std::optional<int32_t> year;
  std::optional<std::string> make;
  std::optional<std::string> model;
  std::optional<v1::Plate> plate;
  std::optional<std::string> unit_number;
  bool accept_wrong_check_digit = false;
  std::string vin_holder;
};
struct LinkVehicle {
  std::string vehicle_id;
  std::string customer_id;
  std::string from_date;
};
struct EndOwnership {
  std::string vehicle_id;
  std::string customer_id;
  std::string to_date;
};
struct RecordOdometer {
  std::string vehicle_id;
  v1::OdometerReading reading;
  absl::Time now;
};
// What a closed ticket says the odometer showed. A fact: doubts become its warning.
struct NoteInvoicedOdometer {
  std::string ticket_id;
  int64_t value = 0;
  google::protobuf::Timestamp read_at;
};

// Refuses VEHICLE_EXISTS, VIN_INVALID, VIN_TAKEN, and the first reading as RecordOdometer does.
Events Decide(const v1::Vehicle& vehicle, const RegisterVehicle& command);
// Refuses VEHICLE_UNKNOWN, VIN_INVALID, VIN_TAKEN; INVALID_ARGUMENT when nothing would identify the
// vehicle any more. No events when nothing changes.
Events Decide(const v1::Vehicle& vehicle, const UpdateVehicle& command);
// Refuses VEHICLE_UNKNOWN, OWNERSHIP_OVERLAPS.
Events Decide(const v1::Vehicle& vehicle, const LinkVehicle& command);
// Refuses VEHICLE_UNKNOWN, OWNERSHIP_UNKNOWN, OWNERSHIP_DATES_REVERSED.
Events Decide(const v1::Vehicle& vehicle, const EndOwnership& command);
// Refuses VEHICLE_UNKNOWN, ODOMETER_BEFORE_LAST, ODOMETER_REASON_REQUIRED.
Events Decide(const v1::Vehicle& vehicle, const RecordOdometer& command);
// Refuses nothing.
std::vector<v1::CustomerVehicleEvent> Decide(const v1::Vehicle& vehicle,
                                             const NoteInvoicedOdometer& command);

absl::Status CheckVehicleKnown(const v1::Vehicle& vehicle, std::string_view vehicle_id);

}  // namespace pitlane::customer_vehicle
