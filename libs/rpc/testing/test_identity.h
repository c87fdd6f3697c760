// Identity for tests: a key of its own in a temporary folder, a verifier for it, and callers.
#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "libs/base/clock.h"
#include "libs/rpc/identity.h"
#include "libs/rpc/token_issuer.h"

namespace pitlane::rpc::testing {

// A folder under the system's temporary one, removed with everything in it at the end.
class TempFolder {
 public:
  TempFolder();
  ~TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// Not thread-safe while it is made; `clock` must outlive it. CHECKs instead of failing.
class TestIdentity {
 public:
  explicit TestIdentity(Clock& clock = Clock::System());

  // A token that is good for an hour. `location` is a `loc_…` id or "*".
  std::string Token(Role role, std::string_view location = "*",
                    std::string_view subject = "usr-1") const;
  TokenIssuer& issuer() { return *issuer_; }
  TokenVerifier& verifier() { return *verifier_; }
  const TempFolder& folder() const { return folder_; }

 private:
  TempFolder folder_;
  std::unique_ptr<TokenIssuer> issuer_;
  std::unique_ptr<TokenVerifier> verifier_;
};

Grant GrantOf(Role role, std::string_view location);

}  // namespace pitlane::rpc::testing
