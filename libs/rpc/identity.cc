#include "libs/rpc/identity.h"

#include <array>
#include <utility>

namespace pitlane::rpc {
namespace {

constexpr std::array<std::pair<Role, std::string_view>, 10> kRoles{{
    {Role::kOwner, "owner"},
    {Role::kManager, "manager"},
    {Role::kAdvisor, "advisor"},
    {Role::kTechnician, "technician"},
    {Role::kParts, "parts"},
    {Role::kCashier, "cashier"},
    {Role::kBookkeeper, "bookkeeper"},
    {Role::kAuditor, "auditor"},
    {Role::kIntegration, "integration"},
    {Role::kService, "service"},
}};

}  // namespace

std::string_view RoleName(Role role) {
  for (const auto& [known, name] : kRoles) {
    if (known == role) return name;
  }
  return {};
}

std::optional<Role> RoleFromName(std::string_view name) {
  for (const auto& [role, known] : kRoles) {
    if (known == name) return role;
  }
  return std::nullopt;
}

}  // namespace pitlane::rpc
