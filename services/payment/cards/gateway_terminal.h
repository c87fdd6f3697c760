// The terminal gateway by gRPC.
#pragma once

#include <memory>
#include <set>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "grpcpp/client_context.h"
#include "libs/runtime/service_host.h"
#include "services/payment/cards/card_terminal.h"

namespace pitlane::payment {

// How long the gateway is waited for; it answers as soon as it has committed.
inline constexpr absl::Duration kGatewayTimeout = absl::Seconds(10);

// Thread-safe.
class GatewayTerminal final : public CardTerminal {
 public:
  // `host` is borrowed.
  explicit GatewayTerminal(runtime::HostContext& host) : host_(host) {}
  // Cancels the calls under way and waits for them.
  ~GatewayTerminal() override;

  void Charge(const TerminalCall& call, ActionFn done) override;
  void Refund(const TerminalCall& call, ActionFn done) override;
  void Resolve(const TerminalCall& call, ActionFn done) override;
  void Cancel(const TerminalCall& call, uint64_t fencing_token, ActionFn done) override;

 private:
  template <class Request, class Response, class Method>
  void Call(const TerminalCall& call, Request request, Method method, ActionFn done);
  absl::StatusOr<std::string> Token();
  // Different for each call that must not get the answer of an earlier one.
  std::string FreshRequestId(const TerminalCall& call);
  bool Begin(grpc::ClientContext& context);
  void End(grpc::ClientContext& context);

  runtime::HostContext& host_;
  absl::Mutex mutex_;
  std::string token_ ABSL_GUARDED_BY(mutex_);
  absl::Time token_from_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  std::set<grpc::ClientContext*> under_way_ ABSL_GUARDED_BY(mutex_);
  bool ending_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace pitlane::payment
