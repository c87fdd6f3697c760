#include "libs/rpc/errors.h"

#include <utility>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"
#include "google/rpc/error_details.pb.h"
#include "libs/base/check.h"
#include "libs/base/text.h"

namespace pitlane::rpc {
namespace {

template <typename Detail>
std::string TypeUrl() {
  return absl::StrCat("type.googleapis.com/", Detail::descriptor()->full_name());
}

template <typename Detail>
void Attach(absl::Status& status, const Detail& detail) {
  status.SetPayload(TypeUrl<Detail>(), absl::Cord(detail.SerializeAsString()));
}

template <typename Detail>
std::optional<Detail> Extract(const absl::Status& status) {
  const auto payload = status.GetPayload(TypeUrl<Detail>());
  Detail detail;
  if (!payload.has_value() || !detail.ParseFromString(std::string(*payload))) return std::nullopt;
  return detail;
}

google::rpc::RetryInfo MakeRetryInfo(absl::Duration retry_after) {
  google::rpc::RetryInfo info;
  absl::Duration rest;
  info.mutable_retry_delay()->set_seconds(absl::IDivDuration(retry_after, absl::Seconds(1), &rest));
  info.mutable_retry_delay()->set_nanos(static_cast<int32_t>(absl::ToInt64Nanoseconds(rest)));
  return info;
}

}  // namespace

absl::Status MakeError(absl::StatusCode code, std::string_view reason, std::string_view message,
                       const ErrorDetails& details) {
  PITLANE_CHECK(code != absl::StatusCode::kOk) << "an error cannot be OK: " << message;
  PITLANE_CHECK(!reason.empty()) << "an error needs a reason: " << message;
  absl::Status status(code, ToAbsl(message));
  google::rpc::ErrorInfo info;
  info.set_reason(std::string(reason));
  info.set_domain(std::string(kErrorDomain));
  for (const auto& [key, value] : details.metadata) (*info.mutable_metadata())[key] = value;
  Attach(status, info);
  if (!details.fields.empty()) {
    google::rpc::BadRequest bad_request;
    for (const FieldViolation& violation : details.fields) {
      auto* added = bad_request.add_field_violations();
      added->set_field(violation.field);
      added->set_description(violation.problem);
    }
    Attach(status, bad_request);
  }
  if (details.retry_after.has_value()) Attach(status, MakeRetryInfo(*details.retry_after));
  return status;
}

std::string ReasonName(const google::protobuf::EnumDescriptor* descriptor, int number) {
  const auto* value = descriptor->FindValueByNumber(number);
  PITLANE_CHECK(value != nullptr && number != 0)
      << descriptor->full_name() << " has no reason " << number;
  return value->name();
}

absl::Status Invalid(std::string_view field, std::string_view problem) {
  return Invalid({{std::string(field), std::string(problem)}});
}

absl::Status Invalid(const std::vector<FieldViolation>& fields) {
  std::string message;
  for (const FieldViolation& violation : fields) {
    absl::StrAppend(&message, message.empty() ? "" : "; ", violation.field, ": ",
                    violation.problem);
  }
  return MakeError(absl::StatusCode::kInvalidArgument, common::v1::FIELD_INVALID, message,
                   {.fields = fields});
}

absl::Status VersionMismatch(std::string_view id, uint64_t expected, uint64_t actual) {
  return MakeError(absl::StatusCode::kAborted, common::v1::VERSION_MISMATCH,
                   absl::StrCat(ToAbsl(id), " is at version ", actual, ", not at ", expected,
                                "; read it again and decide anew"),
                   {.metadata = {{"id", std::string(id)},
                                 {"expected_version", absl::StrCat(expected)},
                                 {"actual_version", absl::StrCat(actual)}}});
}

absl::Status RequestIdReused(std::string_view request_id) {
  return MakeError(absl::StatusCode::kAlreadyExists, common::v1::REQUEST_ID_REUSED,
                   "this request_id was used for a request with other content; make a new one",
                   {.metadata = {{"request_id", std::string(request_id)}}});
}

absl::Status Overloaded(std::string_view message, absl::Duration retry_after) {
  return MakeError(absl::StatusCode::kResourceExhausted, common::v1::OVERLOADED, message,
                   {.retry_after = retry_after});
}

absl::Status Internal(std::string_view message) {
  return MakeError(absl::StatusCode::kInternal, common::v1::INTERNAL_FAULT, message);
}

absl::Status DataLoss(std::string_view message) {
  return MakeError(absl::StatusCode::kDataLoss, common::v1::STORED_DATA_DAMAGED, message);
}

std::string ErrorReason(const absl::Status& status) {
  const auto info = Extract<google::rpc::ErrorInfo>(status);
  return info.has_value() ? info->reason() : std::string();
}

std::map<std::string, std::string> ErrorMetadata(const absl::Status& status) {
  const auto info = Extract<google::rpc::ErrorInfo>(status);
  if (!info.has_value()) return {};
  return {info->metadata().begin(), info->metadata().end()};
}

std::vector<FieldViolation> FieldViolations(const absl::Status& status) {
  std::vector<FieldViolation> violations;
  const auto bad_request = Extract<google::rpc::BadRequest>(status);
  if (!bad_request.has_value()) return violations;
  for (const auto& violation : bad_request->field_violations()) {
    violations.push_back({violation.field(), violation.description()});
  }
  return violations;
}

std::optional<absl::Duration> RetryAfter(const absl::Status& status) {
  const auto info = Extract<google::rpc::RetryInfo>(status);
  if (!info.has_value()) return std::nullopt;
  return absl::Seconds(info->retry_delay().seconds()) +
         absl::Nanoseconds(info->retry_delay().nanos());
}

}  // namespace pitlane::rpc
