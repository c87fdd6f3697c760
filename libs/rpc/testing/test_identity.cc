#include "libs/rpc/testing/test_identity.h"

#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <utility>

#include "libs/base/check.h"

namespace pitlane::rpc::testing {

TempFolder::TempFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "pitlane_rpc.XXXXXX").string();
  PITLANE_CHECK(mkdtemp(pattern.data()) != nullptr) << "no temporary folder at " << pattern;
  path_ = std::move(pattern);
}

TempFolder::~TempFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

Grant GrantOf(Role role, std::string_view location) {
  if (location == "*") return {.role = role, .everywhere = true};
  return {.role = role, .location_id = std::string(location)};
}

TestIdentity::TestIdentity(Clock& clock) {
  auto issuer = TokenIssuer::Open(folder_.path(), "https://id.test", "pitlane", clock);
  PITLANE_CHECK_OK(issuer.status());
  issuer_ = *std::move(issuer);
  auto verifier = TokenVerifier::Create(issuer_->VerifierOptions(), clock);
  PITLANE_CHECK_OK(verifier.status());
  verifier_ = *std::move(verifier);
}

std::string TestIdentity::Token(Role role, std::string_view location,
                                std::string_view subject) const {
  const auto token = issuer_->Mint(
      {.subject = std::string(subject), .grants = {GrantOf(role, location)}}, absl::Hours(1));
  PITLANE_CHECK_OK(token.status());
  return *token;
}

}  // namespace pitlane::rpc::testing
