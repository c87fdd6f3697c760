// Tokens of a suite on one computer: made with the key in its data folder.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/rpc/identity.h"
#include "libs/rpc/token_issuer.h"

namespace pitlane::tools {

// The key pair of the suite whose data are in `data_dir`; made when there is none.
absl::StatusOr<std::unique_ptr<rpc::TokenIssuer>> OpenIssuer(const std::string& data_dir);
// Someone with this role at one location, or everywhere when `location_id` is empty.
rpc::Caller CallerWith(std::string subject, rpc::Role role, const std::string& location_id = "");
// Where `pitlane up` leaves the tokens of its four people.
std::string TokenFile(const std::string& data_dir, rpc::Role role);
// Where the ids of revoked tokens and sessions stand, and an empty one unless there is one.
std::string RevokedFile(const std::string& data_dir);
absl::Status MakeRevokedFile(const std::string& data_dir);
// Makes the files of tokens, readable by their owner only.
absl::Status WriteTokenFiles(const rpc::TokenIssuer& issuer, const std::string& data_dir);

struct TokenOptions {
  std::string data_dir;
  std::string role;
  std::string location_id;
  std::string subject;
  // The till or tablet that the token is for; empty: a person's.
  std::string device;
  int days = 1;
};

// `pitlane token`: prints one token, and its id on standard error. The exit code.
int RunToken(const TokenOptions& options);

// `pitlane revoke`: the tokens with these ids, and all of these sessions, are refused from now on.
// The exit code.
int RunRevoke(const std::string& data_dir, const std::vector<std::string>& ids);

}  // namespace pitlane::tools
