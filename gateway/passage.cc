#include "gateway/passage.h"

#include <map>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/grpc_status.h"
#include "libs/rpc/trace.h"

namespace pitlane::gateway {
namespace {

constexpr char kPitlane[] = "/pitlane.";
// gRPC rounds a timeout up by as much as a hundredth when it writes it. So much less is asked for:
// a service shall not believe that it has longer than its caller waits.
constexpr int kWireRounding = 80;

absl::Duration DefaultDeadline(const rpc::ServerEnv& env, const Method& method) {
  return method.info.streaming ? absl::InfiniteDuration() : env.options().default_deadline;
}

}  // namespace

bool GoesToCaller(std::string_view key) {
  return !key.empty() && key[0] != ':' && !absl::StartsWith(ToAbsl(key), "grpc-") &&
         key != "content-type" && key != "user-agent";
}

Passage::Passage(Door& door, rpc::internal::Carrier& carrier, const std::string& path)
    : door_(door),
      carrier_(carrier),
      path_(path),
      method_(door.methods().Find(path)),
      pitlanes_(absl::StartsWith(path, kPitlane)),
      default_deadline_(DefaultDeadline(door.env(), method_)),
      room_(door.Enter(carrier)),
      call_(door.env(), carrier, method_.info),
      identified_(call_.Identify(default_deadline_)) {}

Passage::~Passage() {
  if (stream_of_.has_value()) door_.CloseStream(*stream_of_);
  door_.Leave();
}

absl::Status Passage::Admit() {
  RETURN_IF_ERROR(room_);
  ASSIGN_OR_RETURN(backend_, door_.router().Route(path_, carrier_.Metadata(kServiceMetadata)));
  if (!pitlanes_ && method_.descriptor == nullptr) {
    return rpc::MakeError(absl::StatusCode::kUnimplemented, common::v1::METHOD_UNKNOWN,
                          "this gateway has no contract with such a method");
  }
  RETURN_IF_ERROR(identified_);
  // Callers of public methods are strangers to each other: no one limit could be fair to them.
  const rpc::Caller& caller = call_.context().caller();
  const std::string& subject = caller.subject;
  if (!subject.empty()) RETURN_IF_ERROR(door_.CheckRates(caller));
  if (method_.info.streaming && !subject.empty()) {
    RETURN_IF_ERROR(door_.OpenStream(subject));
    stream_of_ = subject;
  }
  return absl::OkStatus();
}

void Passage::Prepare(grpc::ClientContext& upstream) {
  upstream.AddMetadata(std::string(rpc::kTraceparentMetadata), call_.context().traceparent());
  absl::Duration left = carrier_.TimeLeft();
  if (left == absl::InfiniteDuration()) left = default_deadline_;
  if (left != absl::InfiniteDuration()) {
    upstream.set_deadline(absl::ToChronoTime(absl::Now() + left - left / kWireRounding));
  }
}

grpc::Status Passage::Refuse(const absl::Status& status) {
  grpc::Status refusal = call_.End(status);
  if (pitlanes_) return refusal;
  return grpc::Status(refusal.error_code(), refusal.error_message());
}

grpc::Status Passage::Conclude(const grpc::Status& status) {
  const bool described = status.ok() || !status.error_details().empty() || !pitlanes_;
  if (!described) return call_.End(Describe(status));
  call_.Account(rpc::FromGrpcStatus(status), /*log=*/false);
  return status;
}

// Without details the status is gRPC's own: no service has spoken.
absl::Status Passage::Describe(const grpc::Status& status) const {
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

}  // namespace pitlane::gateway
