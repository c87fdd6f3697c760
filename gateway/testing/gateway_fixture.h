// The echo service behind a gateway, for tests of every protocol.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gateway/gateway.h"
#include "gateway/testing/http_client.h"
#include "libs/base/status_matchers.h"
#include "libs/rpc/channel.h"
#include "libs/rpc/testing/echo_fixture.h"

namespace pitlane::gateway::testing {

inline constexpr char kEcho[] = "/pitlane.testing.v1.EchoService/Echo";
inline constexpr char kPing[] = "/pitlane.testing.v1.EchoService/Ping";
inline constexpr char kWatch[] = "/pitlane.testing.v1.EchoService/Watch";
inline constexpr char kCollect[] = "/pitlane.testing.v1.EchoService/Collect";

class HttpTest : public ::testing::Test {
 protected:
  void StartGateway(GatewayOptions options = {},
                    absl::Duration default_deadline = absl::Seconds(30)) {
    env_ = std::make_unique<rpc::ServerEnv>(
        rpc::ServerEnv::Options{.area = "gateway", .default_deadline = default_deadline},
        &echo_.identity.verifier(), Clock::System(), Entropy::System(), metrics_);
    auto channel =
        rpc::MakeChannel({.address = echo_.server->address(), .max_message_bytes = 64 << 20});
    ASSERT_THAT(channel, IsOk());
    options.areas = {{"testing", *channel}};
    auto gateway = Gateway::Start(options, *env_);
    ASSERT_THAT(gateway, IsOk());
    gateway_ = *std::move(gateway);
  }

  const std::string& address() const { return gateway_->address(); }

  // "authorization: Bearer …\r\n".
  std::string Token(rpc::Role role = rpc::Role::kOwner) {
    return absl::StrCat("authorization: Bearer ", echo_.identity.Token(role), "\r\n");
  }

  // Whether no call is passing through any more, within 10 s.
  bool WaitUntilIdle() {
    const absl::Time end = absl::Now() + absl::Seconds(10);
    while (gateway_->calls_in_flight() > 0 && absl::Now() < end) std::this_thread::yield();
    return gateway_->calls_in_flight() == 0;
  }

  rpc::testing::EchoFixture echo_;
  rpc::Metrics metrics_;
  std::unique_ptr<rpc::ServerEnv> env_;
  std::unique_ptr<Gateway> gateway_;
};

}  // namespace pitlane::gateway::testing
