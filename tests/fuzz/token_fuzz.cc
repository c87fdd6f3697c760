// Bearer tokens: a key set and a token, separated by a zero byte; and what a token may claim.
#include "libs/rpc/claims.h"
#include "libs/rpc/jws.h"
#include "tests/fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace pitlane;  // NOLINT(google-build-using-namespace)
  const std::string_view text = fuzz::AsText(data, size);
  const size_t zero = text.find('\0');
  const std::string_view token = zero == std::string_view::npos ? text : text.substr(zero + 1);
  const auto keys = rpc::KeySet::Parse(text.substr(0, zero));
  // Nobody can sign for a key that is not theirs; the corpus has no signed token.
  if (keys.ok()) MUST_HOLD(!keys->Verify(token).ok());
  const auto claims = rpc::ParseClaims(token, {.roles = "/a/roles", .locations = "locations"});
  fuzz::Survives(rpc::ParseClaims(token));
  MUST_HOLD(!claims.ok() || !claims->caller.subject.empty());
  return 0;
}
