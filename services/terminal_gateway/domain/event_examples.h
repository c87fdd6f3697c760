// One filled example of each event of the area, every field set, always the same: what the golden
// bytes and docs/events.md are made from. CHECKs that its own text parses.
#pragma once

#include <vector>

#include "pitlane/terminal_gateway/v1/events.pb.h"

namespace pitlane::terminal_gateway {

// In the order of the oneof, each once.
std::vector<v1::TerminalGatewayEvent> EventExamples();

}  // namespace pitlane::terminal_gateway
