#include "tools/pitlane/tokens.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/clock.h"
#include "libs/base/ids.h"
#include "libs/base/status.h"
#include "libs/base/text.h"

namespace pitlane::tools {
namespace {

constexpr char kIssuer[] = "pitlane-local";
constexpr char kAudience[] = "pitlane";
constexpr absl::Duration kPersonTokenLifetime = absl::Hours(24 * 30);

absl::Status WritePrivateFile(const std::string& path, const std::string& text) {
  // Made anew with mode 0600, so that nobody reads it meanwhile.
  const mode_t old_mask = umask(0077);
  std::filesystem::remove(path);
  std::ofstream file(path);
  file << text << "\n";
  file.close();
  umask(old_mask);
  if (!file) return absl::FailedPreconditionError(absl::StrCat(path, " cannot be written"));
  return absl::OkStatus();
}

absl::Status PrintToken(const TokenOptions& options) {
  const std::optional<rpc::Role> role = rpc::RoleFromName(options.role);
  if (!role.has_value()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--role ", options.role,
        ": owner, manager, advisor, technician, parts, cashier, bookkeeper, auditor, integration "
        "and service are roles"));
  }
  if (!options.location_id.empty()) {
    RETURN_IF_ERROR(LocationId::Parse(options.location_id).status());
  }
  ASSIGN_OR_RETURN(const std::unique_ptr<rpc::TokenIssuer> issuer, OpenIssuer(options.data_dir));
  const std::string subject =
      options.subject.empty() ? absl::StrCat("local-", options.role) : options.subject;
  ASSIGN_OR_RETURN(const std::string token,
                   issuer->Mint(CallerWith(subject, *role, options.location_id),
                                absl::Hours(24 * options.days)));
  std::cout << token << "\n";
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<rpc::TokenIssuer>> OpenIssuer(const std::string& data_dir) {
  return rpc::TokenIssuer::Open(absl::StrCat(data_dir, "/identity"), kIssuer, kAudience,
                                Clock::System());
}

rpc::Caller CallerWith(std::string subject, rpc::Role role, const std::string& location_id) {
  rpc::Caller caller;
  caller.subject = std::move(subject);
  caller.grants.push_back(
      {.role = role, .everywhere = location_id.empty(), .location_id = location_id});
  return caller;
}

std::string TokenFile(const std::string& data_dir, rpc::Role role) {
  return absl::StrCat(data_dir, "/identity/", ToAbsl(rpc::RoleName(role)), ".token");
}

absl::Status WriteTokenFiles(const rpc::TokenIssuer& issuer, const std::string& data_dir) {
  for (rpc::Role role :
       {rpc::Role::kOwner, rpc::Role::kAdvisor, rpc::Role::kTechnician, rpc::Role::kCashier}) {
    ASSIGN_OR_RETURN(
        const std::string token,
        issuer.Mint(CallerWith(absl::StrCat("local-", ToAbsl(rpc::RoleName(role))), role),
                    kPersonTokenLifetime));
    RETURN_IF_ERROR(WritePrivateFile(TokenFile(data_dir, role), token));
  }
  return absl::OkStatus();
}

int RunToken(const TokenOptions& options) {
  const absl::Status status = PrintToken(options);
  if (status.ok()) return 0;
  std::cerr << "pitlane token: " << status.message() << "\n";
  return 1;
}

}  // namespace pitlane::tools
