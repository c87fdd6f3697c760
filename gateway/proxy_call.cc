#include "gateway/proxy_call.h"

#include <string_view>

#include "absl/strings/str_cat.h"
#include "libs/rpc/errors.h"

namespace pitlane::gateway {
namespace {

std::string_view Std(const grpc::string_ref& text) { return {text.data(), text.size()}; }

}  // namespace

ProxyCall::ProxyCall(Door& door, grpc::GenericCallbackServerContext& context)
    : context_(context),
      door_(door),
      carrier_(context),
      passage_(door, carrier_, context.method()) {}

void ProxyCall::Start() {
  const absl::Status admitted = passage_.Admit();
  if (!admitted.ok()) return Finish(passage_.Refuse(admitted));
  PassMetadata();
  passage_.backend().stub.PrepareBidiStreamingCall(&upstream_context_, passage_.path(), {},
                                                   &upstream_);
  upstream_.AddMultipleHolds(2);  // one for each direction
  upstream_.StartCall();
  StartRead(&request_);
}

void ProxyCall::PassMetadata() {
  for (const auto& [key, value] : context_.client_metadata()) {
    if (!door_.GoesToService(Std(key))) continue;
    upstream_context_.AddMetadata(std::string(Std(key)), std::string(Std(value)));
  }
  passage_.Prepare(upstream_context_);
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
  const int max_bytes = door_.options().max_message_bytes;
  if (request_.Length() > static_cast<size_t>(max_bytes)) {
    {
      absl::MutexLock lock(&mutex_);
      if (requests_ != Requests::kReading) return;
      requests_ = Requests::kStopped;
      refusal_ = rpc::MakeError(
          absl::StatusCode::kResourceExhausted, common::v1::MESSAGE_TOO_LARGE,
          absl::StrCat("a message has ", request_.Length(), " bytes; at most ", max_bytes));
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
  passage_.MarkCancelled();
  upstream_context_.TryCancel();
}

// Comes when both holds are gone, so nothing else is running for this call except a read from the
// caller that finds the call finished.
void ProxyCall::UpstreamDone(const grpc::Status& status) {
  for (const auto& [key, value] : upstream_context_.GetServerTrailingMetadata()) {
    if (!GoesToCaller(Std(key))) continue;
    context_.AddTrailingMetadata(std::string(Std(key)), std::string(Std(value)));
  }
  std::optional<absl::Status> ours;
  {
    absl::MutexLock lock(&mutex_);
    ours = refusal_;
  }
  Finish(ours.has_value() ? passage_.Refuse(*ours) : passage_.Conclude(status));
}

void ProxyCall::OnDone() { delete this; }

}  // namespace pitlane::gateway
