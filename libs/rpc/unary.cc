#include "libs/rpc/unary.h"

#include <utility>

#include "libs/base/check.h"
#include "libs/rpc/trace.h"

namespace pitlane::rpc::internal {

void UnaryReactor::Start(const google::protobuf::Message& request,
                         const std::function<void(CallContext&, Done)>& work) {
  absl::Status status = call_.Identify(env_.options().default_deadline);
  if (status.ok()) status = call_.Admit(request);
  if (!status.ok()) return Finish(call_.End(status));
  // Done may come, and this object go, before `work` returns.
  CallContext& context = call_.context();
  RunCatching([this](absl::Status end) { Finish(call_.End(end)); },
              [&](Done done) { work(context, std::move(done)); });
}

void RunDirect(ServerEnv& env, std::unique_ptr<DirectCall> direct, const MethodInfo& method,
               const google::protobuf::Message& request,
               const std::function<void(CallContext&, Done)>& work) {
  PITLANE_CHECK(direct != nullptr) << method.path << ": nobody said who calls";
  direct->info.method = method.path;
  if (direct->info.traceparent.empty()) direct->info.traceparent = MakeTraceparent(env.entropy());
  struct Running {
    CallContext context;
    std::function<void(const absl::Status&, const CallContext&)> done;
  };
  // Shared with whoever holds the Done; `done` may be called before `work` returns.
  const auto running =
      std::shared_ptr<Running>(new Running{CallContext(std::move(direct->info)), direct->done});
  absl::Status status = Authorize(running->context.caller(), method.access, request);
  if (status.ok() && running->context.deadline() <= env.clock().Now()) {
    status = MakeError(absl::StatusCode::kDeadlineExceeded, common::v1::DEADLINE_PASSED,
                       "the deadline had passed before the call began");
  }
  if (!status.ok()) return running->done(status, running->context);
  RunCatching([running](const absl::Status& end) { running->done(end, running->context); },
              [&](Done done) { work(running->context, std::move(done)); });
}

}  // namespace pitlane::rpc::internal
