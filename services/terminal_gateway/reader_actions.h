// What happens to readers and their actions, inside a unit of work: the aggregate decides, the view
// of actions tells it what is known, and effects carry the decisions to the devices.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "libs/runtime/unit.h"
#include "pitlane/terminal_gateway/v1/terminal_gateway_service.pb.h"
#include "services/terminal_gateway/domain/device_answer.h"
#include "services/terminal_gateway/domain/reader.h"

namespace pitlane::terminal_gateway {

// Kinds of effects (devices/reader_calls.h). Id: "<reader id>/<action id>"; payload: ActionRecord.
inline constexpr std::string_view kStartEffect = "reader_action";
inline constexpr std::string_view kCancelEffect = "reader_cancel";

// Each refuses what its RPC does, and gives the reader or the action as it is afterwards.
absl::Status Register(runtime::Unit& unit, v1::RegisterReaderRequest request, v1::Reader* reader);
absl::Status Script(runtime::Unit& unit, const v1::ScriptSimulatorRequest& request,
                    v1::Reader* reader);
absl::Status StartPayment(runtime::Unit& unit, const v1::ProcessPaymentRequest& request,
                          bool simulate_by_amount, v1::Action* action);
absl::Status StartRefund(runtime::Unit& unit, const v1::ProcessRefundRequest& request,
                         v1::Action* action);
absl::Status RequestCancel(runtime::Unit& unit, const v1::CancelActionRequest& request,
                           v1::Action* action);
absl::Status Resolve(runtime::Unit& unit, const v1::ResolveActionRequest& request,
                     v1::Action* action);

// After a restore: the action's effects are open while its outcome is not known, and only then.
absl::Status ReopenAction(runtime::Unit& unit, const std::string& reader_id,
                          const std::string& action_id);

// Records what a device said of an action when the effect of this kind asked: ends the action's
// effects, or sets when that effect asks again.
absl::Status RecordDeviceAnswer(runtime::Unit& unit, std::string_view kind,
                                const std::string& reader_id, const std::string& action_id,
                                const DeviceAnswer& answer);

}  // namespace pitlane::terminal_gateway
