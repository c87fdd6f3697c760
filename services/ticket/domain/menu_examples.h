// Filled examples of the menu's events and of what it puts on lines; see event_examples.h.
#pragma once

#include <string>
#include <vector>

#include "pitlane/ticket/v1/events.pb.h"

namespace pitlane::ticket {

struct MenuExample {
  std::string stream_id;
  std::string type;  // "OperationDefined"
  v1::TicketEvent event;
};

// In the order of the oneof, each once, without meta.
std::vector<MenuExample> MenuExamples();
// Fields that came later: all that the menu and the parts counter put on a line, and a location's
// policies.
v1::Line MenuLineExample();
v1::CounterPolicy CounterPolicyExample();

}  // namespace pitlane::ticket
