// The suite as one computer runs it, for the benchmarks that need all of it.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "grpcpp/channel.h"
#include "tools/pitlane/session.h"
#include "tools/pitlane/suite.h"

namespace pitlane::bench {

struct OneComputer {
  std::unique_ptr<tools::Suite> suite;
  std::unique_ptr<tools::Session> session;  // role owner, at the gateway
};

// Over a new store in `folder`, or the one that is there. With a broker, HOST:PORT, events travel
// over it; otherwise over the journals next door.
absl::StatusOr<OneComputer> OpenOneComputer(const std::string& folder,
                                            const std::string& broker = "");

// Plaintext, to a loopback address.
absl::StatusOr<std::shared_ptr<grpc::Channel>> ChannelTo(const std::string& address);

}  // namespace pitlane::bench
