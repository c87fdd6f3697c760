// Filled examples of each event of the area, always the same, every field set in one of them: what
// the golden bytes and docs/events.md are made from. CHECKs that its own text parses.
#pragma once

#include <vector>

#include "pitlane/ticket/v1/events.pb.h"

namespace pitlane::ticket {

// In the order of the oneof, each once.
std::vector<v1::TicketEvent> EventExamples();
// Further examples, with the fields that came later: an example that was released never changes.
std::vector<v1::TicketEvent> LaterEventExamples();

}  // namespace pitlane::ticket
