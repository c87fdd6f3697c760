#include "tools/pitlane/parked.h"

#include <iostream>
#include <vector>

#include "absl/strings/str_cat.h"
#include "fmt/core.h"
#include "google/protobuf/util/time_util.h"
#include "libs/base/status.h"
#include "pitlane/admin/v1/admin_service.grpc.pb.h"
#include "tools/pitlane/areas.h"

namespace pitlane::tools {
namespace {

using Admin = admin::v1::AdminService;

absl::Status ListOf(Session& session, const std::string& service, const std::string& source) {
  const auto stub = Admin::NewStub(session.channel());
  admin::v1::ListParkedRequest request;
  request.set_source(source);
  do {
    ASSIGN_OR_RETURN(const admin::v1::ListParkedResponse page,
                     session.Call(*stub, &Admin::Stub::ListParked, request, service));
    for (const auto& parked : page.parked()) {
      fmt::print("{} {}@{} {} {} since {} attempts {}: {}\n", service, parked.source(),
                 parked.position(), parked.event_type(), parked.stream_id(),
                 google::protobuf::util::TimeUtil::ToString(parked.parked_at()), parked.attempts(),
                 parked.reason());
    }
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return absl::OkStatus();
}

absl::Status List(Session& session, const ParkedOptions& options) {
  if (!options.service.empty()) return ListOf(session, options.service, options.source);
  for (std::string_view area : kAreas) {
    RETURN_IF_ERROR(ListOf(session, std::string(area), options.source));
  }
  return absl::OkStatus();
}

absl::Status Retry(Session& session, const ParkedOptions& options) {
  const auto stub = Admin::NewStub(session.channel());
  admin::v1::RetryParkedRequest request;
  request.set_source(options.source);
  request.set_stream_id(options.stream);
  ASSIGN_OR_RETURN(const admin::v1::RetryParkedResponse result,
                   session.Call(*stub, &Admin::Stub::RetryParked, request, options.service));
  fmt::print("applied {}, still parked {}\n", result.applied(), result.left());
  if (result.left() == 0) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat("failed again: ", result.failure()));
}

absl::Status Discard(Session& session, const ParkedOptions& options) {
  const auto stub = Admin::NewStub(session.channel());
  admin::v1::DiscardParkedRequest request;
  request.set_source(options.source);
  request.set_stream_id(options.stream);
  request.set_position(options.position);
  RETURN_IF_ERROR(
      session.Call(*stub, &Admin::Stub::DiscardParked, request, options.service).status());
  fmt::print("discarded {}@{}\n", options.source, options.position);
  return absl::OkStatus();
}

absl::Status Run(const ParkedOptions& options) {
  ASSIGN_OR_RETURN(const std::unique_ptr<Session> session, Connect(options.connection));
  if (options.action == "retry") return Retry(*session, options);
  if (options.action == "discard") return Discard(*session, options);
  return List(*session, options);
}

}  // namespace

int RunParked(const ParkedOptions& options) {
  const absl::Status status = Run(options);
  if (status.ok()) return 0;
  std::cerr << "pitlane parked " << options.action << ": " << status.message() << "\n";
  return 1;
}

}  // namespace pitlane::tools
