// The flags with which every client command finds its Pitlane.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "gateway/default_address.h"
#include "tools/pitlane/session.h"

namespace pitlane::tools {

struct ConnectionOptions {
  std::string gateway = gateway::kDefaultAddress;
  std::string data_dir;    // of a suite on this computer: its owner token is used
  std::string token_file;  // instead
  std::string tls_ca;      // root certificate of a gateway with TLS
};

// NOT_FOUND names the token file that is missing and how to make one.
// `timeout` is of each call, retries included.
absl::StatusOr<std::unique_ptr<Session>> Connect(const ConnectionOptions& options,
                                                 absl::Duration timeout = absl::Seconds(20));

}  // namespace pitlane::tools
