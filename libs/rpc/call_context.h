// What a handler may know of the call it answers. Free of gRPC, so that it can be made in tests.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/time/time.h"
#include "libs/rpc/identity.h"
#include "libs/rpc/positions.h"

namespace pitlane::rpc {

// What the caller sent besides the request.
struct CallInfo {
  std::shared_ptr<const Caller> caller = std::make_shared<const Caller>();
  std::string method;       // "/pitlane.ticket.v1.TicketService/OpenTicket"
  std::string traceparent;  // W3C, always well-formed; made here when the caller sent none
  std::string peer;         // e.g. "ipv4:10.0.0.7:51234"
  PositionToken after;      // what the answer must have seen
  absl::Time deadline = absl::InfiniteFuture();  // on the server's Clock
};

// Lives until the call's Done is called (a stream's: until its end). Threads: the getters and
// `cancelled` from any; SetPositions by one thread at a time and before Done.
class CallContext {
 public:
  explicit CallContext(CallInfo info) : info_(std::move(info)) {}
  CallContext(const CallContext&) = delete;
  CallContext& operator=(const CallContext&) = delete;

  const Caller& caller() const { return *info_.caller; }
  // For those who keep the caller longer than the call.
  const std::shared_ptr<const Caller>& shared_caller() const { return info_.caller; }
  const std::string& method() const { return info_.method; }
  const std::string& traceparent() const { return info_.traceparent; }
  const std::string& peer() const { return info_.peer; }
  const PositionToken& after() const { return info_.after; }
  absl::Time deadline() const { return info_.deadline; }
  // The caller went away or its deadline passed; the answer will reach nobody.
  bool cancelled() const { return cancelled_.load(std::memory_order_relaxed); }

  // Where the answer was committed; becomes the trailer `pitlane-position`.
  void SetPositions(PositionToken positions) { positions_ = std::move(positions); }
  const PositionToken& positions() const { return positions_; }

  void MarkCancelled() { cancelled_.store(true, std::memory_order_relaxed); }

 private:
  CallInfo info_;
  PositionToken positions_;
  std::atomic<bool> cancelled_{false};
};

}  // namespace pitlane::rpc
