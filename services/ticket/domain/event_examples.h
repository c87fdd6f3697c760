// One filled example of each event of the area, every field set, always the same: what the golden
// bytes and docs/events.md are made from. CHECKs that its own text parses.
#pragma once

#include <vector>

#include "pitlane/ticket/v1/events.pb.h"

namespace pitlane::ticket {

// In the order of the oneof, each once.
std::vector<v1::TicketEvent> EventExamples();

}  // namespace pitlane::ticket
