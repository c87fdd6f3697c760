// Where a verifier's keys come from, and when they are read anew.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "libs/base/clock.h"
#include "libs/rpc/identity.h"
#include "libs/rpc/jws.h"

namespace pitlane::rpc {

// One reading of the issuer's keys. A new reading with other content has a greater generation.
struct KeyReading {
  KeySet keys;
  uint64_t generation = 0;
};

// Thread-safe; never waits for the network. Rules of renewal: see TokenVerifier.
class KeySource {
 public:
  virtual ~KeySource() = default;
  // The present keys; nullptr while there never were any. Renews them when they are old.
  virtual std::shared_ptr<const KeyReading> Current() = 0;
  // A token named a key that is not among them: the keys after looking again, if it is time to and
  // that can be done at once. nullptr while a look-up is under way.
  virtual std::shared_ptr<const KeyReading> AfterUnknownKey() = 0;
};

// By options.jwks. Errors as TokenVerifier::Create.
absl::StatusOr<std::unique_ptr<KeySource>> MakeKeySource(const TokenVerifierOptions& options,
                                                         Clock& clock);

}  // namespace pitlane::rpc
