#include "libs/rpc/grpc_status.h"

#include <map>
#include <string>
#include <utility>

#include "absl/strings/cord.h"
#include "google/rpc/status.pb.h"
#include "libs/base/text.h"
#include "libs/rpc/errors.h"

namespace pitlane::rpc {
namespace {

absl::Status WithErrorInfo(const absl::Status& status) {
  absl::Status described =
      MakeError(status.code(), absl::StatusCodeToString(status.code()), ToStd(status.message()));
  status.ForEachPayload([&](absl::string_view type_url, const absl::Cord& payload) {
    described.SetPayload(type_url, payload);
  });
  return described;
}

}  // namespace

grpc::Status ToGrpcStatus(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  if (ErrorReason(status).empty()) return ToGrpcStatus(WithErrorInfo(status));
  google::rpc::Status details;
  details.set_code(static_cast<int>(status.code()));
  details.set_message(std::string(status.message()));
  std::map<std::string, std::string> payloads;
  status.ForEachPayload([&](absl::string_view type_url, const absl::Cord& payload) {
    payloads.emplace(std::string(type_url), std::string(payload));
  });
  for (auto& [type_url, payload] : payloads) {
    auto* any = details.add_details();
    any->set_type_url(type_url);
    any->set_value(std::move(payload));
  }
  return grpc::Status(static_cast<grpc::StatusCode>(status.code()), details.message(),
                      details.SerializeAsString());
}

absl::Status FromGrpcStatus(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  absl::Status result(static_cast<absl::StatusCode>(status.error_code()),
                      ToAbsl(status.error_message()));
  google::rpc::Status details;
  if (!details.ParseFromString(status.error_details())) return result;
  for (const auto& any : details.details()) {
    result.SetPayload(any.type_url(), absl::Cord(any.value()));
  }
  return result;
}

}  // namespace pitlane::rpc
