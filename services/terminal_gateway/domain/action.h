// One action of a reader: a charge or a refund. A row of the view `actions`, one for ever, so that
// an action_id never counts twice; and what its device is called with.
#pragma once

#include <string>

#include "pitlane/terminal_gateway/v1/events.pb.h"
#include "pitlane/terminal_gateway/v1/state.pb.h"

namespace pitlane::terminal_gateway {

// What the event means for the action that it names; events of no action change nothing. Total.
void ApplyToAction(v1::ActionRecord& record, const v1::TerminalGatewayEvent& event);

// The action that the event is about; empty for events of the reader alone.
std::string ActionIdOf(const v1::TerminalGatewayEvent& event);

// No outcome is known yet.
bool IsOpen(v1::ActionStatus status);

}  // namespace pitlane::terminal_gateway
