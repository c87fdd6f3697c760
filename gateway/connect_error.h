// Errors as the Connect protocol writes them (https://connectrpc.com/docs/protocol, "Error codes").
// Pure functions; safe from any thread.
#pragma once

#include <string>
#include <string_view>

#include "gateway/json.h"
#include "grpcpp/support/status.h"

namespace pitlane::gateway {

// "failed_precondition"; "unknown" for what is none of gRPC's codes.
std::string_view ConnectCode(grpc::StatusCode code);
int HttpStatusOf(grpc::StatusCode code);

// {"code", "message", "details": [{"type", "value", "debug"}]} of a status that is not OK. A detail
// whose type is in `types` gets `debug`, its JSON form.
std::string ConnectErrorJson(const grpc::Status& status, const Types& types);

}  // namespace pitlane::gateway
