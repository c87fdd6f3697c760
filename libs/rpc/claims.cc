#include "libs/rpc/claims.h"

#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/ids.h"
#include "libs/base/status.h"
#include "nlohmann/json.hpp"

namespace pitlane::rpc {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kEverywhere = "*";
constexpr double kMaxSeconds = 253402300799;  // the year 9999, RFC 7519's NumericDate made bounded

absl::Status Malformed(const char* claim) {
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

absl::StatusOr<std::vector<std::string>> AudienceClaim(const Json& claims) {
  const auto claim = claims.find("aud");
  if (claim == claims.end()) return Malformed("aud");
  if (claim->is_string()) return std::vector<std::string>{claim->get<std::string>()};
  if (!claim->is_array()) return Malformed("aud");
  std::vector<std::string> audiences;
  for (const Json& audience : *claim) {
    if (!audience.is_string()) return Malformed("aud");
    audiences.push_back(audience.get<std::string>());
  }
  return audiences;
}

absl::Status AddGrants(const Json& entry, std::vector<Grant>& grants) {
  if (!entry.is_object() || !entry.contains("role") || !entry["role"].is_string() ||
      !entry.contains("locations") || !entry["locations"].is_array()) {
    return Malformed("roles");
  }
  const auto role = RoleFromName(entry["role"].get<std::string>());
  for (const Json& location : entry["locations"]) {
    if (!location.is_string()) return Malformed("roles");
    Grant grant{.location_id = location.get<std::string>()};
    if (grant.location_id == kEverywhere) {
      grant.everywhere = true;
      grant.location_id.clear();
    } else if (!LocationId::Parse(grant.location_id).ok()) {
      return Malformed("roles");
    }
    if (!role.has_value()) continue;
    grant.role = *role;
    grants.push_back(std::move(grant));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Claims> ParseClaims(std::string_view json) {
  const Json object = Json::parse(json, nullptr, /*allow_exceptions=*/false);
  if (!object.is_object()) return absl::InvalidArgumentError("the claims are not a JSON object");
  Claims claims;
  ASSIGN_OR_RETURN(claims.caller.subject, TextClaim(object, "sub", true));
  ASSIGN_OR_RETURN(claims.issuer, TextClaim(object, "iss", true));
  ASSIGN_OR_RETURN(claims.audiences, AudienceClaim(object));
  ASSIGN_OR_RETURN(claims.expires, TimeClaim(object, "exp", true));
  ASSIGN_OR_RETURN(claims.not_before, TimeClaim(object, "nbf", false));
  ASSIGN_OR_RETURN(claims.caller.device_id, TextClaim(object, "device_id", false));
  ASSIGN_OR_RETURN(std::string tenant, TextClaim(object, "tenant", false));
  if (!tenant.empty()) claims.caller.tenant = std::move(tenant);
  const auto roles = object.find("roles");
  if (roles == object.end()) return claims;
  if (!roles->is_array()) return Malformed("roles");
  for (const Json& entry : *roles) RETURN_IF_ERROR(AddGrants(entry, claims.caller.grants));
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
  object["roles"] = nlohmann::ordered_json::array();
  for (const Grant& grant : claims.caller.grants) {
    const std::string location = grant.everywhere ? std::string(kEverywhere) : grant.location_id;
    object["roles"].push_back(
        {{"role", std::string(RoleName(grant.role))}, {"locations", {location}}});
  }
  return object.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace pitlane::rpc
