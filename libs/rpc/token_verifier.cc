#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/rpc/claims.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/identity.h"
#include "libs/rpc/key_source.h"
#include "libs/rpc/token_cache.h"

namespace pitlane::rpc {
namespace {

constexpr size_t kMaxTokenBytes = 8192;

absl::Status Unauthenticated(CommonReason reason, std::string_view message) {
  return MakeError(absl::StatusCode::kUnauthenticated, reason, message);
}

// Of a JSON Pointer: `~` is only followed by 0 or 1.
absl::Status CheckClaimName(const std::string& name) {
  if (!absl::StartsWith(name, "/")) return absl::OkStatus();
  for (size_t i = name.find('~'); i != std::string::npos; i = name.find('~', i + 1)) {
    if (i + 1 < name.size() && (name[i + 1] == '0' || name[i + 1] == '1')) continue;
    return absl::InvalidArgumentError(absl::StrCat("'", name, "' is no JSON Pointer"));
  }
  return absl::OkStatus();
}

absl::Status KeysUnavailable() {
  return Unavailable(common::v1::KEYS_UNAVAILABLE,
                     "the token issuer's keys are being fetched; try again");
}

}  // namespace

class TokenVerifier::Impl {
 public:
  Impl(TokenVerifierOptions options, Clock& clock, std::unique_ptr<KeySource> keys,
       std::unique_ptr<RevocationSource> revoked)
      : options_(std::move(options)),
        clock_(clock),
        cache_(options_.cache_size),
        keys_(std::move(keys)),
        revoked_(std::move(revoked)) {}

  absl::StatusOr<std::shared_ptr<const Caller>> Verify(std::string_view token) {
    if (token.empty() || token.size() > kMaxTokenBytes) {
      return Unauthenticated(common::v1::TOKEN_MALFORMED,
                             absl::StrCat("a token has 1 to ", kMaxTokenBytes, " bytes"));
    }
    const auto reading = keys_->Latest();
    if (reading == nullptr) return KeysUnavailable();
    const std::string digest = Sha256(token);
    auto verified = cache_.Get(digest);
    if (!verified.has_value() || verified->key_generation != reading->generation) {
      ASSIGN_OR_RETURN(verified, Check(token, reading));
      cache_.Put(digest, *verified);
    }
    RETURN_IF_ERROR(CheckTimes(*verified));
    RETURN_IF_ERROR(CheckNotRevoked(*verified));
    return std::move(verified->caller);
  }

 private:
  absl::StatusOr<VerifiedToken> Check(std::string_view token,
                                      std::shared_ptr<const KeySource::Reading> reading) {
    absl::StatusOr<std::string> payload = reading->value.Verify(token);
    if (absl::IsNotFound(payload.status())) {
      reading = keys_->Renewed();
      if (reading == nullptr) return KeysUnavailable();
      payload = reading->value.Verify(token);
    }
    if (!payload.ok()) {
      return Unauthenticated(absl::IsInvalidArgument(payload.status()) ? common::v1::TOKEN_MALFORMED
                                                                       : common::v1::TOKEN_REJECTED,
                             ToStd(payload.status().message()));
    }
    absl::StatusOr<Claims> claims = ParseClaims(*payload, options_.claims);
    if (!claims.ok()) {
      return Unauthenticated(common::v1::TOKEN_MALFORMED, ToStd(claims.status().message()));
    }
    RETURN_IF_ERROR(CheckParties(*claims));
    return VerifiedToken{std::make_shared<const Caller>(std::move(claims->caller)),
                         claims->not_before,
                         claims->expires,
                         reading->generation,
                         std::move(claims->token_id),
                         std::move(claims->session_id)};
  }

  absl::Status CheckParties(const Claims& claims) const {
    if (claims.issuer != options_.issuer) {
      return Unauthenticated(common::v1::TOKEN_REJECTED, "the token is from another issuer");
    }
    if (std::find(claims.audiences.begin(), claims.audiences.end(), options_.audience) ==
        claims.audiences.end()) {
      return Unauthenticated(common::v1::TOKEN_REJECTED, "the token is for another audience");
    }
    return absl::OkStatus();
  }

  absl::Status CheckTimes(const VerifiedToken& token) {
    const absl::Time now = clock_.Now();
    if (now < token.not_before - options_.leeway) {
      return Unauthenticated(common::v1::TOKEN_NOT_YET_VALID,
                             "the token is not valid yet; is this clock right?");
    }
    if (now < token.expires + options_.leeway) return absl::OkStatus();
    if (now >= token.expires + options_.leeway + options_.offline_grace) {
      return Unauthenticated(common::v1::TOKEN_EXPIRED, "the token has expired; get a new one");
    }
    // Within the grace: is there anybody who could give a new one?
    const bool looked = keys_->Renewed() != nullptr;
    if (keys_->out_of_reach()) return absl::OkStatus();
    if (!looked) return KeysUnavailable();
    return Unauthenticated(common::v1::TOKEN_EXPIRED, "the token has expired; get a new one");
  }

  absl::Status CheckNotRevoked(const VerifiedToken& token) {
    if (revoked_ == nullptr) return absl::OkStatus();
    const auto list = revoked_->Latest();
    if (list == nullptr) {
      return Unavailable(common::v1::KEYS_UNAVAILABLE,
                         "the list of revoked sessions is being fetched; try again");
    }
    if (!list->value.contains(token.token_id) && !list->value.contains(token.session_id)) {
      return absl::OkStatus();
    }
    return Unauthenticated(common::v1::TOKEN_REJECTED,
                           "the token or its session was revoked; sign in again");
  }

  const TokenVerifierOptions options_;
  Clock& clock_;
  TokenCache cache_;
  // Last: they may have threads.
  const std::unique_ptr<KeySource> keys_;
  const std::unique_ptr<RevocationSource> revoked_;  // nullptr: no list
};

absl::StatusOr<std::unique_ptr<TokenVerifier>> TokenVerifier::Create(TokenVerifierOptions options,
                                                                     Clock& clock) {
  if (options.jwks.empty() || options.issuer.empty() || options.audience.empty()) {
    return absl::FailedPreconditionError(
        "checking tokens needs a key set (file or URL), an issuer and an audience");
  }
  for (const std::string* name : {&options.claims.roles, &options.claims.locations}) {
    RETURN_IF_ERROR(CheckClaimName(*name));
  }
  for (const auto& [theirs, ours] : options.claims.role_names) {
    if (RoleFromName(ours)) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("role '", theirs, "' is to stand for '", ours, "', which is no role"));
  }
  ASSIGN_OR_RETURN(auto keys, MakeKeySource(options, clock));
  std::unique_ptr<RevocationSource> revoked;
  if (!options.revoked.empty()) {
    ASSIGN_OR_RETURN(revoked, MakeRevocationSource(options, clock));
  }
  return std::unique_ptr<TokenVerifier>(new TokenVerifier(
      std::make_unique<Impl>(std::move(options), clock, std::move(keys), std::move(revoked))));
}

TokenVerifier::TokenVerifier(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TokenVerifier::~TokenVerifier() = default;

absl::StatusOr<std::shared_ptr<const Caller>> TokenVerifier::Verify(std::string_view token) {
  return impl_->Verify(token);
}

}  // namespace pitlane::rpc
