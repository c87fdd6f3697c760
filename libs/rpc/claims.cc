#include "libs/rpc/claims.h"

#include <cmath>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "libs/base/ids.h"
#include "libs/base/status.h"
#include "nlohmann/json.hpp"

namespace pitlane::rpc {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kEverywhere = "*";
constexpr double kMaxSeconds = 253402300799;  // the year 9999, RFC 7519's NumericDate made bounded

absl::Status Malformed(const std::string& claim) {
  return absl::InvalidArgumentError(absl::StrCat("claim '", claim, "' is missing or malformed"));
}

// Empty when the claim is absent and not required.
absl::StatusOr<std::string> TextClaim(const Json& claims, const char* name, bool required) {
  const auto claim = claims.find(name);
  if (claim == claims.end() && !required) return std::string();
  if (claim == claims.end() || !claim->is_string()) return Malformed(name);
  auto text = claim->get<std::string>();
  if (required && text.empty()) return Malformed(name);
  return text;
}

absl::StatusOr<absl::Time> TimeClaim(const Json& claims, const char* name, bool required) {
  const auto claim = claims.find(name);
  if (claim == claims.end() && !required) return absl::InfinitePast();
  if (claim == claims.end() || !claim->is_number()) return Malformed(name);
  const double seconds = claim->get<double>();
  if (!std::isfinite(seconds) || seconds < 0 || seconds > kMaxSeconds) return Malformed(name);
  return absl::FromUnixSeconds(static_cast<int64_t>(seconds));
}

// nullptr when the claim is absent. The name is one that ClaimNames allows.
const Json* Find(const Json& claims, const std::string& name) {
  if (name.empty()) return nullptr;
  if (name.front() != '/') {
    const auto claim = claims.find(name);
    return claim == claims.end() ? nullptr : &*claim;
  }
  const Json::json_pointer pointer(name);
  return claims.contains(pointer) ? &claims.at(pointer) : nullptr;
}

// A list of texts, or one.
absl::StatusOr<std::vector<std::string>> Texts(const Json& value, const std::string& claim) {
  if (value.is_string()) return std::vector<std::string>{value.get<std::string>()};
  if (!value.is_array()) return Malformed(claim);
  std::vector<std::string> texts;
  for (const Json& text : value) {
    if (!text.is_string()) return Malformed(claim);
    texts.push_back(text.get<std::string>());
  }
  return texts;
}

std::optional<Role> RoleNamed(const std::string& name, const ClaimNames& names) {
  const auto ours = names.role_names.find(name);
  return RoleFromName(ours == names.role_names.end() ? name : ours->second);
}

absl::Status AddGrants(std::optional<Role> role, const std::vector<std::string>& locations,
                       const std::string& claim, std::vector<Grant>& grants) {
  for (const std::string& location : locations) {
    const bool everywhere = location == kEverywhere;
    if (!everywhere && !LocationId::Parse(location).ok()) return Malformed(claim);
    if (!role.has_value()) continue;
    grants.push_back({.role = *role,
                      .everywhere = everywhere,
                      .location_id = everywhere ? std::string() : location});
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Grant>> Grants(const Json& claims, const ClaimNames& names) {
  std::vector<Grant> grants;
  const Json* roles = Find(claims, names.roles);
  if (roles == nullptr) return grants;
  std::vector<std::string> locations;
  if (const Json* claim = Find(claims, names.locations); claim != nullptr) {
    ASSIGN_OR_RETURN(locations, Texts(*claim, names.locations));
  }
  if (!roles->is_array() && !roles->is_string()) return Malformed(names.roles);
  for (const Json& entry : roles->is_array() ? *roles : Json::array({*roles})) {
    if (entry.is_string()) {
      RETURN_IF_ERROR(AddGrants(RoleNamed(entry.get<std::string>(), names), locations,
                                names.locations, grants));
      continue;
    }
    if (!entry.is_object() || !entry.contains("role") || !entry["role"].is_string() ||
        !entry.contains("locations") || !entry["locations"].is_array()) {
      return Malformed(names.roles);
    }
    ASSIGN_OR_RETURN(const auto own, Texts(entry["locations"], names.roles));
    RETURN_IF_ERROR(
        AddGrants(RoleNamed(entry["role"].get<std::string>(), names), own, names.roles, grants));
  }
  return grants;
}

}  // namespace

absl::StatusOr<Claims> ParseClaims(std::string_view json, const ClaimNames& names) {
  const Json object = Json::parse(json, nullptr, /*allow_exceptions=*/false);
  if (!object.is_object()) return absl::InvalidArgumentError("the claims are not a JSON object");
  Claims claims;
  ASSIGN_OR_RETURN(claims.caller.subject, TextClaim(object, "sub", true));
  ASSIGN_OR_RETURN(claims.issuer, TextClaim(object, "iss", true));
  const auto audience = object.find("aud");
  if (audience == object.end()) return Malformed("aud");
  ASSIGN_OR_RETURN(claims.audiences, Texts(*audience, "aud"));
  ASSIGN_OR_RETURN(claims.expires, TimeClaim(object, "exp", true));
  ASSIGN_OR_RETURN(claims.not_before, TimeClaim(object, "nbf", false));
  ASSIGN_OR_RETURN(claims.caller.device_id, TextClaim(object, "device_id", false));
  ASSIGN_OR_RETURN(std::string tenant, TextClaim(object, "tenant", false));
  if (!tenant.empty()) claims.caller.tenant = std::move(tenant);
  ASSIGN_OR_RETURN(claims.token_id, TextClaim(object, "jti", false));
  ASSIGN_OR_RETURN(claims.session_id, TextClaim(object, "sid", false));
  ASSIGN_OR_RETURN(claims.caller.grants, Grants(object, names));
  return claims;
}

std::string FormatClaims(const Claims& claims) {
  nlohmann::ordered_json object;
  object["iss"] = claims.issuer;
  object["sub"] = claims.caller.subject;
  object["aud"] = claims.audiences;
  object["exp"] = absl::ToUnixSeconds(claims.expires);
  if (claims.not_before != absl::InfinitePast()) {
    object["nbf"] = absl::ToUnixSeconds(claims.not_before);
  }
  if (claims.caller.tenant.has_value()) object["tenant"] = *claims.caller.tenant;
  if (!claims.caller.device_id.empty()) object["device_id"] = claims.caller.device_id;
  if (!claims.token_id.empty()) object["jti"] = claims.token_id;
  if (!claims.session_id.empty()) object["sid"] = claims.session_id;
  object["roles"] = nlohmann::ordered_json::array();
  for (const Grant& grant : claims.caller.grants) {
    const std::string location = grant.everywhere ? std::string(kEverywhere) : grant.location_id;
    object["roles"].push_back(
        {{"role", std::string(RoleName(grant.role))}, {"locations", {location}}});
  }
  return object.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace pitlane::rpc
