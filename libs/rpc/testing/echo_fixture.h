// One echo server in this process with a real client, for tests.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "libs/base/check.h"
#include "libs/rpc/channel.h"
#include "libs/rpc/grpc_status.h"
#include "libs/rpc/server.h"
#include "libs/rpc/testing/echo_service.h"
#include "libs/rpc/testing/test_identity.h"

namespace pitlane::rpc::testing {

// Members in the order of construction: the server goes first, what it uses last.
class EchoFixture {
 public:
  using Stub = pitlane::testing::v1::EchoService::Stub;

  explicit EchoFixture(const ServerOptions& options = {},
                       ServerEnv::Options env_options = {.area = "echo"},
                       Clock& clock = Clock::System())
      : identity(clock),
        entropy(7),
        env(std::move(env_options), &identity.verifier(), clock, entropy, metrics),
        service(env) {
    auto started = Server::Start(options, {&service});
    PITLANE_CHECK_OK(started.status());
    server = *std::move(started);
    server->SetReady(true);
    stub = pitlane::testing::v1::EchoService::NewStub(server->InProcessChannel());
  }

  // Calls Echo as the bearer of `token` (no token when empty), with 10 s of patience.
  absl::StatusOr<pitlane::testing::v1::EchoResponse> Echo(
      const pitlane::testing::v1::EchoRequest& request, std::string_view token) {
    grpc::ClientContext context;
    SetTimeout(context, absl::Seconds(10));
    if (!token.empty()) AttachToken(context, token);
    pitlane::testing::v1::EchoResponse response;
    const grpc::Status status = stub->Echo(&context, request, &response);
    if (!status.ok()) return FromGrpcStatus(status);
    return response;
  }

  TestIdentity identity;
  SeededEntropy entropy;
  Metrics metrics;
  ServerEnv env;
  EchoService service;
  std::unique_ptr<Server> server;
  std::unique_ptr<Stub> stub;
};

}  // namespace pitlane::rpc::testing
