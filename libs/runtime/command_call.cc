#include "libs/runtime/command_call.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"
#include "libs/base/text.h"
#include "libs/rpc/errors.h"

namespace pitlane::runtime {
namespace {

constexpr size_t kMaxRequestId = 128;
// What an answer needs to reach the caller before its deadline.
constexpr absl::Duration kAnswerTime = absl::Milliseconds(50);

bool IsRequestIdCharacter(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-' || c == ':' ||
         c == '.';
}

}  // namespace

absl::Status CheckRequestId(const google::protobuf::Message& request, const rpc::MethodInfo& method,
                            std::string* request_id) {
  if (method.request_id == nullptr) {
    return rpc::Internal(absl::StrCat(method.path, " has no request_id"));
  }
  *request_id = request.GetReflection()->GetString(request, method.request_id);
  if (request_id->empty()) return rpc::Invalid("request_id", "is required; send a new unique id");
  if (request_id->size() > kMaxRequestId) {
    return rpc::Invalid("request_id", "must have at most 128 characters");
  }
  if (!std::all_of(request_id->begin(), request_id->end(), IsRequestIdCharacter)) {
    return rpc::Invalid("request_id", "may only have the characters A-Z a-z 0-9 _ - : and .");
  }
  return absl::OkStatus();
}

std::string Fingerprint(const rpc::MethodInfo& method, const google::protobuf::Message& request) {
  Sha256Hasher hasher;
  hasher.Update(method.path);
  hasher.Update(std::string_view("\0", 1));
  hasher.Update(DeterministicBytes(request));
  return hasher.Finish();
}

Origin OriginOfCall(const rpc::CallContext& call, std::string request_id) {
  Origin origin;
  origin.actor.set_subject(call.caller().subject);
  origin.actor.set_device_id(call.caller().device_id);
  origin.correlation_id = request_id;
  origin.request_id = std::move(request_id);
  origin.traceparent = call.traceparent();
  origin.caller = call.caller();
  return origin;
}

namespace internal {

void RunCommand(const ServiceEnv& env, rpc::CallContext& call, const rpc::MethodInfo& method,
                const google::protobuf::Message& request,
                std::function<absl::StatusOr<std::string>(Unit&)> decide,
                std::function<void(absl::StatusOr<Answer>)> done) {
  std::string request_id;
  if (absl::Status status = CheckRequestId(request, method, &request_id); !status.ok()) {
    return done(std::move(status));
  }
  auto command = std::make_shared<Command>();
  command->fingerprint = Fingerprint(method, request);
  command->origin = OriginOfCall(call, request_id);
  command->request_id = std::move(request_id);
  command->deadline = call.deadline();
  command->decide = std::move(decide);
  command->done = [&call, done = std::move(done)](absl::StatusOr<Answer> answer) {
    if (answer.ok()) call.SetPositions(answer->positions);
    done(std::move(answer));
  };
  AwaitPositions(env, call, [&env, command](absl::Status reached) {
    if (!reached.ok()) return command->done(std::move(reached));
    env.executor.Submit(std::move(*command));
  });
}

void AwaitPositions(const ServiceEnv& env, const rpc::CallContext& call,
                    std::function<void(absl::Status)> done) {
  if (call.after().empty()) return done(absl::OkStatus());
  const absl::Time now = env.rpc.clock().Now();
  const absl::Duration left = call.deadline() - now;
  const absl::Duration margin = std::min(kAnswerTime, left / 4);
  env.positions.Wait(call.after(), now + std::min(left - margin, env.max_position_wait),
                     std::move(done));
}

absl::Status UndecodableAnswer(std::string_view method) {
  return rpc::DataLoss(
      absl::StrCat("the remembered answer of ", ToAbsl(method), " does not decode"));
}

}  // namespace internal
}  // namespace pitlane::runtime
