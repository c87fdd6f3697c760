#include "libs/rpc/permissions.h"

#include <algorithm>
#include <initializer_list>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/synchronization/mutex.h"
#include "google/protobuf/descriptor_database.h"
#include "libs/base/check.h"
#include "libs/base/ids.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/rpc/errors.h"

namespace pitlane::rpc {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

bool OneOf(Role role, std::initializer_list<Role> roles) {
  return std::find(roles.begin(), roles.end(), role) != roles.end();
}

// Everyone who works in the shop reads what the shop works on.
bool IsStaff(Role role) {
  return OneOf(role, {Role::kOwner, Role::kManager, Role::kAdvisor, Role::kTechnician, Role::kParts,
                      Role::kCashier, Role::kBookkeeper});
}

bool IsReader(Role role) {
  return OneOf(role, {Role::kAuditor, Role::kIntegration, Role::kService});
}

bool Leads(Role role) { return OneOf(role, {Role::kOwner, Role::kManager}); }

// The string field at the end of a path such as "ticket.location_id"; nullptr if there is none.
const FieldDescriptor* FieldAt(const Descriptor& message, std::string_view path) {
  const Descriptor* type = &message;
  const FieldDescriptor* field = nullptr;
  for (absl::string_view name : absl::StrSplit(ToAbsl(path), '.')) {
    field = type == nullptr ? nullptr : type->FindFieldByName(std::string(name));
    if (field == nullptr) return nullptr;
    const bool nested = field->type() == FieldDescriptor::TYPE_MESSAGE && !field->is_repeated();
    type = nested ? field->message_type() : nullptr;
  }
  return field->type() == FieldDescriptor::TYPE_STRING ? field : nullptr;
}

// The values of the field at `path`, which FieldAt knows. An empty list still scopes to nothing in
// particular, hence to everywhere, like an empty text.
std::vector<std::string> ValuesAt(const Message& request, std::string_view path) {
  const Message* message = &request;
  const std::vector<std::string> names = absl::StrSplit(ToAbsl(path), '.');
  for (size_t i = 0; i + 1 < names.size(); ++i) {
    const auto* field = message->GetDescriptor()->FindFieldByName(names[i]);
    message = &message->GetReflection()->GetMessage(*message, field);
  }
  const auto* field = message->GetDescriptor()->FindFieldByName(names.back());
  const auto* reflection = message->GetReflection();
  if (!field->is_repeated()) return {reflection->GetString(*message, field)};
  std::vector<std::string> values;
  for (int i = 0; i < reflection->FieldSize(*message, field); ++i) {
    values.push_back(reflection->GetRepeatedString(*message, field, i));
  }
  if (values.empty()) values.emplace_back();
  return values;
}

bool HasPermissionSomewhere(const Caller& caller, Permission permission) {
  return std::any_of(caller.grants.begin(), caller.grants.end(),
                     [&](const Grant& grant) { return RoleHas(grant.role, permission); });
}

// The greatest limit that any of the caller's roles has at a location.
template <typename LimitOf>
int64_t LimitAt(const Caller& caller, Permission permission, std::string_view location_id,
                const LimitOf& limit_of) {
  int64_t limit = 0;
  for (const Grant& grant : caller.grants) {
    if (!RoleHas(grant.role, permission)) continue;
    if (grant.everywhere || grant.location_id == location_id) {
      limit = std::max(limit, limit_of(grant.role));
    }
  }
  return limit;
}

absl::Status AuthorizeAt(const Caller& caller, const Access& access, const std::string& id) {
  if (!id.empty() && !SlotOfId(id).ok()) {
    return Invalid(access.scope_field(), "is not a well-formed id");
  }
  if (HasPermissionAt(caller, access.permission(), id)) return absl::OkStatus();
  return PermissionDenied(
      common::v1::LOCATION_NOT_GRANTED,
      id.empty() ? absl::StrCat("without ", access.scope_field(), " this needs ",
                                Permission_Name(access.permission()), " at every location")
                 : absl::StrCat("this needs ", Permission_Name(access.permission()),
                                " at the location of ", access.scope_field()));
}

// Every method of the protos linked into this process. The pool's own look-up by name remembers
// names that it does not know, without bound, and names come from callers.
const absl::flat_hash_map<std::string, MethodInfo>& AllMethods() {
  static const auto* const methods = [] {
    auto* table = new absl::flat_hash_map<std::string, MethodInfo>;
    std::vector<std::string> files;
    google::protobuf::DescriptorPool::internal_generated_database()->FindAllFileNames(&files);
    for (const std::string& name : files) {
      const auto* file = google::protobuf::DescriptorPool::generated_pool()->FindFileByName(name);
      if (file == nullptr) continue;
      for (int s = 0; s < file->service_count(); ++s) {
        for (int m = 0; m < file->service(s)->method_count(); ++m) {
          MethodInfo info = DescribeMethod(*file->service(s)->method(m));
          std::string path = info.path;
          table->emplace(std::move(path), std::move(info));
        }
      }
    }
    return table;
  }();
  return *methods;
}

}  // namespace

bool RoleHas(Role role, Permission permission) {
  switch (permission) {
    case common::v1::PERMISSION_UNSPECIFIED:
      return false;
    case common::v1::PERMISSION_PUBLIC:
      return true;
    case common::v1::PERMISSION_LOCATION_READ:
    case common::v1::PERMISSION_TICKET_READ:
    case common::v1::PERMISSION_STOCK_READ:
    case common::v1::PERMISSION_CUSTOMER_READ:
      return IsStaff(role) || IsReader(role);
    case common::v1::PERMISSION_LOCATION_CONFIGURE:
    case common::v1::PERMISSION_READER_MANAGE:
    case common::v1::PERMISSION_TICKET_VOID:
    case common::v1::PERMISSION_APPROVE:
      return Leads(role);
    case common::v1::PERMISSION_TICKET_WRITE:
    case common::v1::PERMISSION_CUSTOMER_WRITE:
    case common::v1::PERMISSION_SCHEDULE_WRITE:
      return Leads(role) || OneOf(role, {Role::kAdvisor, Role::kParts, Role::kIntegration});
    case common::v1::PERMISSION_TICKET_AUTHORIZE:
    case common::v1::PERMISSION_TICKET_INVOICE:
    case common::v1::PERMISSION_DISCOUNT:
      return Leads(role) || OneOf(role, {Role::kAdvisor, Role::kParts});
    case common::v1::PERMISSION_TICKET_WORK:
      return Leads(role) || OneOf(role, {Role::kAdvisor, Role::kTechnician});
    case common::v1::PERMISSION_STOCK_WRITE:
      return Leads(role) || role == Role::kParts;
    case common::v1::PERMISSION_CATALOG_WRITE:
      return Leads(role) || role == Role::kIntegration;
    case common::v1::PERMISSION_CUSTOMER_ERASE:
    case common::v1::PERMISSION_ACCESS_MANAGE:
      return role == Role::kOwner;
    case common::v1::PERMISSION_PAYMENT_READ:
    case common::v1::PERMISSION_READER_READ:
      return (IsStaff(role) && role != Role::kTechnician) || IsReader(role);
    case common::v1::PERMISSION_PAYMENT_TAKE:
      return Leads(role) || OneOf(role, {Role::kAdvisor, Role::kParts, Role::kCashier});
    case common::v1::PERMISSION_PAYMENT_REFUND:
    case common::v1::PERMISSION_TICKET_CREDIT:
      return Leads(role) || OneOf(role, {Role::kParts, Role::kCashier});
    case common::v1::PERMISSION_READER_CHARGE:
      return role == Role::kService;
    case common::v1::PERMISSION_REPORT_READ:
      return Leads(role) || role == Role::kBookkeeper || IsReader(role);
    case common::v1::PERMISSION_OPERATE:
      return role == Role::kOwner;
    case common::v1::Permission_INT_MIN_SENTINEL_DO_NOT_USE_:
    case common::v1::Permission_INT_MAX_SENTINEL_DO_NOT_USE_:
      return false;
  }
  return false;
}

int64_t DiscountLimitPpm(const Caller& caller, std::string_view location_id) {
  return LimitAt(caller, common::v1::PERMISSION_DISCOUNT, location_id, [](Role role) -> int64_t {
    if (role == Role::kOwner) return 1'000'000;
    return role == Role::kManager ? 250'000 : 100'000;
  });
}

int64_t RefundLimitMinor(const Caller& caller, std::string_view location_id) {
  return LimitAt(caller, common::v1::PERMISSION_PAYMENT_REFUND, location_id,
                 [](Role role) -> int64_t {
                   return Leads(role) ? std::numeric_limits<int64_t>::max() : 5'000;
                 });
}

bool HasPermissionAt(const Caller& caller, Permission permission, std::string_view id) {
  const bool is_location = absl::StartsWith(ToAbsl(id), "loc_");
  const absl::StatusOr<uint32_t> slot = SlotOfId(id);
  return std::any_of(caller.grants.begin(), caller.grants.end(), [&](const Grant& grant) {
    if (!RoleHas(grant.role, permission)) return false;
    if (grant.everywhere) return true;
    if (is_location) return grant.location_id == id;
    const absl::StatusOr<uint32_t> granted = SlotOfId(grant.location_id);
    return slot.ok() && granted.ok() && *slot == *granted;
  });
}

absl::Status Authorize(const Caller& caller, const Access& access, const Message& request) {
  if (access.permission() == common::v1::PERMISSION_UNSPECIFIED) {
    return PermissionDenied(common::v1::ACCESS_NOT_DECLARED,
                            "this method declares no access, so nobody may call it");
  }
  if (access.permission() == common::v1::PERMISSION_PUBLIC) return absl::OkStatus();
  if (caller.subject.empty()) {
    return MakeError(absl::StatusCode::kUnauthenticated, common::v1::TOKEN_MISSING,
                     "send metadata 'authorization: Bearer <token>'");
  }
  if (!HasPermissionSomewhere(caller, access.permission())) {
    return PermissionDenied(
        common::v1::PERMISSION_MISSING,
        absl::StrCat("none of your roles has ", Permission_Name(access.permission())));
  }
  if (access.scope_field().empty()) return absl::OkStatus();
  if (FieldAt(*request.GetDescriptor(), access.scope_field()) == nullptr) {
    return PermissionDenied(common::v1::ACCESS_NOT_DECLARED,
                            absl::StrCat("this method's scope field '", access.scope_field(),
                                         "' is not in its request"));
  }
  for (const std::string& id : ValuesAt(request, access.scope_field())) {
    RETURN_IF_ERROR(AuthorizeAt(caller, access, id));
  }
  return absl::OkStatus();
}

MethodInfo DescribeMethod(const MethodDescriptor& method) {
  const FieldDescriptor* request_id = method.input_type()->FindFieldByName("request_id");
  const bool is_text = request_id != nullptr &&
                       request_id->type() == FieldDescriptor::TYPE_STRING &&
                       !request_id->is_repeated();
  return {.path = absl::StrCat("/", method.service()->full_name(), "/", method.name()),
          .service = method.service()->full_name(),
          .access = method.options().GetExtension(common::v1::access),
          .streaming = method.client_streaming() || method.server_streaming(),
          .watch = method.server_streaming() && !method.client_streaming(),
          .request_id = is_text ? request_id : nullptr};
}

const MethodInfo* FindMethod(std::string_view path) {
  const auto& methods = AllMethods();
  const auto found = methods.find(ToAbsl(path));
  return found == methods.end() ? nullptr : &found->second;
}

const MethodInfo& MethodOfRequest(const Descriptor& request) {
  const MethodDescriptor* method = nullptr;
  const auto* file = request.file();
  for (int s = 0; s < file->service_count(); ++s) {
    for (int m = 0; m < file->service(s)->method_count(); ++m) {
      if (file->service(s)->method(m)->input_type() != &request) continue;
      PITLANE_CHECK(method == nullptr)
          << request.full_name() << " is the request of more than one method";
      method = file->service(s)->method(m);
    }
  }
  PITLANE_CHECK(method != nullptr)
      << request.full_name() << " is the request of no method in " << file->name();
  const MethodInfo* info = FindMethod(DescribeMethod(*method).path);
  PITLANE_CHECK(info != nullptr) << method->full_name() << " is not a generated method";
  return *info;
}

absl::Status CheckAccessDeclared(const google::protobuf::ServiceDescriptor& service) {
  std::vector<std::string> faults;
  for (int i = 0; i < service.method_count(); ++i) {
    const MethodInfo info = DescribeMethod(*service.method(i));
    if (info.access.permission() == common::v1::PERMISSION_UNSPECIFIED) {
      faults.push_back(absl::StrCat(info.path, " declares no access"));
    } else if (!info.access.scope_field().empty() &&
               FieldAt(*service.method(i)->input_type(), info.access.scope_field()) == nullptr) {
      faults.push_back(absl::StrCat(info.path, " has no text field '", info.access.scope_field(),
                                    "' in its request"));
    }
  }
  if (faults.empty()) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrJoin(faults, "; "));
}

}  // namespace pitlane::rpc
