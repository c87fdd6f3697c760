#include "tools/pitlane/online_checkpoint.h"

#include <iostream>
#include <memory>

#include "fmt/core.h"
#include "libs/base/status.h"
#include "pitlane/admin/v1/admin_service.grpc.pb.h"
#include "tools/pitlane/areas.h"
#include "tools/pitlane/session.h"

namespace pitlane::tools {
namespace {

using Admin = admin::v1::AdminService;

absl::Status Run(const OnlineCheckpointOptions& options) {
  ASSIGN_OR_RETURN(const std::unique_ptr<Session> session, Connect(options.connection));
  const auto stub = Admin::NewStub(session->channel());
  admin::v1::CheckpointRequest request;
  request.set_name(options.name);
  for (std::string_view area : kAreas) {
    if (!options.area.empty() && area != options.area) continue;
    ASSIGN_OR_RETURN(const admin::v1::CheckpointResponse made,
                     session->Call(*stub, &Admin::Stub::Checkpoint, request, area));
    fmt::print("{} holds everything up to position {}\n", made.folder(), made.last_position());
  }
  return absl::OkStatus();
}

}  // namespace

int RunOnlineCheckpoint(const OnlineCheckpointOptions& options) {
  const absl::Status status = Run(options);
  if (status.ok()) return 0;
  std::cerr << "pitlane journal backup: " << status.message() << "\n";
  return 1;
}

}  // namespace pitlane::tools
