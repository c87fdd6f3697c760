#include <algorithm>
#include <utility>

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

absl::Status KeysUnavailable() {
  return Unavailable(common::v1::KEYS_UNAVAILABLE,
                     "the token issuer's keys are being fetched; try again");
}

}  // namespace

class TokenVerifier::Impl {
 public:
  Impl(TokenVerifierOptions options, Clock& clock, std::unique_ptr<KeySource> keys)
      : options_(std::move(options)),
        clock_(clock),
        cache_(options_.cache_size),
        keys_(std::move(keys)) {}

  absl::StatusOr<std::shared_ptr<const Caller>> Verify(std::string_view token) {
    if (token.empty() || token.size() > kMaxTokenBytes) {
      return Unauthenticated(common::v1::TOKEN_MALFORMED,
                             absl::StrCat("a token has 1 to ", kMaxTokenBytes, " bytes"));
    }
    const auto reading = keys_->Current();
    if (reading == nullptr) return KeysUnavailable();
    const std::string digest = Sha256(token);
    auto verified = cache_.Get(digest);
    if (!verified.has_value() || verified->key_generation != reading->generation) {
      ASSIGN_OR_RETURN(verified, Check(token, reading));
      cache_.Put(digest, *verified);
    }
    RETURN_IF_ERROR(CheckTimes(*verified));
    return std::move(verified->caller);
  }

 private:
  absl::StatusOr<VerifiedToken> Check(std::string_view token,
                                      std::shared_ptr<const KeyReading> reading) {
    absl::StatusOr<std::string> payload = reading->keys.Verify(token);
    if (absl::IsNotFound(payload.status())) {
      reading = keys_->AfterUnknownKey();
      if (reading == nullptr) return KeysUnavailable();
      payload = reading->keys.Verify(token);
    }
    if (!payload.ok()) {
      return Unauthenticated(absl::IsInvalidArgument(payload.status()) ? common::v1::TOKEN_MALFORMED
                                                                       : common::v1::TOKEN_REJECTED,
                             ToStd(payload.status().message()));
    }
    absl::StatusOr<Claims> claims = ParseClaims(*payload);
    if (!claims.ok()) {
      return Unauthenticated(common::v1::TOKEN_MALFORMED, ToStd(claims.status().message()));
    }
    RETURN_IF_ERROR(CheckParties(*claims));
    return VerifiedToken{std::make_shared<const Caller>(std::move(claims->caller)),
                         claims->not_before, claims->expires, reading->generation};
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

  absl::Status CheckTimes(const VerifiedToken& token) const {
    const absl::Time now = clock_.Now();
    if (now < token.not_before - options_.leeway) {
      return Unauthenticated(common::v1::TOKEN_NOT_YET_VALID,
                             "the token is not valid yet; is this clock right?");
    }
    if (now >= token.expires + options_.leeway) {
      return Unauthenticated(common::v1::TOKEN_EXPIRED, "the token has expired; get a new one");
    }
    return absl::OkStatus();
  }

  const TokenVerifierOptions options_;
  Clock& clock_;
  TokenCache cache_;
  // Last: it may have a thread.
  const std::unique_ptr<KeySource> keys_;
};

absl::StatusOr<std::unique_ptr<TokenVerifier>> TokenVerifier::Create(TokenVerifierOptions options,
                                                                     Clock& clock) {
  if (options.jwks.empty() || options.issuer.empty() || options.audience.empty()) {
    return absl::FailedPreconditionError(
        "checking tokens needs a key set (file or URL), an issuer and an audience");
  }
  ASSIGN_OR_RETURN(auto keys, MakeKeySource(options, clock));
  return std::unique_ptr<TokenVerifier>(
      new TokenVerifier(std::make_unique<Impl>(std::move(options), clock, std::move(keys))));
}

TokenVerifier::TokenVerifier(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TokenVerifier::~TokenVerifier() = default;

absl::StatusOr<std::shared_ptr<const Caller>> TokenVerifier::Verify(std::string_view token) {
  return impl_->Verify(token);
}

}  // namespace pitlane::rpc
