// Errors as callers see them: an absl::Status whose payloads are google.rpc details. Free of gRPC,
// so that domain code can refuse in full; rpc/grpc_status.h puts the details on the wire.
//
//   return rpc::Refused(TICKET_NOT_OPEN, absl::StrCat("ticket ", id, " is closed; open a new
//   one")); return rpc::Invalid("line.quantity", "must be positive; send thousandths");
//
// Every error has an ErrorInfo (reason, domain "pitlane"). A reason is a value of a service's
// ErrorReason enum or of pitlane.common.v1.CommonReason. Messages and metadata name ids and limits,
// never personal data. Pure functions; safe from any thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "google/protobuf/generated_enum_reflection.h"
#include "pitlane/common/v1/common_reason.pb.h"

namespace pitlane::rpc {

inline constexpr std::string_view kErrorDomain = "pitlane";

using pitlane::common::v1::CommonReason;

template <typename E>
concept ProtoEnum = google::protobuf::is_proto_enum<E>::value;

// One wrong field: its path from the request ("lines[2].quantity"), and what would be right.
struct FieldViolation {
  std::string field;
  std::string problem;
  friend bool operator==(const FieldViolation&, const FieldViolation&) = default;
};

struct ErrorDetails {
  std::map<std::string, std::string> metadata;  // ErrorInfo.metadata
  std::vector<FieldViolation> fields;           // BadRequest, when not empty
  std::optional<absl::Duration> retry_after;    // RetryInfo; > 0
};

// An error with its details. CHECKs that the code is not OK and the reason not empty.
absl::Status MakeError(absl::StatusCode code, std::string_view reason, std::string_view message,
                       const ErrorDetails& details = {});

// The name of an enum's value, e.g. "TICKET_NOT_OPEN". CHECKs that it has one and is not 0.
std::string ReasonName(const google::protobuf::EnumDescriptor* descriptor, int number);

template <ProtoEnum E>
absl::Status MakeError(absl::StatusCode code, E reason, std::string_view message,
                       const ErrorDetails& details = {}) {
  return MakeError(code, ReasonName(google::protobuf::GetEnumDescriptor<E>(), reason), message,
                   details);
}

// INVALID_ARGUMENT: the request is malformed whatever the state. FIELD_INVALID unless a reason of
// the service's own is given.
absl::Status Invalid(std::string_view field, std::string_view problem);
absl::Status Invalid(const std::vector<FieldViolation>& fields);
template <ProtoEnum E>
absl::Status Invalid(E reason, std::string_view field, std::string_view problem) {
  return MakeError(absl::StatusCode::kInvalidArgument, reason, problem,
                   {.fields = {{std::string(field), std::string(problem)}}});
}

// FAILED_PRECONDITION: a rule of the trade refuses; the message says which and what to do.
template <ProtoEnum E>
absl::Status Refused(E reason, std::string_view message,
                     const std::map<std::string, std::string>& metadata = {}) {
  return MakeError(absl::StatusCode::kFailedPrecondition, reason, message, {.metadata = metadata});
}

template <ProtoEnum E>
absl::Status NotFound(E reason, std::string_view message) {
  return MakeError(absl::StatusCode::kNotFound, reason, message);
}

template <ProtoEnum E>
absl::Status AlreadyExists(E reason, std::string_view message) {
  return MakeError(absl::StatusCode::kAlreadyExists, reason, message);
}

template <ProtoEnum E>
absl::Status PermissionDenied(E reason, std::string_view message) {
  return MakeError(absl::StatusCode::kPermissionDenied, reason, message);
}

// UNAVAILABLE: something we depend on does not answer; trying again after `retry_after` may help.
template <ProtoEnum E>
absl::Status Unavailable(E reason, std::string_view message,
                         absl::Duration retry_after = absl::Seconds(1)) {
  return MakeError(absl::StatusCode::kUnavailable, reason, message, {.retry_after = retry_after});
}

// ABORTED, VERSION_MISMATCH: `id` is at `actual`, the request expected `expected`.
absl::Status VersionMismatch(std::string_view id, uint64_t expected, uint64_t actual);
// ALREADY_EXISTS, REQUEST_ID_REUSED.
absl::Status RequestIdReused(std::string_view request_id);
// RESOURCE_EXHAUSTED, OVERLOADED.
absl::Status Overloaded(std::string_view message,
                        absl::Duration retry_after = absl::Milliseconds(100));
// INTERNAL, INTERNAL_FAULT.
absl::Status Internal(std::string_view message);
// DATA_LOSS, STORED_DATA_DAMAGED.
absl::Status DataLoss(std::string_view message);

// What a status carries; empty or nullopt when it does not.
std::string ErrorReason(const absl::Status& status);
std::map<std::string, std::string> ErrorMetadata(const absl::Status& status);
std::vector<FieldViolation> FieldViolations(const absl::Status& status);
std::optional<absl::Duration> RetryAfter(const absl::Status& status);

// True if the status carries exactly this reason: HasReason(status, TICKET_NOT_OPEN).
template <ProtoEnum E>
bool HasReason(const absl::Status& status, E reason) {
  return ErrorReason(status) == ReasonName(google::protobuf::GetEnumDescriptor<E>(), reason);
}

}  // namespace pitlane::rpc
