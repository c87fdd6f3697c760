#include "services/terminal_gateway/domain/reader.h"

namespace pitlane::terminal_gateway {
namespace {

void Start(v1::ReaderRecord& record, const v1::ActionStarted& started) {
  record.set_last_fencing_token(started.action().fencing_token());
  if (record.script_size() > 0) record.mutable_script()->DeleteSubrange(0, 1);
  if (started.action().kind() != v1::ACTION_KIND_CHARGE) return;
  record.mutable_reader()->set_state(v1::READER_STATE_BUSY);
  *record.mutable_reader()->mutable_action() = started.action();
}

void Free(v1::ReaderRecord& record, const std::string& action_id) {
  v1::Reader& reader = *record.mutable_reader();
  if (reader.action().action_id() != action_id) return;
  reader.clear_action();
  reader.set_state(v1::READER_STATE_IDLE);
}

}  // namespace

void ReaderAggregate::Apply(v1::ReaderRecord& record, const v1::TerminalGatewayEvent& event) {
  const uint64_t version = record.reader().version() + 1;
  switch (event.event_case()) {
    case v1::TerminalGatewayEvent::kReaderRegistered:
      *record.mutable_reader() = event.reader_registered().reader();
      break;
    case v1::TerminalGatewayEvent::kSimulatorScripted:
      *record.mutable_script() = event.simulator_scripted().outcomes();
      break;
    case v1::TerminalGatewayEvent::kActionStarted:
      Start(record, event.action_started());
      break;
    case v1::TerminalGatewayEvent::kActionSucceeded:
      Free(record, event.action_succeeded().action_id());
      break;
    case v1::TerminalGatewayEvent::kActionFailed:
      Free(record, event.action_failed().action_id());
      break;
    case v1::TerminalGatewayEvent::kActionCanceled:
      Free(record, event.action_canceled().action_id());
      break;
    case v1::TerminalGatewayEvent::kActionTimedOut:
      Free(record, event.action_timed_out().action_id());
      break;
    case v1::TerminalGatewayEvent::kActionCancelRequested:
    case v1::TerminalGatewayEvent::kActionResolved:
    case v1::TerminalGatewayEvent::kActionRefused:
    case v1::TerminalGatewayEvent::EVENT_NOT_SET:
      break;  // nothing about who holds the reader
  }
  record.mutable_reader()->set_version(version);
}

}  // namespace pitlane::terminal_gateway
