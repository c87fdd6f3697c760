#include "services/terminal_gateway/reader_actions.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/ids.h"
#include "libs/base/status.h"
#include "libs/runtime/aggregate.h"
#include "libs/runtime/effects.h"
#include "libs/runtime/timestamps.h"
#include "services/terminal_gateway/domain/action.h"
#include "services/terminal_gateway/projections/actions.h"

namespace pitlane::terminal_gateway {
namespace {

std::string EffectId(const std::string& reader_id, const std::string& action_id) {
  return absl::StrCat(reader_id, "/", action_id);
}

// Decides for the reader and emits. How many events that were.
template <class Command>
absl::StatusOr<size_t> Execute(runtime::Unit& unit, const std::string& reader_id,
                               const Command& command, bool simulate_by_amount = true) {
  const Context context{.now = unit.now(), .simulate_by_amount = simulate_by_amount};
  ASSIGN_OR_RETURN(const auto loaded, unit.Load<ReaderAggregate>(reader_id));
  ASSIGN_OR_RETURN(Events events, Decide(loaded.state, command, context));
  const size_t count = events.size();
  // A calendar belongs to the books, and a reader keeps none.
  const runtime::EventScope scope{.location_id = loaded.state.reader().location_id(),
                                  .business_date = ""};
  unit.Emit<ReaderAggregate>(reader_id, std::move(events), scope);
  RETURN_IF_ERROR(unit.status());
  return count;
}

absl::StatusOr<v1::ActionRecord> FindCommitted(runtime::Unit& unit, const std::string& reader_id,
                                               const std::string& action_id) {
  ASSIGN_OR_RETURN(const auto record, Actions::Find(unit.views(), reader_id, action_id));
  return record.value_or(v1::ActionRecord());
}

absl::Status HandOver(runtime::Unit& unit, std::string_view kind, const std::string& reader_id,
                      const std::string& action_id) {
  ASSIGN_OR_RETURN(const v1::ActionRecord record, FindCommitted(unit, reader_id, action_id));
  unit.RequestEffect(kind, EffectId(reader_id, action_id), runtime::DeterministicBytes(record));
  return unit.status();
}

absl::Status ReturnAction(runtime::Unit& unit, const std::string& reader_id,
                          const std::string& action_id, v1::Action* action) {
  ASSIGN_OR_RETURN(v1::ActionRecord record, FindCommitted(unit, reader_id, action_id));
  *action = std::move(*record.mutable_action());
  return absl::OkStatus();
}

absl::Status ReturnReader(runtime::Unit& unit, const std::string& reader_id, v1::Reader* reader) {
  ASSIGN_OR_RETURN(const auto loaded, unit.Load<ReaderAggregate>(reader_id));
  *reader = loaded.state.reader();
  return absl::OkStatus();
}

}  // namespace

absl::Status Register(runtime::Unit& unit, v1::RegisterReaderRequest request, v1::Reader* reader) {
  ASSIGN_OR_RETURN(const LocationId location, LocationId::Parse(request.location_id()));
  if (request.reader_id().empty()) {
    request.set_reader_id(unit.NewId<ReaderId>(location.slot()).text());
  }
  const Context context{.now = unit.now()};
  const runtime::EventScope scope{.location_id = request.location_id(), .business_date = ""};
  RETURN_IF_ERROR(unit.Execute<ReaderAggregate>(
      request.reader_id(), std::nullopt, scope,
      [&](const v1::ReaderRecord& record) { return Decide(record, request, context); }));
  return ReturnReader(unit, request.reader_id(), reader);
}

absl::Status Script(runtime::Unit& unit, const v1::ScriptSimulatorRequest& request,
                    v1::Reader* reader) {
  RETURN_IF_ERROR(Execute(unit, request.reader_id(), request).status());
  return ReturnReader(unit, request.reader_id(), reader);
}

absl::Status StartPayment(runtime::Unit& unit, const v1::ProcessPaymentRequest& request,
                          bool simulate_by_amount, v1::Action* action) {
  ProcessPayment command{.request = request, .known = std::nullopt};
  ASSIGN_OR_RETURN(command.known,
                   Actions::Find(unit.views(), request.reader_id(), request.action_id()));
  ASSIGN_OR_RETURN(const size_t events,
                   Execute(unit, request.reader_id(), command, simulate_by_amount));
  if (events > 0) {
    RETURN_IF_ERROR(HandOver(unit, kStartEffect, request.reader_id(), request.action_id()));
  }
  return ReturnAction(unit, request.reader_id(), request.action_id(), action);
}

absl::Status StartRefund(runtime::Unit& unit, const v1::ProcessRefundRequest& request,
                         v1::Action* action) {
  ProcessRefund command{.request = request, .known = std::nullopt, .charge = std::nullopt};
  ASSIGN_OR_RETURN(command.known,
                   Actions::Find(unit.views(), request.reader_id(), request.action_id()));
  ASSIGN_OR_RETURN(command.charge,
                   Actions::Find(unit.views(), request.reader_id(), request.original_action_id()));
  ASSIGN_OR_RETURN(const size_t events, Execute(unit, request.reader_id(), command));
  if (events > 0) {
    RETURN_IF_ERROR(HandOver(unit, kStartEffect, request.reader_id(), request.action_id()));
  }
  return ReturnAction(unit, request.reader_id(), request.action_id(), action);
}

absl::Status RequestCancel(runtime::Unit& unit, const v1::CancelActionRequest& request,
                           v1::Action* action) {
  CancelAction command{.request = request, .known = std::nullopt};
  ASSIGN_OR_RETURN(command.known,
                   Actions::Find(unit.views(), request.reader_id(), request.action_id()));
  ASSIGN_OR_RETURN(const size_t events, Execute(unit, request.reader_id(), command));
  if (events > 0) {
    unit.FinishEffect(kStartEffect, EffectId(request.reader_id(), request.action_id()));
    RETURN_IF_ERROR(HandOver(unit, kCancelEffect, request.reader_id(), request.action_id()));
  }
  return ReturnAction(unit, request.reader_id(), request.action_id(), action);
}

absl::Status Resolve(runtime::Unit& unit, const v1::ResolveActionRequest& request,
                     v1::Action* action) {
  ResolveAction command{.request = request, .known = std::nullopt};
  ASSIGN_OR_RETURN(command.known,
                   Actions::Find(unit.views(), request.reader_id(), request.action_id()));
  RETURN_IF_ERROR(Execute(unit, request.reader_id(), command).status());
  return ReturnAction(unit, request.reader_id(), request.action_id(), action);
}

absl::Status RecordDeviceAnswer(runtime::Unit& unit, std::string_view kind,
                                const std::string& reader_id, const std::string& action_id,
                                const DeviceAnswer& answer) {
  const std::string effect_id = EffectId(reader_id, action_id);
  RecordAnswer command{.known = {}, .answer = answer};
  ASSIGN_OR_RETURN(command.known, FindCommitted(unit, reader_id, action_id));
  ASSIGN_OR_RETURN(const auto effect, unit.GetEffect(kind, effect_id));
  command.queries = effect.has_value() ? static_cast<int32_t>(effect->asked) : 0;
  RETURN_IF_ERROR(Execute(unit, reader_id, command).status());

  ASSIGN_OR_RETURN(const v1::ActionRecord after, FindCommitted(unit, reader_id, action_id));
  if (!IsOpen(after.action().status())) {
    unit.FinishEffect(kStartEffect, effect_id);
    unit.FinishEffect(kCancelEffect, effect_id);
  } else if (answer.what == DeviceAnswer::What::kInProgress) {
    unit.RescheduleEffect(kind, effect_id, answer.ask_at);
  } else {
    // Nothing happens to an effect that a cancel has taken over from meanwhile.
    unit.RescheduleEffect(
        kind, effect_id,
        runtime::NextQuery(runtime::FromTimestamp(after.timed_out_at()), unit.now()));
  }
  return unit.status();
}

absl::Status ReopenAction(runtime::Unit& unit, const std::string& reader_id,
                          const std::string& action_id) {
  ASSIGN_OR_RETURN(const v1::ActionRecord record, FindCommitted(unit, reader_id, action_id));
  const std::string effect_id = EffectId(reader_id, action_id);
  unit.FinishEffect(kStartEffect, effect_id);
  unit.FinishEffect(kCancelEffect, effect_id);
  if (!IsOpen(record.action().status())) return unit.status();
  return HandOver(unit, record.has_cancel_requested_at() ? kCancelEffect : kStartEffect, reader_id,
                  action_id);
}

}  // namespace pitlane::terminal_gateway
