#include "libs/rpc/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "grpcpp/generic/generic_stub.h"
#include "libs/base/status_matchers.h"
#include "libs/rpc/channel.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/grpc_status.h"
#include "libs/rpc/testing/echo_fixture.h"
#include "libs/rpc/testing/test_certificates.h"

namespace pitlane::rpc {
namespace {

using grpc::health::v1::Health;
using grpc::health::v1::HealthCheckRequest;
using grpc::health::v1::HealthCheckResponse;
using pitlane::testing::v1::EchoRequest;
using pitlane::testing::v1::PingRequest;
using pitlane::testing::v1::PingResponse;
using testing::EchoFixture;
using ::testing::HasSubstr;
using testing::TestCertificates;

absl::StatusOr<HealthCheckResponse::ServingStatus> HealthOf(grpc::ChannelInterface& channel,
                                                            const std::string& name) {
  auto stub =
      Health::NewStub(std::shared_ptr<grpc::ChannelInterface>(std::shared_ptr<void>(), &channel));
  grpc::ClientContext context;
  SetTimeout(context, absl::Seconds(10));
  HealthCheckRequest request;
  request.set_service(name);
  HealthCheckResponse response;
  const grpc::Status status = stub->Check(&context, request, &response);
  if (!status.ok()) return FromGrpcStatus(status);
  return response.status();
}

absl::Status Ping(std::shared_ptr<grpc::Channel> channel) {
  auto stub = pitlane::testing::v1::EchoService::NewStub(std::move(channel));
  grpc::ClientContext context;
  SetTimeout(context, absl::Seconds(10));
  PingResponse response;
  return FromGrpcStatus(stub->Ping(&context, PingRequest(), &response));
}

std::unique_ptr<Server> StartBare() {
  auto server = Server::Start({.listen = ""}, {});
  EXPECT_THAT(server, IsOk());
  return *std::move(server);
}

TEST(Server, IsReachedOverItsPort) {
  EchoFixture echo;
  EXPECT_GT(echo.server->port(), 0);
  ASSERT_OK_AND_ASSIGN(auto channel, MakeChannel({.address = echo.server->address()}));
  EXPECT_THAT(Ping(channel), IsOk());
}

TEST(Server, WithoutAPortItIsReachedInProcess) {
  EchoFixture echo({.listen = ""});
  EXPECT_EQ(echo.server->port(), 0);
  EXPECT_THAT(Ping(echo.server->InProcessChannel()), IsOk());
}

TEST(Server, PlaintextBeyondLoopbackMustBeAsked) {
  EXPECT_THAT(Server::Start({.listen = "0.0.0.0:0"}, {}),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("TLS")));
  EXPECT_THAT(Server::Start({.listen = "0.0.0.0:0", .allow_plaintext = true}, {}), IsOk());
  EXPECT_THAT(MakeChannel({.address = "pos.example:443"}),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(MakeChannel({.address = "pos.example:443", .allow_plaintext = true}), IsOk());
}

TEST(IsLoopback, KnowsItsAddresses) {
  for (const char* address :
       {"127.0.0.1:0", "127.8.9.10:1", "localhost:5", "[::1]:7", "unix:/x", "dns:///localhost:5"}) {
    EXPECT_TRUE(IsLoopback(address)) << address;
  }
  for (const char* address : {"0.0.0.0:0", "[::]:0", "10.0.0.1:1", "127.0.0.1.evil.test:1",
                              "localhost.evil.test:1", "", "127.0.0.256:1"}) {
    EXPECT_FALSE(IsLoopback(address)) << address;
  }
}

TEST(Server, APortInUseIsRefused) {
  EchoFixture echo;
  EXPECT_THAT(Server::Start({.listen = echo.server->address()}, {}),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("another process")));
}

TEST(Server, TlsProvesTheServer) {
  const TestCertificates certificates;
  TlsFiles tls = certificates.Files();
  tls.authorities.clear();
  EchoFixture echo({.listen = "localhost:0", .tls = tls});
  ASSERT_OK_AND_ASSIGN(auto trusting, MakeChannel({.address = echo.server->address(),
                                                   .tls = certificates.TrustOnly()}));
  EXPECT_THAT(Ping(trusting), IsOk());
  const TestCertificates others;
  ASSERT_OK_AND_ASSIGN(auto distrusting,
                       MakeChannel({.address = echo.server->address(), .tls = others.TrustOnly()}));
  EXPECT_THAT(Ping(distrusting), StatusIs(absl::StatusCode::kUnavailable));
}

TEST(Server, MutualTlsRefusesClientsWithoutCertificate) {
  const TestCertificates certificates;
  EchoFixture echo({.listen = "localhost:0", .tls = certificates.Files()});
  ASSERT_OK_AND_ASSIGN(
      auto known, MakeChannel({.address = echo.server->address(), .tls = certificates.Files()}));
  EXPECT_THAT(Ping(known), IsOk());
  ASSERT_OK_AND_ASSIGN(auto unknown, MakeChannel({.address = echo.server->address(),
                                                  .tls = certificates.TrustOnly()}));
  EXPECT_THAT(Ping(unknown), StatusIs(absl::StatusCode::kUnavailable));
}

TEST(Server, MissingTlsFilesAreNamed) {
  const TlsFiles missing{.certificate = "/nonexistent/c.pem", .private_key = "/nonexistent/k.pem"};
  EXPECT_THAT(Server::Start({.tls = missing}, {}),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("/nonexistent/c.pem")));
  EXPECT_THAT(Server::Start({.tls = TlsFiles{}}, {}),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("private key")));
}

TEST(Server, IsNotReadyUntilToldSo) {
  const auto server = StartBare();
  auto channel = server->InProcessChannel();
  EXPECT_THAT(HealthOf(*channel, "liveness"), IsOkAndHolds(HealthCheckResponse::SERVING));
  EXPECT_THAT(HealthOf(*channel, "readiness"), IsOkAndHolds(HealthCheckResponse::NOT_SERVING));
  EXPECT_THAT(HealthOf(*channel, ""), IsOkAndHolds(HealthCheckResponse::NOT_SERVING));
  server->SetReady(true);
  EXPECT_THAT(HealthOf(*channel, "readiness"), IsOkAndHolds(HealthCheckResponse::SERVING));
  EXPECT_THAT(HealthOf(*channel, ""), IsOkAndHolds(HealthCheckResponse::SERVING));
  server->SetServing("catch_up", false);
  EXPECT_THAT(HealthOf(*channel, "catch_up"), IsOkAndHolds(HealthCheckResponse::NOT_SERVING));
}

TEST(Server, EveryServiceHasItsHealth) {
  EchoFixture echo;
  auto channel = echo.server->InProcessChannel();
  const std::string name = "pitlane.testing.v1.EchoService";
  EXPECT_THAT(HealthOf(*channel, name), IsOkAndHolds(HealthCheckResponse::SERVING));
  echo.server->SetReady(false);
  EXPECT_THAT(HealthOf(*channel, name), IsOkAndHolds(HealthCheckResponse::NOT_SERVING));
  EXPECT_THAT(HealthOf(*channel, "pitlane.none"), StatusIs(absl::StatusCode::kNotFound));
}

TEST(Server, AHealthWatchHearsEveryChangeAndTheEnd) {
  ASSERT_OK_AND_ASSIGN(const auto server, Server::Start({}, {}));
  ASSERT_OK_AND_ASSIGN(const auto channel, MakeChannel({.address = server->address()}));
  auto stub = Health::NewStub(channel);
  grpc::ClientContext context;
  SetTimeout(context, absl::Seconds(10));
  HealthCheckRequest request;
  request.set_service("readiness");
  auto watch = stub->Watch(&context, request);
  HealthCheckResponse response;
  ASSERT_TRUE(watch->Read(&response));
  EXPECT_EQ(response.status(), HealthCheckResponse::NOT_SERVING);
  server->SetReady(true);
  ASSERT_TRUE(watch->Read(&response));
  EXPECT_EQ(response.status(), HealthCheckResponse::SERVING);
  server->Shutdown(absl::Seconds(10));
  ASSERT_TRUE(watch->Read(&response));
  EXPECT_EQ(response.status(), HealthCheckResponse::NOT_SERVING);
  EXPECT_FALSE(watch->Read(&response));
  EXPECT_THAT(FromGrpcStatus(watch->Finish()), StatusIs(absl::StatusCode::kUnavailable));
}

TEST(Server, AHealthWatchOfAnUnknownNameWaitsForIt) {
  const auto server = StartBare();
  auto stub = Health::NewStub(server->InProcessChannel());
  grpc::ClientContext context;
  SetTimeout(context, absl::Seconds(10));
  HealthCheckRequest request;
  request.set_service("later");
  auto watch = stub->Watch(&context, request);
  HealthCheckResponse response;
  ASSERT_TRUE(watch->Read(&response));
  EXPECT_EQ(response.status(), HealthCheckResponse::SERVICE_UNKNOWN);
  server->SetServing("later", true);
  ASSERT_TRUE(watch->Read(&response));
  EXPECT_EQ(response.status(), HealthCheckResponse::SERVING);
  context.TryCancel();
  EXPECT_THAT(FromGrpcStatus(watch->Finish()), StatusIs(absl::StatusCode::kCancelled));
}

// Calls a method that has no stub, with an empty request.
absl::Status CallByName(std::shared_ptr<grpc::Channel> channel, const std::string& method) {
  grpc::GenericStub stub(std::move(channel));
  grpc::ClientContext context;
  SetTimeout(context, absl::Seconds(10));
  const grpc::Slice nothing;
  grpc::ByteBuffer request(&nothing, 1);
  grpc::ByteBuffer response;
  grpc::Status status;
  absl::Notification done;
  stub.UnaryCall(&context, method, {}, &request, &response, [&](grpc::Status result) {
    status = std::move(result);
    done.Notify();
  });
  done.WaitForNotification();
  return FromGrpcStatus(status);
}

TEST(Server, UnknownMethodsAreUnimplementedWithAReason) {
  EchoFixture echo;
  for (const char* method : {"/pitlane.testing.v1.EchoService/None", "/no.such/Service"}) {
    const absl::Status status = CallByName(echo.server->InProcessChannel(), method);
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kUnimplemented));
    EXPECT_TRUE(HasReason(status, common::v1::METHOD_UNKNOWN)) << status;
  }
}

TEST(Server, ReflectionIsServedOnlyWhenAsked) {
  constexpr char kMethod[] = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";
  EchoFixture without;
  EXPECT_THAT(CallByName(without.server->InProcessChannel(), kMethod),
              StatusIs(absl::StatusCode::kUnimplemented));
  EchoFixture with({.reflection = true});
  EXPECT_THAT(CallByName(with.server->InProcessChannel(), kMethod), IsOk());
  EchoFixture again_without;
  EXPECT_THAT(CallByName(again_without.server->InProcessChannel(), kMethod),
              StatusIs(absl::StatusCode::kUnimplemented));
}

TEST(Server, AMessageBeyondTheLimitIsRefused) {
  EchoFixture echo({.max_message_bytes = 64 << 10});
  const std::string token = echo.identity.Token(Role::kOwner);
  EchoRequest request;
  request.set_payload(std::string(60 << 10, 'x'));
  EXPECT_THAT(echo.Echo(request, token), IsOk());
  request.set_payload(std::string(65 << 10, 'x'));
  EXPECT_THAT(echo.Echo(request, token), StatusIs(absl::StatusCode::kResourceExhausted));
}

TEST(Server, ShutdownLetsRunningCallsEnd) {
  EchoFixture echo;
  ASSERT_OK_AND_ASSIGN(const auto channel, MakeChannel({.address = echo.server->address()}));
  echo.stub = pitlane::testing::v1::EchoService::NewStub(channel);
  echo.service.Hold();
  const std::string token = echo.identity.Token(Role::kOwner);
  absl::Status status = absl::UnknownError("not answered");
  std::thread caller([&] { status = echo.Echo(EchoRequest(), token).status(); });
  ASSERT_TRUE(echo.service.WaitForHeld(1));
  std::thread stopper([&] { echo.server->Shutdown(absl::Seconds(10)); });
  // The connection ends as soon as the server refuses new calls, though this one goes on.
  grpc_connectivity_state state = channel->GetState(false);
  while (state == GRPC_CHANNEL_READY &&
         channel->WaitForStateChange(state,
                                     std::chrono::system_clock::now() + std::chrono::seconds(10))) {
    state = channel->GetState(false);
  }
  EXPECT_NE(state, GRPC_CHANNEL_READY);
  echo.service.Release();
  caller.join();
  stopper.join();
  EXPECT_THAT(status, IsOk());
}

}  // namespace
}  // namespace pitlane::rpc
