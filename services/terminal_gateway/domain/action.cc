#include "services/terminal_gateway/domain/action.h"

#include "libs/runtime/timestamps.h"

namespace pitlane::terminal_gateway {

void ApplyToAction(v1::ActionRecord& record, const v1::TerminalGatewayEvent& event) {
  v1::Action& action = *record.mutable_action();
  switch (event.event_case()) {
    case v1::TerminalGatewayEvent::kActionStarted:
      action = event.action_started().action();
      *record.mutable_simulated() = event.action_started().simulated();
      break;
    case v1::TerminalGatewayEvent::kActionCancelRequested:
      *record.mutable_cancel_requested_at() = event.meta().recorded_at();
      break;
    case v1::TerminalGatewayEvent::kActionSucceeded:
      action.set_status(v1::ACTION_STATUS_SUCCEEDED);
      action.set_approved_minor(event.action_succeeded().approved_minor());
      *action.mutable_result() = event.action_succeeded().result();
      break;
    case v1::TerminalGatewayEvent::kActionFailed:
      action.set_status(v1::ACTION_STATUS_FAILED);
      action.set_failure_code(event.action_failed().code());
      break;
    case v1::TerminalGatewayEvent::kActionCanceled:
      action.set_status(v1::ACTION_STATUS_CANCELED);
      break;
    case v1::TerminalGatewayEvent::kActionTimedOut:
      action.set_status(v1::ACTION_STATUS_TIMED_OUT);
      *record.mutable_timed_out_at() = event.meta().recorded_at();
      break;
    case v1::TerminalGatewayEvent::kActionResolved:
      action.set_queries(event.action_resolved().queries());
      break;
    case v1::TerminalGatewayEvent::kActionRefused:
      action.set_reader_id(event.action_refused().reader_id());
      action.set_action_id(event.action_refused().action_id());
      action.set_status(v1::ACTION_STATUS_REFUSED);
      break;
    case v1::TerminalGatewayEvent::kReaderRegistered:
    case v1::TerminalGatewayEvent::kSimulatorScripted:
    case v1::TerminalGatewayEvent::EVENT_NOT_SET:
      break;  // not facts of an action
  }
}

std::string ActionIdOf(const v1::TerminalGatewayEvent& event) {
  switch (event.event_case()) {
    case v1::TerminalGatewayEvent::kActionStarted:
      return event.action_started().action().action_id();
    case v1::TerminalGatewayEvent::kActionCancelRequested:
      return event.action_cancel_requested().action_id();
    case v1::TerminalGatewayEvent::kActionSucceeded:
      return event.action_succeeded().action_id();
    case v1::TerminalGatewayEvent::kActionFailed:
      return event.action_failed().action_id();
    case v1::TerminalGatewayEvent::kActionCanceled:
      return event.action_canceled().action_id();
    case v1::TerminalGatewayEvent::kActionTimedOut:
      return event.action_timed_out().action_id();
    case v1::TerminalGatewayEvent::kActionResolved:
      return event.action_resolved().action_id();
    case v1::TerminalGatewayEvent::kActionRefused:
      return event.action_refused().action_id();
    case v1::TerminalGatewayEvent::kReaderRegistered:
    case v1::TerminalGatewayEvent::kSimulatorScripted:
    case v1::TerminalGatewayEvent::EVENT_NOT_SET:
      break;
  }
  return "";
}

bool IsOpen(v1::ActionStatus status) {
  return status == v1::ACTION_STATUS_IN_PROGRESS || status == v1::ACTION_STATUS_TIMED_OUT;
}

}  // namespace pitlane::terminal_gateway
