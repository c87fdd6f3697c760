#include "services/customer_vehicle/projections/service_history.h"

#include "absl/strings/str_cat.h"
#include "libs/base/text.h"

namespace pitlane::customer_vehicle {
namespace {

std::string NewestFirst(const google::protobuf::Timestamp& time) {
  std::string key = EncodeBigEndian64(~static_cast<uint64_t>(time.seconds()));
  AppendBigEndian32(key, ~static_cast<uint32_t>(time.nanos()));
  return key;
}

}  // namespace

std::string ServiceHistoryPrefix(std::string_view vehicle_id) {
  return absl::StrCat(ToAbsl(vehicle_id), "/");
}

void ServiceHistory::On(const v1::CustomerVehicleEvent& event, runtime::ViewWriter& rows) {
  if (!event.has_service_recorded()) return;
  const v1::ServiceEntry& entry = event.service_recorded().entry();
  rows.Put(absl::StrCat(ServiceHistoryPrefix(entry.vehicle_id()), NewestFirst(entry.closed_at()),
                        entry.ticket_id()),
           entry);
}

}  // namespace pitlane::customer_vehicle
