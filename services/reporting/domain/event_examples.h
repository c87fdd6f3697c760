// One filled example of every event of the reporting area: what docs/events.md shows and the golden
// files pin.
#pragma once

#include <vector>

#include "pitlane/reporting/v1/events.pb.h"

namespace pitlane::reporting {

// In the order of the oneof, every field set, always the same values.
std::vector<v1::ReportingEvent> EventExamples();

}  // namespace pitlane::reporting
