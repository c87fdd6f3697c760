// Between absl::Status with payloads and gRPC's status with `grpc-status-details-bin`. Pure
// functions; safe from any thread.
#pragma once

#include "absl/status/status.h"
#include "grpcpp/support/status.h"

namespace pitlane::rpc {

// Every payload becomes a detail, in the order of its type's name, so equal errors have equal
// bytes. An error without ErrorInfo gets one whose reason is the code's name, e.g. "INTERNAL".
grpc::Status ToGrpcStatus(const absl::Status& status);

// The way back. Details that do not decode are dropped; code and message stay.
absl::Status FromGrpcStatus(const grpc::Status& status);

}  // namespace pitlane::rpc
