#include "gateway/proxy_call.h"

#include <chrono>
#include <string_view>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "libs/base/text.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/grpc_status.h"
#include "libs/rpc/trace.h"

namespace pitlane::gateway {
namespace {

std::string_view Std(const grpc::string_ref& text) { return {text.data(), text.size()}; }

// What a caller may say to a service. Everything else stays here: a service must not believe
// metadata that only a proxy in front of us would set.
bool GoesToService(std::string_view key) {
  return key == "authorization" || key == "tracestate" || key == "x-request-id" ||
         absl::StartsWith(ToAbsl(key), "pitlane-");
}

// Keys that gRPC makes from the status and the transport by itself.
bool GoesToCaller(std::string_view key) {
  return !key.empty() && key[0] != ':' && !absl::StartsWith(ToAbsl(key), "grpc-") &&
         key != "content-type" && key != "user-agent";
}

absl::Duration DefaultDeadline(const rpc::ServerEnv& env, const rpc::MethodInfo& method) {
  return method.streaming ? absl::InfiniteDuration() : env.options().default_deadline;
}

}  // namespace

ProxyCall::ProxyCall(rpc::ServerEnv& env, grpc::GenericCallbackServerContext& context,
                     const rpc::MethodInfo& method, ProxyLimits limits)
    : call_(env, context, method),
      context_(context),
      limits_(std::move(limits)),
      default_deadline_(DefaultDeadline(env, method)),
      identified_(call_.Identify(default_deadline_)) {}

void ProxyCall::Refuse(const absl::Status& status) { Finish(call_.End(status)); }

void ProxyCall::Forward(Backend& backend) {
  if (!identified_.ok()) return Refuse(identified_);
  backend_ = &backend;
  PrepareUpstream();
  backend.stub.PrepareBidiStreamingCall(&upstream_context_, context_.method(), {}, &upstream_);
  upstream_.AddMultipleHolds(2);  // one for each direction
  upstream_.StartCall();
  StartRead(&request_);
}

void ProxyCall::PrepareUpstream() {
  for (const auto& [key, value] : context_.client_metadata()) {
    if (!GoesToService(Std(key))) continue;
    upstream_context_.AddMetadata(std::string(Std(key)), std::string(Std(value)));
  }
  upstream_context_.AddMetadata(std::string(rpc::kTraceparentMetadata),
                                call_.context().traceparent());
  absl::Duration left = rpc::internal::TimeLeft(context_);
  if (left == absl::InfiniteDuration()) left = default_deadline_;
  if (left != absl::InfiniteDuration()) {
    upstream_context_.set_deadline(absl::ToChronoTime(absl::Now() + left));
  }
}

bool ProxyCall::Step(Requests from, Requests to) {
  absl::MutexLock lock(&mutex_);
  if (requests_ != from) return false;
  requests_ = to;
  return true;
}

// The requests' direction: a message, or the end of them, from the caller.
void ProxyCall::OnReadDone(bool ok) {
  if (!ok) {
    if (!Step(Requests::kReading, Requests::kStopped)) return;
    upstream_.StartWritesDone();
    return upstream_.RemoveHold();
  }
  if (request_.Length() > static_cast<size_t>(limits_.max_message_bytes)) {
    {
      absl::MutexLock lock(&mutex_);
      if (requests_ != Requests::kReading) return;
      requests_ = Requests::kStopped;
      refusal_ = rpc::MakeError(absl::StatusCode::kResourceExhausted, common::v1::MESSAGE_TOO_LARGE,
                                absl::StrCat("a message has ", request_.Length(),
                                             " bytes; at most ", limits_.max_message_bytes));
    }
    upstream_context_.TryCancel();
    return upstream_.RemoveHold();
  }
  if (Step(Requests::kReading, Requests::kWriting)) upstream_.StartWrite(&request_);
}

void ProxyCall::UpstreamWrote(bool ok) {
  bool stop = !ok;
  {
    absl::MutexLock lock(&mutex_);
    stop = stop || responses_ended_;
    requests_ = stop ? Requests::kStopped : Requests::kReading;
  }
  if (stop) return upstream_.RemoveHold();
  StartRead(&request_);
}

// The responses' direction begins with the service's metadata, which must be on its way before the
// first message is.
void ProxyCall::UpstreamStarted(bool ok) {
  if (ok) {
    for (const auto& [key, value] : upstream_context_.GetServerInitialMetadata()) {
      if (!GoesToCaller(Std(key))) continue;
      context_.AddInitialMetadata(std::string(Std(key)), std::string(Std(value)));
    }
    StartSendInitialMetadata();
  }
  upstream_.StartRead(&response_);
}

void ProxyCall::UpstreamRead(bool ok) {
  if (!ok) return EndResponses();
  StartWrite(&response_);
}

void ProxyCall::OnWriteDone(bool ok) {
  if (ok) return upstream_.StartRead(&response_);
  upstream_context_.TryCancel();
  EndResponses();
}

void ProxyCall::EndResponses() {
  bool stop_requests = false;
  {
    absl::MutexLock lock(&mutex_);
    responses_ended_ = true;
    // A write in flight sees responses_ended_ when it is done; a read may never be.
    stop_requests = requests_ == Requests::kReading;
    if (stop_requests) requests_ = Requests::kStopped;
  }
  if (stop_requests) upstream_.RemoveHold();
  upstream_.RemoveHold();
}

void ProxyCall::OnCancel() {
  call_.context().MarkCancelled();
  upstream_context_.TryCancel();
}

// Comes when both holds are gone, so nothing else is running for this call except a read from the
// caller that finds the call finished.
void ProxyCall::UpstreamDone(const grpc::Status& status) {
  for (const auto& [key, value] : upstream_context_.GetServerTrailingMetadata()) {
    if (!GoesToCaller(Std(key))) continue;
    context_.AddTrailingMetadata(std::string(Std(key)), std::string(Std(value)));
  }
  Finish(Translate(status));
}

grpc::Status ProxyCall::Translate(const grpc::Status& status) {
  std::optional<absl::Status> ours;
  {
    absl::MutexLock lock(&mutex_);
    ours = refusal_;
  }
  const bool described = status.ok() || !status.error_details().empty();
  if (!ours.has_value() && described) {
    call_.Account(rpc::FromGrpcStatus(status), /*log=*/false);
    return status;
  }
  return call_.End(ours.has_value() ? *ours : Describe(status));
}

// Without details the status is gRPC's own: no service has spoken.
absl::Status ProxyCall::Describe(const grpc::Status& status) const {
  const auto code = static_cast<absl::StatusCode>(status.error_code());
  const std::map<std::string, std::string> area = {{"area", backend_->area}};
  if (code == absl::StatusCode::kUnavailable) {
    return rpc::MakeError(code, common::v1::SERVICE_UNAVAILABLE,
                          absl::StrCat("the ", backend_->area, " service does not answer"),
                          {.metadata = area, .retry_after = absl::Seconds(1)});
  }
  if (code == absl::StatusCode::kUnimplemented) {
    return rpc::MakeError(code, common::v1::METHOD_UNKNOWN, status.error_message(),
                          {.metadata = area});
  }
  if (code == absl::StatusCode::kDeadlineExceeded) {
    return rpc::MakeError(code, common::v1::DEADLINE_PASSED, "the deadline passed",
                          {.metadata = area});
  }
  if (code == absl::StatusCode::kResourceExhausted) {
    return rpc::MakeError(code, common::v1::MESSAGE_TOO_LARGE, status.error_message(),
                          {.metadata = area});
  }
  if (code == absl::StatusCode::kCancelled) return rpc::internal::CallerLeft();
  return rpc::FromGrpcStatus(status);
}

void ProxyCall::OnDone() {
  const std::function<void()> on_done = limits_.on_done;
  delete this;
  on_done();
}

}  // namespace pitlane::gateway
