// One call's way through the gateway, whatever protocol it came by: its place, its service, who
// calls, what goes along, and what the caller gets for how it ended.
#pragma once

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "gateway/door.h"
#include "grpcpp/client_context.h"
#include "libs/rpc/server_call.h"

namespace pitlane::gateway {

// A service's metadata that goes on to the caller: all but what gRPC makes from the status and the
// transport by itself.
bool GoesToCaller(std::string_view key);

// Not thread-safe, except MarkCancelled. Takes a place from construction to destruction.
class Passage {
 public:
  // `carrier` must outlive it.
  Passage(Door& door, rpc::internal::Carrier& carrier, const std::string& path);
  ~Passage();
  Passage(const Passage&) = delete;
  Passage& operator=(const Passage&) = delete;

  // First. RESOURCE_EXHAUSTED, OVERLOADED; UNIMPLEMENTED, METHOD_UNKNOWN, also for a method of
  // others whose contract is not known, because nothing says then who may call it; INVALID_ARGUMENT
  // for the metadata `pitlane-service`; UNAUTHENTICATED and UNAVAILABLE for the token, which
  // methods with public access do not need.
  absl::Status Admit();

  const Method& method() const { return method_; }
  const std::string& path() const { return path_; }
  // After Admit was OK.
  Backend& backend() { return *backend_; }
  // What every call to a service has: trace context, and a deadline, its own or, for unary calls,
  // the default.
  void Prepare(grpc::ClientContext& upstream);

  // Once, exactly one of the two; counts the call. Refuse: the service had no part in it, or shall
  // have none. Conclude: as the service, or gRPC on the way to it, ended it.
  // Errors of Pitlane's own methods always have details; for services of others they stay what they
  // are, and ours have none.
  grpc::Status Refuse(const absl::Status& status);
  grpc::Status Conclude(const grpc::Status& status);

  void MarkCancelled() { call_.context().MarkCancelled(); }

 private:
  absl::Status Describe(const grpc::Status& status) const;

  Door& door_;
  rpc::internal::Carrier& carrier_;
  const std::string path_;
  const Method& method_;
  const bool pitlanes_;  // not a method of others
  const absl::Duration default_deadline_;
  const absl::Status room_;
  rpc::internal::ServerCall call_;
  const absl::Status identified_;
  Backend* backend_ = nullptr;
  std::optional<std::string> stream_of_;  // the caller whose stream it is
};

}  // namespace pitlane::gateway
