// Makes tokens for development, tests and the services of one computer: one ES256 key of our own.
// An installation with an identity provider does not use it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/base/clock.h"
#include "libs/rpc/identity.h"

namespace pitlane::rpc {

// Thread-safe.
class TokenIssuer {
 public:
  // Opens the key pair in `directory`, or makes one when there is none: `issuer_key.json` (private,
  // mode 0600) and `jwks.json` (public, what TokenVerifierOptions::jwks takes). The directory is
  // made when missing. INVALID_ARGUMENT when a file is there but no key; FAILED_PRECONDITION when
  // others may read the private key. `clock` must outlive the issuer.
  static absl::StatusOr<std::unique_ptr<TokenIssuer>> Open(std::string_view directory,
                                                           std::string issuer, std::string audience,
                                                           Clock& clock);
  ~TokenIssuer();
  TokenIssuer(const TokenIssuer&) = delete;
  TokenIssuer& operator=(const TokenIssuer&) = delete;

  // A token for `caller`, valid from now on for `lifetime`, with a `jti` to revoke it by.
  absl::StatusOr<std::string> Mint(const Caller& caller, absl::Duration lifetime) const;
  // Signs any claims (a JSON object) as they are; for tests of what verifiers refuse.
  absl::StatusOr<std::string> Sign(std::string_view claims_json) const;

  // Where the public keys are.
  const std::string& jwks_path() const;
  // What Create of a verifier for these tokens needs.
  TokenVerifierOptions VerifierOptions() const;

 private:
  struct Impl;
  explicit TokenIssuer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// The `jti` of a token, whose signature is not looked at. INVALID_ARGUMENT: it is none, or has
// none.
absl::StatusOr<std::string> TokenIdOf(std::string_view token);

}  // namespace pitlane::rpc
