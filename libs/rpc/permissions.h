// Who may call what: the roles' permissions (domain handbook, section 1) and the access that each
// method declares by the proto option pitlane.common.v1.access. Thread-safe.
#pragma once

#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "libs/rpc/identity.h"
#include "pitlane/common/v1/options.pb.h"

namespace pitlane::rpc {

using pitlane::common::v1::Access;
using pitlane::common::v1::Permission;

// The handbook's table. Where it gives a limit (discounts, refunds) the role has the permission and
// the service enforces the limit; where it asks for a second person's approval for every use, the
// role does not have it.
bool RoleHas(Role role, Permission permission);

// Largest discount the caller may give at a location without approval, in parts per million of the
// price; 0 without the permission there. Owner: 1 000 000; manager 25 %; advisor and parts 10 %.
int64_t DiscountLimitPpm(const Caller& caller, std::string_view location_id);

// Largest refund the caller may give at a location without approval, in minor units of a currency
// with two decimals; 0 without the permission there. Owner and manager: no limit (INT64_MAX);
// parts and cashier: 50.00.
int64_t RefundLimitMinor(const Caller& caller, std::string_view location_id);

// Whether the caller has the permission at the location that `id` belongs to: a `loc_…` id is that
// location, any other id is every granted location of its slot. A malformed id: only everywhere.
bool HasPermissionAt(const Caller& caller, Permission permission, std::string_view id);

// Decides one call, before anyone looks whether what it names exists. `request` is read only for
// access.scope_field (a path such as "ticket.location_id"; a repeated field must pass in full; an
// empty value needs the permission everywhere).
// PERMISSION_DENIED: ACCESS_NOT_DECLARED (also when the scope field is not in the request),
// PERMISSION_MISSING, LOCATION_NOT_GRANTED. UNAUTHENTICATED: TOKEN_MISSING for a caller without a
// subject. INVALID_ARGUMENT: the scope is no well-formed id.
absl::Status Authorize(const Caller& caller, const Access& access,
                       const google::protobuf::Message& request);

// What a method is, read from its descriptor once.
struct MethodInfo {
  std::string path;        // "/pitlane.ticket.v1.TicketService/OpenTicket"
  std::string service;     // "pitlane.ticket.v1.TicketService"
  Access access;           // PERMISSION_UNSPECIFIED when the option is missing
  bool streaming = false;  // in either direction
  bool watch = false;      // a stream of answers to one request: over when its caller leaves
  const google::protobuf::FieldDescriptor* request_id = nullptr;  // null when it has no such field
};

MethodInfo DescribeMethod(const google::protobuf::MethodDescriptor& method);

// The method of that path among the protos linked into this process; nullptr if there is none. The
// answer lives for ever. Any text may be asked for: nothing of it is kept.
const MethodInfo* FindMethod(std::string_view path);

// The method that takes this request. Every RPC has its own request, declared in the service's
// file; CHECKs that. The answer lives for ever.
const MethodInfo& MethodOfRequest(const google::protobuf::Descriptor& request);
template <typename Request>
const MethodInfo& MethodOf() {
  static const MethodInfo& method = MethodOfRequest(*Request::descriptor());
  return method;
}

// FAILED_PRECONDITION naming every method of the service that declares no access, or a scope field
// that its request does not have as a string.
absl::Status CheckAccessDeclared(const google::protobuf::ServiceDescriptor& service);

}  // namespace pitlane::rpc
