// The steps that every call goes through, whatever its kind; used by unary.h, server_stream.h and
// client_stream.h.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "google/protobuf/message.h"
#include "grpcpp/server_context.h"
#include "libs/rpc/call_context.h"
#include "libs/rpc/permissions.h"
#include "libs/rpc/server_env.h"

namespace pitlane::rpc {

// Ends a piece of work. Called once, from any thread, also from within the handler; a second time
// is a CHECK. When every copy is gone without a call, the work ends with INTERNAL.
using Done = std::function<void(absl::Status)>;

namespace internal {

// Makes a Done that calls `end` once.
Done OnceDone(std::function<void(absl::Status)> end);

// Runs `work`, which gets a Done for `end`; what third parties throw out of it ends it with
// INTERNAL.
void RunCatching(std::function<void(absl::Status)> end, const std::function<void(Done)>& work);

// CANCELLED, CALL_CANCELLED.
absl::Status CallerLeft();

// What brought a call here: gRPC, or another protocol in front of it.
class Carrier {
 public:
  virtual ~Carrier() = default;
  // The value of a metadata entry; nullopt when there is none or it is repeated.
  virtual std::optional<std::string> Metadata(std::string_view key) const = 0;
  // e.g. "ipv4:10.0.0.7:51234".
  virtual std::string Peer() const = 0;
  // What remains until the call's deadline, infinite without one; may be negative.
  virtual absl::Duration TimeLeft() const = 0;
  virtual void AddTrailer(std::string key, std::string value) = 0;
};

// The value of a metadata entry; nullopt when there is none or it is repeated.
std::optional<std::string> MetadataValue(const grpc::ServerContextBase& context,
                                         std::string_view key);

// The caller of a call by its `authorization` metadata. UNAUTHENTICATED or UNAVAILABLE as
// TokenVerifier::Verify, and TOKEN_MISSING. Without a verifier: KEYS_UNAVAILABLE.
absl::StatusOr<std::shared_ptr<const Caller>> IdentifyCaller(
    const std::optional<std::string>& authorization, TokenVerifier* verifier);
absl::StatusOr<std::shared_ptr<const Caller>> IdentifyCaller(const grpc::ServerContextBase& context,
                                                             TokenVerifier* verifier);

// What remains until the call's deadline, infinite without one; may be negative.
absl::Duration TimeLeft(const grpc::ServerContextBase& context);

// `context` must outlive it.
class GrpcCarrier final : public Carrier {
 public:
  explicit GrpcCarrier(grpc::ServerContextBase& context) : context_(context) {}
  std::optional<std::string> Metadata(std::string_view key) const override {
    return MetadataValue(context_, key);
  }
  std::string Peer() const override { return context_.peer(); }
  absl::Duration TimeLeft() const override { return internal::TimeLeft(context_); }
  void AddTrailer(std::string key, std::string value) override {
    context_.AddTrailingMetadata(std::move(key), std::move(value));
  }

 private:
  grpc::ServerContextBase& context_;
};

// One call from arrival to its log line. Not thread-safe, except context().
class ServerCall {
 public:
  ServerCall(ServerEnv& env, grpc::ServerContextBase& grpc_context, const MethodInfo& method);
  // `carrier` must outlive the call.
  ServerCall(ServerEnv& env, Carrier& carrier, const MethodInfo& method);
  ServerCall(const ServerCall&) = delete;
  ServerCall& operator=(const ServerCall&) = delete;

  // Who it is and what came along. Must precede the others; `default_deadline` limits calls that
  // came without a deadline.
  absl::Status Identify(absl::Duration default_deadline);
  // Whether it may, by this request, and whether there is time and sense to go on.
  absl::Status Admit(const google::protobuf::Message& request);
  // Valid after Identify, whatever that answered.
  CallContext& context() { return *context_; }

  // Sets the trailer, counts, and logs one line if it is an error; that the caller leaves a stream
  // of answers is none. Once.
  grpc::Status End(const absl::Status& status);
  // Only counts and, when asked to, logs: for an answer that another server gave. Once.
  void Account(const absl::Status& status, bool log);

 private:
  void Log(const absl::Status& status, absl::Duration latency) const;

  ServerEnv& env_;
  std::optional<GrpcCarrier> grpc_carrier_;  // only of calls that came by gRPC
  Carrier& carrier_;
  const MethodInfo& method_;
  const std::chrono::steady_clock::time_point started_;
  absl::Status metadata_status_;
  std::string request_id_;
  std::optional<CallContext> context_;
};

}  // namespace internal
}  // namespace pitlane::rpc
