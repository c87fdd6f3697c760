// Signed tokens against a set of public keys: ES256 and RS256 in compact form (RFC 7515), nothing
// else. The algorithm belongs to the key, never to the token.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace pitlane::rpc {

// Immutable; thread-safe.
class KeySet {
 public:
  // Reads a JSON Web Key Set. Keys for other purposes (`use`, `key_ops`), of other kinds or sizes
  // (only EC P-256, and RSA from 2048 bits) are left out. INVALID_ARGUMENT: not a key set, or two
  // usable keys of one `kid`.
  static absl::StatusOr<KeySet> Parse(std::string_view jwks_json);
  ~KeySet();
  KeySet(KeySet&&) noexcept;
  KeySet& operator=(KeySet&&) noexcept;

  size_t size() const;

  // The payload of a token whose signature holds. A token without `kid` is checked against the one
  // key of its algorithm, if there is exactly one.
  // INVALID_ARGUMENT: not a compact JWS in strict base64url. NOT_FOUND: no key for its `kid`.
  // PERMISSION_DENIED: other algorithm than the key's, critical extensions, or a false signature.
  absl::StatusOr<std::string> Verify(std::string_view compact) const;

 private:
  struct Key;
  explicit KeySet(std::vector<Key> keys);
  std::vector<Key> keys_;
};

}  // namespace pitlane::rpc
