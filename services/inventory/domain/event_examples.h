// One filled example of every event of the inventory area: what docs/events.md shows and the golden
// files pin.
#pragma once

#include <vector>

#include "pitlane/inventory/v1/events.pb.h"

namespace pitlane::inventory {

// In the order of the oneof, every field set, always the same values.
std::vector<v1::InventoryEvent> EventExamples();

}  // namespace pitlane::inventory
