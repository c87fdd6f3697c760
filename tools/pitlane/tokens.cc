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
  std::string subject = options.subject;
  if (subject.empty()) {
    subject = options.device.empty() ? absl::StrCat("local-", options.role) : options.device;
  }
  rpc::Caller caller = CallerWith(subject, *role, options.location_id);
  caller.device_id = options.device;
  ASSIGN_OR_RETURN(const std::string token, issuer->Mint(caller, absl::Hours(24 * options.days)));
  ASSIGN_OR_RETURN(const std::string id, rpc::TokenIdOf(token));
  std::cout << token << "\n";
  std::cerr << "id " << id << ": pitlane revoke " << id << "\n";
  return absl::OkStatus();
}

absl::Status AppendRevoked(const std::string& data_dir, const std::vector<std::string>& ids) {
  std::ofstream file(RevokedFile(data_dir), std::ios::app);
  for (const std::string& id : ids) file << id << "\n";
  file.close();
  if (file) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat(RevokedFile(data_dir), " cannot be written; is that the suite's folder?"));
}

absl::Status Revoke(const std::string& data_dir, const std::vector<std::string>& ids) {
  for (const std::string& id : ids) {
    if (id.empty() || id.find_first_of(" \t\n,#\"") != std::string::npos) {
      return absl::InvalidArgumentError(absl::StrCat(
          "'", id, "' is no id; `pitlane token` prints it, and it is the token's jti"));
    }
  }
  return AppendRevoked(data_dir, ids);
}

int ExitCode(std::string_view command, const absl::Status& status) {
  if (status.ok()) return 0;
  std::cerr << "pitlane " << command << ": " << status.message() << "\n";
  return 1;
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

std::string RevokedFile(const std::string& data_dir) {
  return absl::StrCat(data_dir, "/identity/revoked");
}

absl::Status MakeRevokedFile(const std::string& data_dir) { return AppendRevoked(data_dir, {}); }

int RunToken(const TokenOptions& options) { return ExitCode("token", PrintToken(options)); }

int RunRevoke(const std::string& data_dir, const std::vector<std::string>& ids) {
  return ExitCode("revoke", Revoke(data_dir, ids));
}

}  // namespace pitlane::tools
