#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/rpc/errors.h"
#include "libs/runtime/timestamps.h"
#include "services/terminal_gateway/domain/action.h"
#include "services/terminal_gateway/domain/reader.h"
#include "services/terminal_gateway/domain/simulator.h"

namespace pitlane::terminal_gateway {
namespace {

using What = DeviceAnswer::What;

absl::Status CheckKnown(const v1::ReaderRecord& record, const std::string& reader_id) {
  if (!record.reader().reader_id().empty()) return absl::OkStatus();
  return rpc::NotFound(v1::READER_UNKNOWN,
                       absl::StrCat("there is no reader ", reader_id, "; register it first"));
}

absl::Status UnknownAction(const std::string& action_id, const std::string& reader_id) {
  return rpc::NotFound(v1::ACTION_UNKNOWN,
                       absl::StrCat("reader ", reader_id, " has no action ", action_id));
}

// An action id means one thing for ever: asked for again it is the same action, or a mistake.
absl::Status CheckRepeated(const v1::Action& known, const v1::Action& asked) {
  // Whoever asked about it was told that it never happened, so it never does.
  if (known.status() == v1::ACTION_STATUS_REFUSED) {
    return rpc::Refused(v1::ACTION_WAS_REFUSED,
                        absl::StrCat("action ", asked.action_id(),
                                     " was given up before it arrived; use a new id"));
  }
  const bool same = known.kind() == asked.kind() && known.amount_minor() == asked.amount_minor() &&
                    known.currency() == asked.currency() &&
                    known.ticket_id() == asked.ticket_id() &&
                    known.original_action_id() == asked.original_action_id();
  if (same) return absl::OkStatus();
  return rpc::AlreadyExists(
      v1::ACTION_DIFFERS,
      absl::StrCat("action ", asked.action_id(), " was used for something else; use a new id"));
}

v1::Action Proposed(const v1::ProcessPaymentRequest& request) {
  v1::Action action;
  action.set_action_id(request.action_id());
  action.set_reader_id(request.reader_id());
  action.set_kind(v1::ACTION_KIND_CHARGE);
  action.set_amount_minor(request.amount_minor());
  action.set_currency(request.currency());
  action.set_ticket_id(request.ticket_id());
  return action;
}

v1::Action Proposed(const v1::ProcessRefundRequest& request) {
  v1::Action action;
  action.set_action_id(request.action_id());
  action.set_reader_id(request.reader_id());
  action.set_kind(v1::ACTION_KIND_REFUND);
  action.set_amount_minor(request.amount_minor());
  action.set_currency(request.currency());
  action.set_ticket_id(request.ticket_id());
  action.set_original_action_id(request.original_action_id());
  return action;
}

v1::SimulatedOutcome NextOutcome(const v1::ReaderRecord& record, const v1::Action& action,
                                 const Context& context) {
  if (record.script_size() > 0) return record.script(0);
  const bool by_amount = context.simulate_by_amount && action.kind() == v1::ACTION_KIND_CHARGE;
  return OutcomeByAmount(by_amount ? action.amount_minor() : 0);
}

Events Started(const v1::ReaderRecord& record, v1::Action action, const Context& context) {
  Events events(1);
  v1::ActionStarted& started = *events[0].mutable_action_started();
  if (record.reader().simulated()) {
    *started.mutable_simulated() = NextOutcome(record, action, context);
  }
  action.set_status(v1::ACTION_STATUS_IN_PROGRESS);
  action.set_fencing_token(record.last_fencing_token() + 1);
  *action.mutable_started_at() = runtime::ToTimestamp(context.now);
  *started.mutable_action() = std::move(action);
  return events;
}

absl::Status CheckFree(const v1::Reader& reader) {
  // One customer at a time stands before a reader.
  if (!reader.has_action()) return absl::OkStatus();
  return rpc::Refused(
      v1::READER_BUSY,
      absl::StrCat("reader ", reader.reader_id(), " is busy with ticket ",
                   reader.action().ticket_id(), "; wait or use another one"),
      {{"ticket_id", reader.action().ticket_id()}, {"action_id", reader.action().action_id()}});
}

absl::Status CheckCharge(const ProcessRefund& command) {
  const v1::ProcessRefundRequest& request = command.request;
  const v1::ActionRecord& charge = *command.charge;
  // Money goes back in the currency in which it came.
  if (charge.action().currency() != request.currency() &&
      charge.action().kind() == v1::ACTION_KIND_CHARGE) {
    return rpc::AlreadyExists(v1::ACTION_DIFFERS,
                              absl::StrCat("charge ", request.original_action_id(), " was in ",
                                           charge.action().currency()));
  }
  // Only what was taken can be given back.
  if (charge.action().kind() != v1::ACTION_KIND_CHARGE ||
      charge.action().status() != v1::ACTION_STATUS_SUCCEEDED) {
    return rpc::Refused(
        v1::ACTION_NOT_SUCCEEDED,
        absl::StrCat("action ", request.original_action_id(), " took no money to give back"));
  }
  // Never more goes back than came, refunds that are under way included.
  const int64_t left = charge.action().approved_minor() - charge.refunds_minor();
  if (request.amount_minor() > left) {
    return rpc::Refused(v1::REFUND_EXCEEDS_CHARGE,
                        absl::StrCat("of charge ", request.original_action_id(), " only ", left,
                                     " minor units are left to give back"),
                        {{"left_minor", absl::StrCat(left)}});
  }
  return absl::OkStatus();
}

v1::TerminalGatewayEvent OutcomeEvent(const v1::Action& action, const DeviceAnswer& answer) {
  v1::TerminalGatewayEvent event;
  const auto name = [&action](auto& outcome) {
    outcome.set_reader_id(action.reader_id());
    outcome.set_action_id(action.action_id());
    outcome.set_kind(action.kind());
  };
  switch (answer.what) {
    case What::kApproved:
      name(*event.mutable_action_succeeded());
      event.mutable_action_succeeded()->set_approved_minor(answer.approved_minor);
      event.mutable_action_succeeded()->set_currency(action.currency());
      *event.mutable_action_succeeded()->mutable_result() = answer.result;
      break;
    case What::kFailed:
      name(*event.mutable_action_failed());
      event.mutable_action_failed()->set_code(answer.code);
      break;
    case What::kCanceled:
      name(*event.mutable_action_canceled());
      break;
    case What::kInProgress:
      break;
    case What::kNoAnswer:
      name(*event.mutable_action_timed_out());
      break;
  }
  return event;
}

}  // namespace

absl::StatusOr<Events> Decide(const v1::ReaderRecord& record, const RegisterReader& command,
                              const Context&) {
  // A reader's id is its own for ever.
  if (!record.reader().reader_id().empty()) {
    return rpc::AlreadyExists(
        v1::READER_EXISTS, absl::StrCat("reader ", command.reader_id(), " is registered already"));
  }
  Events events(1);
  v1::Reader& reader = *events[0].mutable_reader_registered()->mutable_reader();
  reader.set_reader_id(command.reader_id());
  reader.set_location_id(command.location_id());
  reader.set_label(command.label());
  reader.set_state(v1::READER_STATE_IDLE);
  reader.set_simulated(command.simulated());
  reader.set_version(1);
  return events;
}

absl::StatusOr<Events> Decide(const v1::ReaderRecord& record, const ScriptSimulator& command,
                              const Context&) {
  RETURN_IF_ERROR(CheckKnown(record, command.reader_id()));
  // A real reader does what the customer does.
  if (!record.reader().simulated()) {
    return rpc::Refused(v1::READER_NOT_SIMULATED, absl::StrCat("reader ", command.reader_id(),
                                                               " is real and takes no script"));
  }
  Events events(1);
  v1::SimulatorScripted& scripted = *events[0].mutable_simulator_scripted();
  scripted.set_reader_id(command.reader_id());
  *scripted.mutable_outcomes() = command.outcomes();
  return events;
}

absl::StatusOr<Events> Decide(const v1::ReaderRecord& record, const ProcessPayment& command,
                              const Context& context) {
  RETURN_IF_ERROR(CheckKnown(record, command.request.reader_id()));
  v1::Action action = Proposed(command.request);
  if (command.known.has_value()) {
    RETURN_IF_ERROR(CheckRepeated(command.known->action(), action));
    return Events();
  }
  RETURN_IF_ERROR(CheckFree(record.reader()));
  return Started(record, std::move(action), context);
}

absl::StatusOr<Events> Decide(const v1::ReaderRecord& record, const ProcessRefund& command,
                              const Context& context) {
  RETURN_IF_ERROR(CheckKnown(record, command.request.reader_id()));
  // A refund is of a charge of the same reader.
  if (!command.charge.has_value()) {
    return UnknownAction(command.request.original_action_id(), command.request.reader_id());
  }
  v1::Action action = Proposed(command.request);
  if (command.known.has_value()) {
    RETURN_IF_ERROR(CheckRepeated(command.known->action(), action));
    return Events();
  }
  RETURN_IF_ERROR(CheckCharge(command));
  return Started(record, std::move(action), context);
}

absl::StatusOr<Events> Decide(const v1::ReaderRecord& record, const CancelAction& command,
                              const Context&) {
  const v1::CancelActionRequest& request = command.request;
  RETURN_IF_ERROR(CheckKnown(record, request.reader_id()));
  const bool known =
      command.known.has_value() && command.known->action().status() != v1::ACTION_STATUS_REFUSED;
  if (!known) return UnknownAction(request.action_id(), request.reader_id());
  const v1::Action& action = command.known->action();
  const bool overtaken = record.reader().has_action() &&
                         record.reader().action().fencing_token() > request.fencing_token();
  // A till that slept must not take the reader from the customer who is there now.
  if (request.fencing_token() != action.fencing_token() || overtaken) {
    return rpc::Refused(v1::STALE_FENCING_TOKEN,
                        absl::StrCat("action ", request.action_id(),
                                     " no longer holds the reader, or never with that token"));
  }
  // What is over stays as it is.
  if (!IsOpen(action.status())) {
    return rpc::Refused(v1::ACTION_FINISHED,
                        absl::StrCat("action ", request.action_id(), " is over; look at it"));
  }
  if (command.known->has_cancel_requested_at()) return Events();
  Events events(1);
  events[0].mutable_action_cancel_requested()->set_reader_id(request.reader_id());
  events[0].mutable_action_cancel_requested()->set_action_id(request.action_id());
  return events;
}

absl::StatusOr<Events> Decide(const v1::ReaderRecord& record, const ResolveAction& command,
                              const Context&) {
  RETURN_IF_ERROR(CheckKnown(record, command.request.reader_id()));
  if (command.known.has_value()) return Events();
  Events events(1);
  events[0].mutable_action_refused()->set_reader_id(command.request.reader_id());
  events[0].mutable_action_refused()->set_action_id(command.request.action_id());
  return events;
}

absl::StatusOr<Events> Decide(const v1::ReaderRecord&, const RecordAnswer& command,
                              const Context&) {
  const v1::Action& action = command.known.action();
  if (!IsOpen(action.status()) || command.answer.what == What::kInProgress) return Events();
  const bool timed_out = action.status() == v1::ACTION_STATUS_TIMED_OUT;
  if (timed_out && command.answer.what == What::kNoAnswer) return Events();
  Events events;
  if (timed_out) {
    v1::ActionResolved& resolved = *events.emplace_back().mutable_action_resolved();
    resolved.set_reader_id(action.reader_id());
    resolved.set_action_id(action.action_id());
    resolved.set_queries(command.queries);
  }
  events.push_back(OutcomeEvent(action, command.answer));
  return events;
}

}  // namespace pitlane::terminal_gateway
