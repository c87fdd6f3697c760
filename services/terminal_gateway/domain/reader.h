// A card reader: who holds it, and what it may be asked to do. Stream: the reader's id, which
// carries its location's slot.
//
// IDLE → BUSY with one action → IDLE. An action is IN_PROGRESS → SUCCEEDED | FAILED | CANCELED |
// TIMED_OUT, and a timed-out one ends as one of the first three once its outcome is known; it no
// longer holds the reader meanwhile. Refunds never hold it: the card is not there.
//
// Actions that are over are not part of the state, which would grow for ever; commands bring along
// what is known of the action they name (projections/actions.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "pitlane/terminal_gateway/v1/events.pb.h"
#include "pitlane/terminal_gateway/v1/state.pb.h"
#include "pitlane/terminal_gateway/v1/terminal_gateway_service.pb.h"
#include "services/terminal_gateway/domain/device_answer.h"

namespace pitlane::terminal_gateway {

using Events = std::vector<v1::TerminalGatewayEvent>;

struct ReaderAggregate {
  using State = v1::ReaderRecord;
  using Event = v1::TerminalGatewayEvent;
  static constexpr uint32_t kSchema = 1;
  static void Apply(v1::ReaderRecord& record, const v1::TerminalGatewayEvent& event);
};

struct Context {
  absl::Time now;
  // Whether amounts say what a simulated reader does, when no script does.
  bool simulate_by_amount = true;
};

// The requests of the service; ids that a request may leave empty have been filled in.
using RegisterReader = v1::RegisterReaderRequest;
using ScriptSimulator = v1::ScriptSimulatorRequest;
struct ProcessPayment {
  v1::ProcessPaymentRequest request;
  std::optional<v1::ActionRecord> known;  // the action of that id, if there is one
};
struct ProcessRefund {
  v1::ProcessRefundRequest request;
  std::optional<v1::ActionRecord> known;
  std::optional<v1::ActionRecord> charge;  // the one it takes from
};
struct CancelAction {
  v1::CancelActionRequest request;
  std::optional<v1::ActionRecord> known;
};
struct ResolveAction {
  v1::ResolveActionRequest request;
  std::optional<v1::ActionRecord> known;
};
// What the device said of an action that was started.
struct RecordAnswer {
  v1::ActionRecord known;
  DeviceAnswer answer;
  int32_t queries = 0;  // how often it was asked
};

// Every rule, pure; reasons of v1::ErrorReason, checked in the order in which they are declared. No
// events: it was done before.
absl::StatusOr<Events> Decide(const v1::ReaderRecord&, const RegisterReader&, const Context&);
absl::StatusOr<Events> Decide(const v1::ReaderRecord&, const ScriptSimulator&, const Context&);
absl::StatusOr<Events> Decide(const v1::ReaderRecord&, const ProcessPayment&, const Context&);
absl::StatusOr<Events> Decide(const v1::ReaderRecord&, const ProcessRefund&, const Context&);
absl::StatusOr<Events> Decide(const v1::ReaderRecord&, const CancelAction&, const Context&);
absl::StatusOr<Events> Decide(const v1::ReaderRecord&, const ResolveAction&, const Context&);
// Refuses nothing: an action whose outcome is known stays as it is, whatever is said later.
absl::StatusOr<Events> Decide(const v1::ReaderRecord&, const RecordAnswer&, const Context&);

}  // namespace pitlane::terminal_gateway
