// Where a verifier's keys and its list of revoked sessions come from.
#pragma once

#include <memory>
#include <string>

#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "libs/base/clock.h"
#include "libs/rpc/document_source.h"
#include "libs/rpc/identity.h"
#include "libs/rpc/jws.h"

namespace pitlane::rpc {

using KeySource = DocumentSource<KeySet>;
// `jti`s and `sid`s.
using RevokedIds = absl::flat_hash_set<std::string>;
using RevocationSource = DocumentSource<RevokedIds>;

// By options.jwks; a set without a usable key is refused. Errors as TokenVerifier::Create.
absl::StatusOr<std::unique_ptr<KeySource>> MakeKeySource(const TokenVerifierOptions& options,
                                                         Clock& clock);
// By options.revoked, which is not empty. INVALID_ARGUMENT, naming the line: more than an id on it.
absl::StatusOr<std::unique_ptr<RevocationSource>> MakeRevocationSource(
    const TokenVerifierOptions& options, Clock& clock);

}  // namespace pitlane::rpc
