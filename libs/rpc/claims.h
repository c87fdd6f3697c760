// The claims of a token, as far as they concern us.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/rpc/identity.h"

namespace pitlane::rpc {

struct Claims {
  Caller caller;
  std::string issuer;
  std::vector<std::string> audiences;
  absl::Time not_before = absl::InfinitePast();
  absl::Time expires = absl::InfinitePast();
  std::string token_id;    // `jti`; may be empty
  std::string session_id;  // `sid`; may be empty
};

// INVALID_ARGUMENT naming the claim that is missing or malformed; never its value.
absl::StatusOr<Claims> ParseClaims(std::string_view json, const ClaimNames& names = {});

// The way back, as a JSON object with our own names.
std::string FormatClaims(const Claims& claims);

}  // namespace pitlane::rpc
