#include "libs/rpc/server_call.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <typeinfo>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "libs/base/check.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/grpc_status.h"
#include "libs/rpc/log.h"
#include "libs/rpc/trace.h"

namespace pitlane::rpc::internal {
namespace {

constexpr std::string_view kAuthorization = "authorization";
constexpr std::string_view kBearer = "bearer ";
constexpr size_t kMaxLoggedText = 64;

class OnceState {
 public:
  explicit OnceState(std::function<void(absl::Status)> end) : end_(std::move(end)) {}
  ~OnceState() {
    if (!ended_) TryEnd(Internal("the handler gave up this call without an answer"));
  }
  OnceState(const OnceState&) = delete;
  OnceState& operator=(const OnceState&) = delete;

  bool TryEnd(absl::Status status) {
    if (ended_.exchange(true)) return false;
    end_(std::move(status));
    return true;
  }

 private:
  const std::function<void(absl::Status)> end_;
  std::atomic<bool> ended_{false};
};

Done DoneOf(std::shared_ptr<OnceState> state) {
  return [state = std::move(state)](absl::Status status) {
    PITLANE_CHECK(state->TryEnd(std::move(status))) << "Done was called twice";
  };
}

// Callers choose request ids: what is not a plain token might be anything, a name or a secret.
std::string LoggableId(const std::string& text) {
  const bool plain = std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_' || c == '.' ||
           c == ':';
  });
  if (text.size() > kMaxLoggedText || !plain) return "(not loggable)";
  return text;
}

LogLevel LevelOf(absl::StatusCode code) {
  const bool ours = code == absl::StatusCode::kInternal || code == absl::StatusCode::kUnknown ||
                    code == absl::StatusCode::kDataLoss || code == absl::StatusCode::kUnavailable;
  return ours ? spdlog::level::err : spdlog::level::info;
}

std::string FieldNames(const absl::Status& status) {
  return absl::StrJoin(
      FieldViolations(status), ",",
      [](std::string* out, const FieldViolation& violation) { out->append(violation.field); });
}

}  // namespace

Done OnceDone(std::function<void(absl::Status)> end) {
  return DoneOf(std::make_shared<OnceState>(std::move(end)));
}

void RunCatching(std::function<void(absl::Status)> end, const std::function<void(Done)>& work) {
  auto state = std::make_shared<OnceState>(std::move(end));  // shared with every copy of the Done
  try {
    work(DoneOf(state));
  } catch (const std::exception& error) {
    // Not what(): a parser's message may quote what it could not read.
    LogEvent(spdlog::level::err, "rpc_handler_threw",
             {{"type", std::string(typeid(error).name())}});
    state->TryEnd(Internal("a library failed unexpectedly"));
  } catch (...) {
    LogEvent(spdlog::level::err, "rpc_handler_threw");
    state->TryEnd(Internal("a library failed unexpectedly"));
  }
}

absl::Status CallerLeft() {
  return MakeError(absl::StatusCode::kCancelled, common::v1::CALL_CANCELLED, "the caller left");
}

std::optional<std::string> MetadataValue(const grpc::ServerContextBase& context,
                                         std::string_view key) {
  const auto& metadata = context.client_metadata();
  const auto [first, last] = metadata.equal_range(grpc::string_ref(key.data(), key.size()));
  if (first == last || std::next(first) != last) return std::nullopt;
  return std::string(first->second.data(), first->second.size());
}

absl::StatusOr<std::shared_ptr<const Caller>> IdentifyCaller(
    const std::optional<std::string>& value, TokenVerifier* verifier) {
  if (!value.has_value() || !absl::StartsWithIgnoreCase(*value, ToAbsl(kBearer))) {
    return MakeError(absl::StatusCode::kUnauthenticated, common::v1::TOKEN_MISSING,
                     "send metadata 'authorization: Bearer <token>', once");
  }
  if (verifier == nullptr) {
    return Unavailable(common::v1::KEYS_UNAVAILABLE, "this server has no keys to check tokens");
  }
  return verifier->Verify(std::string_view(*value).substr(kBearer.size()));
}

absl::StatusOr<std::shared_ptr<const Caller>> IdentifyCaller(const grpc::ServerContextBase& context,
                                                             TokenVerifier* verifier) {
  return IdentifyCaller(MetadataValue(context, kAuthorization), verifier);
}

absl::Duration TimeLeft(const grpc::ServerContextBase& context) {
  const auto deadline = context.deadline();
  if (deadline == std::chrono::system_clock::time_point::max()) return absl::InfiniteDuration();
  return absl::FromChrono(deadline) - absl::Now();
}

ServerCall::ServerCall(ServerEnv& env, grpc::ServerContextBase& grpc_context,
                       const MethodInfo& method)
    : env_(env),
      grpc_carrier_(std::in_place, grpc_context),
      carrier_(*grpc_carrier_),
      method_(method),
      started_(std::chrono::steady_clock::now()) {}

ServerCall::ServerCall(ServerEnv& env, Carrier& carrier, const MethodInfo& method)
    : env_(env), carrier_(carrier), method_(method), started_(std::chrono::steady_clock::now()) {}

absl::Status ServerCall::Identify(absl::Duration default_deadline) {
  CallInfo info;
  info.method = method_.path;
  info.peer = carrier_.Peer();
  info.traceparent = carrier_.Metadata(kTraceparentMetadata).value_or("");
  if (!IsTraceparent(info.traceparent)) info.traceparent = MakeTraceparent(env_.entropy());
  const absl::Duration left = carrier_.TimeLeft();
  info.deadline = env_.clock().Now() + (left == absl::InfiniteDuration() ? default_deadline : left);
  auto after = PositionToken::Parse(carrier_.Metadata(kAfterMetadata).value_or(""));
  if (after.ok()) {
    info.after = *std::move(after);
  } else {
    metadata_status_ = Invalid(kAfterMetadata, ToStd(after.status().message()));
  }
  absl::Status identified;
  if (method_.access.permission() != common::v1::PERMISSION_PUBLIC) {
    auto caller = IdentifyCaller(carrier_.Metadata(kAuthorization), env_.verifier());
    identified = caller.status();
    if (caller.ok()) info.caller = *std::move(caller);
  }
  context_.emplace(std::move(info));
  return identified;
}

absl::Status ServerCall::Admit(const google::protobuf::Message& request) {
  if (method_.request_id != nullptr) {
    request_id_ = request.GetReflection()->GetString(request, method_.request_id);
  }
  RETURN_IF_ERROR(Authorize(context_->caller(), method_.access, request));
  if (context_->deadline() <= env_.clock().Now()) {
    return MakeError(absl::StatusCode::kDeadlineExceeded, common::v1::DEADLINE_PASSED,
                     "the deadline had passed before the call began");
  }
  return metadata_status_;
}

grpc::Status ServerCall::End(const absl::Status& status) {
  if (!context_->positions().empty()) {
    carrier_.AddTrailer(std::string(kPositionMetadata), context_->positions().Format());
  }
  grpc::Status result = ToGrpcStatus(status);
  Account(FromGrpcStatus(result), /*log=*/true);
  return result;
}

void ServerCall::Account(const absl::Status& status, bool log) {
  const absl::Duration latency = absl::FromChrono(std::chrono::steady_clock::now() - started_);
  env_.metrics_of(method_).Record(status.code(), latency);
  const bool left = method_.watch && absl::IsCancelled(status);
  if (log && !status.ok() && !left) Log(status, latency);
}

void ServerCall::Log(const absl::Status& status, absl::Duration latency) const {
  LogEvent(LevelOf(status.code()), "rpc_refused",
           {{"area", env_.options().area},
            {"method", method_.path},
            {"code", absl::StatusCodeToString(status.code())},
            {"reason", ErrorReason(status)},
            {"fields", FieldNames(status)},
            {"subject", LoggableId(context_->caller().subject)},
            {"request_id", LoggableId(request_id_)},
            {"latency_ms", absl::ToDoubleMilliseconds(latency)},
            {"traceparent", context_->traceparent()}});
}

}  // namespace pitlane::rpc::internal
