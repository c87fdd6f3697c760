#include "tests/bench/one_computer.h"

#include "libs/base/status.h"
#include "libs/rpc/channel.h"
#include "tools/pitlane/connection.h"
#include "tools/pitlane/tokens.h"

namespace pitlane::bench {

absl::StatusOr<OneComputer> OpenOneComputer(const std::string& folder, const std::string& broker) {
  OneComputer computer;
  ASSIGN_OR_RETURN(
      computer.suite,
      tools::Suite::Open(
          {.data_dir = folder, .listen = "127.0.0.1:0", .admin = "", .kafka = broker}));
  RETURN_IF_ERROR(tools::WriteTokenFiles(computer.suite->issuer(), folder));
  tools::ConnectionOptions connection;
  connection.gateway = computer.suite->address();
  connection.data_dir = folder;
  ASSIGN_OR_RETURN(computer.session, tools::Connect(connection));
  return computer;
}

absl::StatusOr<std::shared_ptr<grpc::Channel>> ChannelTo(const std::string& address) {
  rpc::ChannelOptions options;
  options.address = address;
  return rpc::MakeChannel(options);
}

}  // namespace pitlane::bench
