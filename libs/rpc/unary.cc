#include "libs/rpc/unary.h"

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

}  // namespace pitlane::rpc::internal
