#include "libs/rpc/key_source.h"

#include <string_view>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "libs/base/status.h"

namespace pitlane::rpc {
namespace {

absl::StatusOr<KeySet> ParseUsable(const std::string& text) {
  ASSIGN_OR_RETURN(KeySet keys, KeySet::Parse(text));
  if (keys.size() == 0) {
    return absl::InvalidArgumentError("no usable key: ES256 (EC P-256) or RS256 (RSA, 2048 bits)");
  }
  return keys;
}

absl::StatusOr<RevokedIds> ParseRevoked(const std::string& text) {
  RevokedIds ids;
  int number = 0;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    ++number;
    const std::vector<absl::string_view> parts = absl::StrSplit(line, absl::MaxSplits('#', 1));
    const absl::string_view id = absl::StripAsciiWhitespace(parts[0]);
    if (id.empty()) continue;
    if (id.find_first_of(" \t,\"") != absl::string_view::npos) {
      return absl::InvalidArgumentError(
          absl::StrCat("line ", number, ": one id of a token or session on a line"));
    }
    ids.emplace(id);
  }
  return ids;
}

}  // namespace

absl::StatusOr<std::unique_ptr<KeySource>> MakeKeySource(const TokenVerifierOptions& options,
                                                         Clock& clock) {
  const bool is_url = options.jwks.find("://") != std::string::npos;
  return KeySource::Open({.what = "key set",
                          .path_or_url = options.jwks,
                          .max_age = is_url ? options.max_key_age : options.unknown_key_wait,
                          .renewal_wait = options.unknown_key_wait,
                          .fetch_timeout = options.fetch_timeout},
                         ParseUsable, clock);
}

absl::StatusOr<std::unique_ptr<RevocationSource>> MakeRevocationSource(
    const TokenVerifierOptions& options, Clock& clock) {
  return RevocationSource::Open({.what = "revocation list",
                                 .path_or_url = options.revoked,
                                 .max_age = options.max_revocation_age,
                                 .renewal_wait = options.max_revocation_age,
                                 .fetch_timeout = options.fetch_timeout},
                                ParseRevoked, clock);
}

}  // namespace pitlane::rpc
