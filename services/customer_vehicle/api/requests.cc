#include "services/customer_vehicle/api/requests.h"

#include "libs/base/ids.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/rpc/errors.h"
#include "services/customer_vehicle/domain/validation.h"
#include "services/customer_vehicle/vehicles.h"

namespace pitlane::customer_vehicle {
namespace {

template <class IdType>
absl::Status CheckId(const char* field, const std::string& text) {
  const auto id = IdType::Parse(text);
  if (id.ok()) return absl::OkStatus();
  return rpc::Invalid(field, ToStd(id.status().message()));
}

}  // namespace

absl::Status CheckCustomerId(const std::string& text) {
  return CheckId<CustomerId>("customer_id", text);
}

absl::Status CheckVehicleId(const std::string& text) {
  return CheckId<VehicleId>("vehicle_id", text);
}

absl::Status CheckShape(const v1::RegisterCustomerRequest& request) {
  if (!request.customer_id().empty()) RETURN_IF_ERROR(CheckCustomerId(request.customer_id()));
  RETURN_IF_ERROR(CheckPersonal(Trimmed(request.personal())));
  return CheckPreferences(request.preferences());
}

absl::Status CheckShape(const v1::UpdateCustomerRequest& request) {
  RETURN_IF_ERROR(CheckCustomerId(request.customer_id()));
  return CheckPersonal(Trimmed(request.personal()));
}

absl::Status CheckShape(const v1::AddNoteRequest& request) {
  RETURN_IF_ERROR(CheckCustomerId(request.customer_id()));
  return CheckNote(request.text());
}

absl::Status CheckShape(const v1::SetPreferencesRequest& request) {
  RETURN_IF_ERROR(CheckCustomerId(request.customer_id()));
  return CheckPreferences(request.preferences());
}

absl::Status CheckShape(const v1::EraseCustomerRequest& request) {
  return CheckCustomerId(request.customer_id());
}

absl::Status CheckShape(const v1::RegisterVehicleRequest& request) {
  if (!request.vehicle_id().empty()) RETURN_IF_ERROR(CheckVehicleId(request.vehicle_id()));
  if (!request.customer_id().empty()) RETURN_IF_ERROR(CheckCustomerId(request.customer_id()));
  const v1::Vehicle vehicle = DescribedBy(request);
  // A vehicle that nothing identifies would never be found again.
  if (vehicle.vin().empty() && vehicle.chassis_number().empty() &&
      vehicle.plate().number().empty() && vehicle.unit_number().empty()) {
    return rpc::Invalid("vin", "send a vin, chassis_number, plate or unit_number");
  }
  RETURN_IF_ERROR(CheckVehicleTexts(vehicle));
  return request.has_odometer() ? CheckReadingShape("odometer", request.odometer())
                                : absl::OkStatus();
}

absl::Status CheckShape(const v1::UpdateVehicleRequest& request) {
  RETURN_IF_ERROR(CheckVehicleId(request.vehicle_id()));
  v1::Vehicle texts;
  texts.set_chassis_number(request.chassis_number());
  texts.set_year(request.year());
  texts.set_make(request.make());
  texts.set_model(request.model());
  *texts.mutable_plate() = request.plate();
  texts.set_unit_number(request.unit_number());
  return CheckVehicleTexts(texts);
}

absl::Status CheckShape(const v1::LinkVehicleRequest& request) {
  RETURN_IF_ERROR(CheckVehicleId(request.vehicle_id()));
  RETURN_IF_ERROR(CheckCustomerId(request.customer_id()));
  return CheckDate("from_date", request.from_date());
}

absl::Status CheckShape(const v1::EndOwnershipRequest& request) {
  RETURN_IF_ERROR(CheckVehicleId(request.vehicle_id()));
  RETURN_IF_ERROR(CheckCustomerId(request.customer_id()));
  return CheckDate("to_date", request.to_date());
}

absl::Status CheckShape(const v1::RecordOdometerRequest& request) {
  RETURN_IF_ERROR(CheckVehicleId(request.vehicle_id()));
  if (!request.has_reading()) return rpc::Invalid("reading", "reading is required");
  return CheckReadingShape("reading", request.reading());
}

}  // namespace pitlane::customer_vehicle
