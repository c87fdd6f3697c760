#include "gateway/connect_error.h"

#include "gateway/envelope.h"
#include "google/rpc/status.pb.h"
#include "libs/base/text.h"
#include "nlohmann/json.hpp"

namespace pitlane::gateway {
namespace {

using nlohmann::json;

json DetailJson(const google::protobuf::Any& any, const Types& types) {
  const std::string name = any.type_url().substr(any.type_url().rfind('/') + 1);
  json detail = {{"type", name}, {"value", Base64EncodeUnpadded(any.value())}};
  const auto* type = types.Find(name);
  if (type == nullptr) return detail;
  const auto text = types.ToJson(*type, any.value());
  if (!text.ok()) return detail;
  json debug = json::parse(*text, nullptr, /*allow_exceptions=*/false);
  if (!debug.is_discarded()) detail["debug"] = std::move(debug);
  return detail;
}

}  // namespace

std::string_view ConnectCode(grpc::StatusCode code) {
  switch (code) {
    case grpc::StatusCode::CANCELLED:
      return "canceled";
    case grpc::StatusCode::INVALID_ARGUMENT:
      return "invalid_argument";
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      return "deadline_exceeded";
    case grpc::StatusCode::NOT_FOUND:
      return "not_found";
    case grpc::StatusCode::ALREADY_EXISTS:
      return "already_exists";
    case grpc::StatusCode::PERMISSION_DENIED:
      return "permission_denied";
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
      return "resource_exhausted";
    case grpc::StatusCode::FAILED_PRECONDITION:
      return "failed_precondition";
    case grpc::StatusCode::ABORTED:
      return "aborted";
    case grpc::StatusCode::OUT_OF_RANGE:
      return "out_of_range";
    case grpc::StatusCode::UNIMPLEMENTED:
      return "unimplemented";
    case grpc::StatusCode::INTERNAL:
      return "internal";
    case grpc::StatusCode::UNAVAILABLE:
      return "unavailable";
    case grpc::StatusCode::DATA_LOSS:
      return "data_loss";
    case grpc::StatusCode::UNAUTHENTICATED:
      return "unauthenticated";
    case grpc::StatusCode::OK:
    case grpc::StatusCode::UNKNOWN:
    case grpc::StatusCode::DO_NOT_USE:
      return "unknown";
  }
  return "unknown";
}

int HttpStatusOf(grpc::StatusCode code) {
  switch (code) {
    case grpc::StatusCode::OK:
      return 200;
    case grpc::StatusCode::CANCELLED:
      return 499;
    case grpc::StatusCode::INVALID_ARGUMENT:
    case grpc::StatusCode::FAILED_PRECONDITION:
    case grpc::StatusCode::OUT_OF_RANGE:
      return 400;
    case grpc::StatusCode::UNAUTHENTICATED:
      return 401;
    case grpc::StatusCode::PERMISSION_DENIED:
      return 403;
    case grpc::StatusCode::NOT_FOUND:
      return 404;
    case grpc::StatusCode::ALREADY_EXISTS:
    case grpc::StatusCode::ABORTED:
      return 409;
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
      return 429;
    case grpc::StatusCode::UNIMPLEMENTED:
      return 501;
    case grpc::StatusCode::UNAVAILABLE:
      return 503;
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      return 504;
    case grpc::StatusCode::UNKNOWN:
    case grpc::StatusCode::INTERNAL:
    case grpc::StatusCode::DATA_LOSS:
    case grpc::StatusCode::DO_NOT_USE:
      return 500;
  }
  return 500;
}

std::string ConnectErrorJson(const grpc::Status& status, const Types& types) {
  json error = {{"code", std::string(ConnectCode(status.error_code()))}};
  if (!status.error_message().empty()) error["message"] = status.error_message();
  google::rpc::Status details;
  if (details.ParseFromString(status.error_details()) && details.details_size() > 0) {
    json list = json::array();
    for (const auto& any : details.details()) list.push_back(DetailJson(any, types));
    error["details"] = std::move(list);
  }
  return error.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace pitlane::gateway
