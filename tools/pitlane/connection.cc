#include "tools/pitlane/connection.h"

#include <fstream>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "tools/pitlane/tokens.h"

namespace pitlane::tools {

absl::StatusOr<std::unique_ptr<Session>> Connect(const ConnectionOptions& options,
                                                 absl::Duration timeout) {
  const std::string path = options.token_file.empty()
                               ? TokenFile(options.data_dir, rpc::Role::kOwner)
                               : options.token_file;
  std::string token;
  if (!(std::ifstream(path) >> token)) {
    return absl::NotFoundError(absl::StrCat(
        "no token in ", path, "; give --token-file, or --data with the folder of a running suite"));
  }
  rpc::ChannelOptions channel;
  channel.address = options.gateway;
  if (!options.tls_ca.empty()) channel.tls.emplace().authorities = options.tls_ca;
  ASSIGN_OR_RETURN(std::shared_ptr<grpc::Channel> connected, rpc::MakeChannel(channel));
  return std::make_unique<Session>(std::move(connected), std::move(token), timeout);
}

}  // namespace pitlane::tools
