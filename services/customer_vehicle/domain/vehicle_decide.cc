#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/message_differencer.h"
#include "google/protobuf/util/time_util.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/rpc/errors.h"
#include "pitlane/customer_vehicle/v1/customer_vehicle_service.pb.h"
#include "services/customer_vehicle/domain/odometer.h"
#include "services/customer_vehicle/domain/vehicle.h"
#include "services/customer_vehicle/domain/vin.h"
#include "services/customer_vehicle/domain/vin_decoder.h"

namespace pitlane::customer_vehicle {
namespace {

// One car, one VIN: a second one with it is the same car entered twice.
absl::Status CheckVinFree(const std::string& vin, const std::string& holder,
                          const std::string& vehicle_id) {
  if (holder.empty() || holder == vehicle_id) return absl::OkStatus();
  return rpc::MakeError(
      absl::StatusCode::kFailedPrecondition, v1::VIN_TAKEN,
      absl::StrCat("vehicle ", holder, " has the VIN ", vin, "; use that vehicle"),
      {.metadata = {{"vehicle_id", holder}}, .fields = {}, .retry_after = {}});
}

template <class Value>
void Complete(const char* what, bool is_given, const Value& given, const Value& decoded, bool known,
              bool differs, v1::Vehicle& vehicle, Value* out) {
  if (!is_given) {
    *out = decoded;
  } else if (known && differs) {
    vehicle.add_warnings(
        absl::StrCat("the VIN says ", what, " ", decoded, ", entered was ", given));
  }
}

// The mechanic has the car before him: what he says wins, and where the VIN says otherwise he is
// told.
void CompleteFromVin(const DecodedVin& decoded, v1::Vehicle& vehicle) {
  for (const std::string& warning : decoded.warnings) vehicle.add_warnings(warning);
  int32_t year = vehicle.year();
  Complete("year", vehicle.year() != 0, vehicle.year(), decoded.year, decoded.year != 0,
           vehicle.year() != decoded.year, vehicle, &year);
  vehicle.set_year(year);
  const auto differ = [](const std::string& a, const std::string& b) {
    return StripToAlnumUpper(a) != StripToAlnumUpper(b);
  };
  Complete("make", !vehicle.make().empty(), vehicle.make(), decoded.make, !decoded.make.empty(),
           differ(vehicle.make(), decoded.make), vehicle, vehicle.mutable_make());
  Complete("model", !vehicle.model().empty(), vehicle.model(), decoded.model,
           !decoded.model.empty(), differ(vehicle.model(), decoded.model), vehicle,
           vehicle.mutable_model());
}

absl::Status TakeVin(const std::string& holder, bool accept_wrong_check_digit,
                     v1::Vehicle& vehicle) {
  vehicle.clear_warnings();
  if (vehicle.vin().empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::vector<std::string> warnings,
                   CheckVin(vehicle.vin(), accept_wrong_check_digit));
  RETURN_IF_ERROR(CheckVinFree(vehicle.vin(), holder, vehicle.vehicle_id()));
  for (const std::string& warning : warnings) vehicle.add_warnings(warning);
  CompleteFromVin(DecodeVin(vehicle.vin()), vehicle);
  return absl::OkStatus();
}

v1::CustomerVehicleEvent OwnershipStartedEvent(const std::string& vehicle_id,
                                               const std::string& customer_id,
                                               const std::string& from_date) {
  v1::CustomerVehicleEvent event;
  v1::OwnershipStarted& started = *event.mutable_ownership_started();
  started.set_vehicle_id(vehicle_id);
  started.set_customer_id(customer_id);
  started.set_from_date(from_date);
  return event;
}

v1::CustomerVehicleEvent OdometerReadEvent(const std::string& vehicle_id,
                                           const v1::OdometerReading& reading,
                                           const std::string& warning) {
  v1::CustomerVehicleEvent event;
  v1::OdometerRead& read = *event.mutable_odometer_read();
  read.set_vehicle_id(vehicle_id);
  *read.mutable_reading() = reading;
  read.mutable_reading()->set_warning(warning);
  return event;
}

v1::Vehicle Changed(const v1::Vehicle& vehicle, const UpdateVehicle& command) {
  v1::Vehicle changed = vehicle;
  if (command.vin) changed.set_vin(*command.vin);
  // Another VIN is another description; what nobody says now comes from the tables again.
  if (changed.vin() != vehicle.vin() && !changed.vin().empty()) {
    changed.clear_year();
    changed.clear_make();
    changed.clear_model();
  }
  if (command.chassis_number) changed.set_chassis_number(*command.chassis_number);
  if (command.year) changed.set_year(*command.year);
  if (command.make) changed.set_make(*command.make);
  if (command.model) changed.set_model(*command.model);
  if (command.plate) *changed.mutable_plate() = *command.plate;
  if (command.unit_number) changed.set_unit_number(*command.unit_number);
  return changed;
}

// Where the tables know nothing of the new VIN, what was known before stays.
void KeepWhatIsUnknown(const v1::Vehicle& before, v1::Vehicle& changed) {
  if (changed.year() == 0) changed.set_year(before.year());
  if (changed.make().empty()) changed.set_make(before.make());
  if (changed.model().empty()) changed.set_model(before.model());
}

bool IsIdentified(const v1::Vehicle& vehicle) {
  return !vehicle.vin().empty() || !vehicle.chassis_number().empty() ||
         !vehicle.plate().number().empty() || !vehicle.unit_number().empty();
}

bool OwnsOn(const v1::Ownership& ownership, const std::string& date) {
  return ownership.to_date().empty() || date <= ownership.to_date();
}

}  // namespace

absl::Status CheckVehicleKnown(const v1::Vehicle& vehicle, std::string_view vehicle_id) {
  if (!vehicle.vehicle_id().empty()) return absl::OkStatus();
  return rpc::NotFound(v1::VEHICLE_UNKNOWN,
                       absl::StrCat("there is no vehicle ", ToAbsl(vehicle_id)));
}

Events Decide(const v1::Vehicle& vehicle, const RegisterVehicle& command) {
  // An id is given once, for ever.
  if (!vehicle.vehicle_id().empty()) {
    return rpc::AlreadyExists(v1::VEHICLE_EXISTS,
                              absl::StrCat("there is a vehicle ", command.vehicle_id,
                                           " already; use another id or update it"));
  }
  std::vector<v1::CustomerVehicleEvent> events(1);
  v1::Vehicle& registered = *events.front().mutable_vehicle_registered()->mutable_vehicle();
  registered = command.described;
  registered.set_vehicle_id(command.vehicle_id);
  registered.set_version(1);
  RETURN_IF_ERROR(TakeVin(command.vin_holder, command.accept_wrong_check_digit, registered));
  if (!command.owner_id.empty()) {
    events.push_back(
        OwnershipStartedEvent(command.vehicle_id, command.owner_id, command.from_date));
  }
  if (command.reading.has_value()) {
    RETURN_IF_ERROR(CheckReading(*command.reading, v1::OdometerReading(), command.now));
    events.push_back(OdometerReadEvent(command.vehicle_id, *command.reading, ""));
  }
  return events;
}

Events Decide(const v1::Vehicle& vehicle, const UpdateVehicle& command) {
  RETURN_IF_ERROR(CheckVehicleKnown(vehicle, command.vehicle_id));
  v1::Vehicle changed = Changed(vehicle, command);
  // The check digit of a VIN that stays was judged when it came.
  if (changed.vin() != vehicle.vin()) {
    RETURN_IF_ERROR(TakeVin(command.vin_holder, command.accept_wrong_check_digit, changed));
    KeepWhatIsUnknown(vehicle, changed);
  }
  // A vehicle that nothing identifies would never be found again.
  if (!IsIdentified(changed)) {
    return rpc::Invalid("vin", "leave a vin, chassis_number, plate or unit_number");
  }
  if (google::protobuf::util::MessageDifferencer::Equals(vehicle, changed)) {
    return std::vector<v1::CustomerVehicleEvent>();
  }
  changed.set_version(vehicle.version() + 1);
  std::vector<v1::CustomerVehicleEvent> events(1);
  *events.front().mutable_vehicle_updated()->mutable_vehicle() = std::move(changed);
  return events;
}

Events Decide(const v1::Vehicle& vehicle, const LinkVehicle& command) {
  RETURN_IF_ERROR(CheckVehicleKnown(vehicle, command.vehicle_id));
  // Several may own a car together, but nobody owns it twice at a time.
  const bool overlaps = std::any_of(
      vehicle.ownerships().begin(), vehicle.ownerships().end(), [&](const v1::Ownership& owned) {
        return owned.customer_id() == command.customer_id && OwnsOn(owned, command.from_date);
      });
  if (overlaps) {
    return rpc::Refused(v1::OWNERSHIP_OVERLAPS,
                        absl::StrCat("customer ", command.customer_id, " owns vehicle ",
                                     command.vehicle_id, " on ", command.from_date, " already"));
  }
  return std::vector{
      OwnershipStartedEvent(command.vehicle_id, command.customer_id, command.from_date)};
}

Events Decide(const v1::Vehicle& vehicle, const EndOwnership& command) {
  RETURN_IF_ERROR(CheckVehicleKnown(vehicle, command.vehicle_id));
  const auto owned = std::find_if(
      vehicle.ownerships().begin(), vehicle.ownerships().end(), [&](const v1::Ownership& one) {
        return one.customer_id() == command.customer_id && one.to_date().empty();
      });
  // Only who owns a car now can cease to.
  if (owned == vehicle.ownerships().end()) {
    return rpc::Refused(v1::OWNERSHIP_UNKNOWN,
                        absl::StrCat("customer ", command.customer_id, " does not own vehicle ",
                                     command.vehicle_id, " now"));
  }
  // Nobody sold a car before buying it.
  if (command.to_date < owned->from_date()) {
    return rpc::Refused(v1::OWNERSHIP_DATES_REVERSED,
                        absl::StrCat("the ownership began on ", owned->from_date(),
                                     "; its last day cannot be ", command.to_date));
  }
  std::vector<v1::CustomerVehicleEvent> events(1);
  v1::OwnershipEnded& ended = *events.front().mutable_ownership_ended();
  ended.set_vehicle_id(command.vehicle_id);
  ended.set_customer_id(command.customer_id);
  ended.set_to_date(command.to_date);
  return events;
}

Events Decide(const v1::Vehicle& vehicle, const RecordOdometer& command) {
  RETURN_IF_ERROR(CheckVehicleKnown(vehicle, command.vehicle_id));
  RETURN_IF_ERROR(CheckReading(command.reading, vehicle.odometer(), command.now));
  return std::vector{OdometerReadEvent(command.vehicle_id, command.reading,
                                       DoubtOf(command.reading, vehicle.odometer()))};
}

std::vector<v1::CustomerVehicleEvent> Decide(const v1::Vehicle& vehicle,
                                             const NoteInvoicedOdometer& command) {
  const v1::OdometerReading& last = vehicle.odometer();
  v1::OdometerReading reading;
  reading.set_value(command.value);
  // Tickets count as the location does and do not say how; the vehicle's own unit is the best
  // guess.
  reading.set_unit(last.unit() == v1::ODOMETER_UNIT_UNSPECIFIED ? v1::ODOMETER_UNIT_MILES
                                                                : last.unit());
  reading.set_source("invoice");
  *reading.mutable_read_at() = command.read_at;
  reading.set_ticket_id(command.ticket_id);
  const bool late = last.has_read_at() && command.read_at < last.read_at();
  std::string warning;
  if (!late && last.has_read_at()) {
    warning = IsLower(reading, last) ? absl::StrCat("lower than the last reading, ", last.value())
                                     : DoubtOf(reading, last);
  }
  return {OdometerReadEvent(vehicle.vehicle_id(), reading, warning)};
}

}  // namespace pitlane::customer_vehicle
