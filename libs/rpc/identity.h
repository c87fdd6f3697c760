// Who calls: a bearer JWT checked against the issuer's keys, and what it says about the caller.
//
// Claims: `sub` (required), `iss`, `aud` (string or list), `exp` (required), `nbf`, `tenant`,
// `device_id`, `jti` and `sid` (what the token and its session are revoked by), and `roles`:
// [{"role": "advisor", "locations": ["loc_…"]}, …], where "*" stands for every location. Issuers
// that cannot say it like that are read by ClaimNames. Roles this version does not know grant
// nothing.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/base/clock.h"

namespace pitlane::rpc {

// The roles of the domain handbook, section 1.
enum class Role {
  kOwner,
  kManager,
  kAdvisor,
  kTechnician,
  kParts,
  kCashier,
  kBookkeeper,
  kAuditor,
  kIntegration,
  kService,
};

// The claim's spelling, e.g. "advisor".
std::string_view RoleName(Role role);
std::optional<Role> RoleFromName(std::string_view name);

// One role at one location, or everywhere.
struct Grant {
  Role role = Role::kAuditor;
  bool everywhere = false;
  std::string location_id;  // `loc_…`, well-formed; empty when everywhere
  friend bool operator==(const Grant&, const Grant&) = default;
};

struct Caller {
  std::string subject;  // opaque; empty for a caller of a public method without a token
  std::optional<std::string> tenant;
  std::vector<Grant> grants;
  std::string device_id;  // empty when the token names none
  friend bool operator==(const Caller&, const Caller&) = default;
};

// Where an issuer puts what we need. Each is a claim's name or, with a slash in front, a JSON
// Pointer into the claims (RFC 6901), e.g. "/realm_access/roles".
struct ClaimNames {
  // A list of objects as above, or of names, or one name.
  std::string roles = "roles";
  // Where the roles hold that are given by name alone: `loc_…` ids or "*", as a list or one text.
  // Absent from a token: nowhere.
  std::string locations = "locations";
  // What the issuer calls our roles, e.g. {"pitlane-shop-manager", "manager"}. Names that are not
  // in it are taken as ours.
  std::map<std::string, std::string, std::less<>> role_names;
};

struct TokenVerifierOptions {
  // A file's path, or an http:// or https:// URL, of a JSON Web Key Set (RFC 7517).
  std::string jwks;
  std::string issuer;                                  // must equal `iss`
  std::string audience;                                // must be among `aud`
  absl::Duration leeway = absl::Seconds(30);           // on `exp` and `nbf`
  absl::Duration unknown_key_wait = absl::Minutes(1);  // between look-ups for unknown keys
  absl::Duration max_key_age = absl::Minutes(10);      // after which a URL is fetched again
  absl::Duration fetch_timeout = absl::Seconds(5);
  size_t cache_size = 4096;  // verified tokens remembered until they expire
  ClaimNames claims;
  // A file's path or a URL of the revoked `jti`s and `sid`s, one on a line, `#` before comments;
  // empty: none is revoked. Looked at as the keys are, but every max_revocation_age.
  std::string revoked;
  absl::Duration max_revocation_age = absl::Seconds(5);
  // How long after its `exp` a token is still good while the issuer's URL does not answer, so that
  // a shop whose line is down can go on selling.
  absl::Duration offline_grace = absl::ZeroDuration();
};

// Checks tokens. Thread-safe; Verify never waits for the network.
//
// Keys: a file is read again when its modification time or size changed, looked at most once per
// unknown_key_wait. A URL is fetched by a thread of its own: at Create, when the keys are older
// than max_key_age and a token is checked, and when a token names an unknown key (at most once per
// unknown_key_wait). While such a fetch runs, tokens with an unknown key are UNAVAILABLE with
// RetryInfo. When a fetch fails, the keys from before stay in use. A key that is gone from the set
// stops working at once. The list of revoked sessions is kept in the same way; while it was never
// read, all tokens are UNAVAILABLE.
class TokenVerifier {
 public:
  // `clock` must outlive the verifier. FAILED_PRECONDITION: issuer, audience or jwks is empty.
  // A file must be there and hold at least one usable key (NOT_FOUND, INVALID_ARGUMENT say what is
  // wrong); a URL may be down, the verifier then answers UNAVAILABLE until it is up.
  static absl::StatusOr<std::unique_ptr<TokenVerifier>> Create(TokenVerifierOptions options,
                                                               Clock& clock);
  ~TokenVerifier();
  TokenVerifier(const TokenVerifier&) = delete;
  TokenVerifier& operator=(const TokenVerifier&) = delete;

  // `token` is the compact JWS alone, without "Bearer ". UNAUTHENTICATED with TOKEN_MALFORMED,
  // TOKEN_REJECTED (revoked ones, too), TOKEN_NOT_YET_VALID or TOKEN_EXPIRED; UNAVAILABLE with
  // KEYS_UNAVAILABLE.
  // Messages never contain the token or a part of it.
  absl::StatusOr<std::shared_ptr<const Caller>> Verify(std::string_view token);

 private:
  class Impl;
  explicit TokenVerifier(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace pitlane::rpc
