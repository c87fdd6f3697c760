// A client of a running Pitlane: one gateway address, one token, and what this client has seen.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "grpcpp/channel.h"
#include "grpcpp/client_context.h"
#include "libs/base/clock.h"
#include "libs/rpc/channel.h"
#include "libs/rpc/grpc_status.h"
#include "libs/rpc/positions.h"

namespace pitlane::tools {

// Thread-safe. Calls carry the token, a deadline and every position this session was answered, so
// that a later call never meets a state from before an earlier one.
class Session {
 public:
  Session(std::shared_ptr<grpc::Channel> channel, std::string token,
          absl::Duration timeout = absl::Seconds(20));

  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }
  const std::string& token() const { return token_; }
  absl::Duration timeout() const { return timeout_; }

  // Sets up a context for one call. `area` addresses services that every area has (AdminService).
  void Prepare(grpc::ClientContext& context, std::string_view area = {}) const;
  // The same for a stream, which has no deadline.
  void PrepareStream(grpc::ClientContext& context, std::string_view area = {}) const;
  // Remembers where a finished call was committed.
  void Remember(const grpc::ClientContext& context);
  // Remembers what `other` was answered, too: a session of its own that goes on where that one was.
  void JoinIn(const Session& other);
  // The positions of the last answer that named any, as text, e.g. "ticket.0.3@17".
  std::string last_positions() const;

  // A unary call: Call(stub, &Stub::GetTicket, request). UNAVAILABLE and RESOURCE_EXHAUSTED are
  // tried again until the session's timeout is over; that is safe because every mutation carries a
  // request id.
  template <class StubType, class Request, class Response>
  absl::StatusOr<Response> Call(StubType& stub,
                                grpc::Status (StubType::*method)(grpc::ClientContext*,
                                                                 const Request&, Response*),
                                const Request& request, std::string_view area = {}) {
    const absl::Time give_up = absl::Now() + timeout_;
    for (absl::Duration pause = absl::Milliseconds(20);; pause *= 2) {
      grpc::ClientContext context;
      Prepare(context, area);
      Response response;
      absl::Status status = rpc::FromGrpcStatus((stub.*method)(&context, request, &response));
      if (status.ok()) {
        Remember(context);
        return response;
      }
      if (!MayRetry(status) || absl::Now() + pause > give_up) return status;
      absl::SleepFor(pause);
    }
  }

 private:
  static bool MayRetry(const absl::Status& status) {
    return absl::IsUnavailable(status) || absl::IsResourceExhausted(status);
  }

  const std::shared_ptr<grpc::Channel> channel_;
  const std::string token_;
  const absl::Duration timeout_;
  mutable absl::Mutex mutex_;
  rpc::PositionToken seen_ ABSL_GUARDED_BY(mutex_);
  rpc::PositionToken last_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace pitlane::tools
