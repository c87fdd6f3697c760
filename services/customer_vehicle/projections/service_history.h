// What was done to each vehicle, newest first: key vehicle id, slash, the time it was closed
// counted down from the end of time, ticket id → ServiceEntry.
#pragma once

#include <string>
#include <string_view>

#include "libs/runtime/projection.h"
#include "pitlane/customer_vehicle/v1/events.pb.h"

namespace pitlane::customer_vehicle {

inline constexpr std::string_view kServiceHistoryView = "service_history";

class ServiceHistory final : public runtime::TypedProjection<v1::CustomerVehicleEvent> {
 public:
  std::string_view view() const override { return kServiceHistoryView; }
  uint32_t schema() const override { return 1; }
  void On(const v1::CustomerVehicleEvent& event, runtime::ViewWriter& rows) override;
};

// What the keys of one vehicle's history begin with.
std::string ServiceHistoryPrefix(std::string_view vehicle_id);

}  // namespace pitlane::customer_vehicle
