// The shape of requests: everything that can be said without looking at any state. INVALID_ARGUMENT
// names the field. Pure functions; safe from any thread.
#pragma once

#include "absl/status/status.h"
#include "pitlane/terminal_gateway/v1/terminal_gateway_service.pb.h"

namespace pitlane::terminal_gateway {

absl::Status CheckShape(const v1::RegisterReaderRequest& request);
absl::Status CheckShape(const v1::GetReaderRequest& request);
absl::Status CheckShape(const v1::ListReadersRequest& request);
absl::Status CheckShape(const v1::ProcessPaymentRequest& request);
absl::Status CheckShape(const v1::ProcessRefundRequest& request);
absl::Status CheckShape(const v1::CancelActionRequest& request);
absl::Status CheckShape(const v1::GetActionRequest& request);
absl::Status CheckShape(const v1::ResolveActionRequest& request);
absl::Status CheckShape(const v1::ScriptSimulatorRequest& request);

}  // namespace pitlane::terminal_gateway
