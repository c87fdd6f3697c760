// One filled example of every event of the customer and vehicle area: what docs/events.md shows and
// the golden files pin.
#pragma once

#include <vector>

#include "pitlane/customer_vehicle/v1/events.pb.h"

namespace pitlane::customer_vehicle {

// In the order of the oneof, every field set, always the same values. CHECKs that its own text
// parses.
std::vector<v1::CustomerVehicleEvent> EventExamples();
// Fields that came later, in events that have them.
std::vector<v1::CustomerVehicleEvent> LaterEventExamples();

}  // namespace pitlane::customer_vehicle
