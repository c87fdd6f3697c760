#include "gateway/gateway.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "gateway/testing/gateway_fixture.h"
#include "gateway/testing/http_client.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "libs/base/clock.h"
#include "libs/base/ids.h"
#include "libs/base/status_matchers.h"
#include "libs/rpc/channel.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/grpc_status.h"
#include "libs/rpc/log.h"
#include "libs/rpc/testing/echo_fixture.h"
#include "libs/rpc/testing/test_certificates.h"

namespace pitlane::gateway {
namespace {

using grpc::health::v1::HealthCheckResponse;
using pitlane::testing::v1::CollectRequest;
using pitlane::testing::v1::CollectResponse;
using pitlane::testing::v1::EchoRequest;
using pitlane::testing::v1::EchoResponse;
using pitlane::testing::v1::WatchRequest;
using pitlane::testing::v1::WatchResponse;
using rpc::HasReason;
using rpc::Role;
using rpc::testing::EchoFixture;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kTrace[] = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

// A service of any name: answers every call with the metadata it got, in one line per entry.
class AnyService final : public grpc::CallbackGenericService {
 public:
  AnyService() {
    auto server = rpc::Server::Start({}, {}, this);
    PITLANE_CHECK_OK(server.status());
    server_ = *std::move(server);
  }

  rpc::Server& server() { return *server_; }

  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* context) override {
    class Reactor final : public grpc::ServerGenericBidiReactor {
     public:
      explicit Reactor(grpc::GenericCallbackServerContext* context) {
        context->AddInitialMetadata("x-greeting", "hello");
        context->AddTrailingMetadata("x-farewell", "bye");
        std::string text = absl::StrCat("method=", context->method(), "\n");
        for (const auto& [key, value] : context->client_metadata()) {
          absl::StrAppend(&text, std::string(key.data(), key.size()), "=",
                          std::string(value.data(), value.size()), "\n");
        }
        const grpc::Slice slice(text);
        answer_ = grpc::ByteBuffer(&slice, 1);
        StartRead(&request_);
      }
      void OnReadDone(bool ok) override {
        if (ok) return StartWriteAndFinish(&answer_, grpc::WriteOptions(), grpc::Status::OK);
        Finish(grpc::Status::CANCELLED);
      }
      void OnDone() override { delete this; }

     private:
      grpc::ByteBuffer request_;
      grpc::ByteBuffer answer_;
    };
    return new Reactor(context);
  }

 private:
  std::unique_ptr<rpc::Server> server_;
};

struct AnyAnswer {
  absl::Status status;
  std::string text;
};

AnyAnswer CallAny(std::shared_ptr<grpc::Channel> channel, const std::string& method,
                  grpc::ClientContext& context) {
  grpc::GenericStub stub(std::move(channel));
  rpc::SetTimeout(context, absl::Seconds(10));
  const grpc::Slice word("request");
  grpc::ByteBuffer request(&word, 1);
  grpc::ByteBuffer response;
  grpc::Status status;
  absl::Notification done;
  stub.UnaryCall(&context, method, {}, &request, &response, [&](grpc::Status result) {
    status = std::move(result);
    done.Notify();
  });
  done.WaitForNotification();
  AnyAnswer answer{rpc::FromGrpcStatus(status), ""};
  std::vector<grpc::Slice> slices;
  if (status.ok() && response.Dump(&slices).ok()) {
    for (const grpc::Slice& slice : slices) {
      answer.text.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
    }
  }
  return answer;
}

// An echo service ("testing") and a service of any method ("other") behind one gateway.
class GatewayTest : public ::testing::Test {
 protected:
  void StartGateway(GatewayOptions options = {},
                    absl::Duration default_deadline = absl::Seconds(30)) {
    env_ = std::make_unique<rpc::ServerEnv>(
        rpc::ServerEnv::Options{.area = "gateway", .default_deadline = default_deadline},
        &echo_.identity.verifier(), Clock::System(), Entropy::System(), metrics_);
    options.areas = {{"testing", ChannelTo(echo_.server->address())},
                     {"other", ChannelTo(other_.server().address())}};
    auto gateway = Gateway::Start(options, *env_);
    ASSERT_THAT(gateway, IsOk());
    gateway_ = *std::move(gateway);
    channel_ = ChannelTo(gateway_->address());
    echo_.stub = pitlane::testing::v1::EchoService::NewStub(channel_);
  }

  static std::shared_ptr<grpc::Channel> ChannelTo(const std::string& address) {
    auto channel = rpc::MakeChannel({.address = address, .max_message_bytes = 64 << 20});
    PITLANE_CHECK_OK(channel.status());
    return *channel;
  }

  std::string Token(Role role = Role::kOwner) { return echo_.identity.Token(role); }

  AnyAnswer CallOther(const std::string& method = "/pitlane.other.v1.OtherService/Do") {
    grpc::ClientContext context;
    rpc::AttachToken(context, Token());
    return CallAny(channel_, method, context);
  }

  // Whether no call is passing through any more, within 10 s.
  bool WaitUntilIdle() {
    const absl::Time end = absl::Now() + absl::Seconds(10);
    while (gateway_->calls_in_flight() > 0 && absl::Now() < end) std::this_thread::yield();
    return gateway_->calls_in_flight() == 0;
  }

  // Of these calls two go through, and the third does not, says when it may, and is counted.
  void ExpectTwo(const std::string& limit, const std::function<absl::Status()>& call) {
    EXPECT_THAT(call(), IsOk());
    EXPECT_THAT(call(), IsOk());
    const absl::Status status = call();
    EXPECT_THAT(status,
                StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("calls a second")));
    EXPECT_TRUE(HasReason(status, common::v1::OVERLOADED));
    const auto wait = rpc::RetryAfter(status);
    ASSERT_TRUE(wait.has_value());
    EXPECT_GT(*wait, absl::Seconds(900));
    EXPECT_THAT(metrics_.Text(), HasSubstr(absl::StrCat("limit=\"", limit, "\"} 1")));
  }

  EchoFixture echo_;
  AnyService other_;
  rpc::Metrics metrics_;
  std::unique_ptr<rpc::ServerEnv> env_;
  std::unique_ptr<Gateway> gateway_;
  std::shared_ptr<grpc::Channel> channel_;
};

TEST_F(GatewayTest, AUnaryCallPassesThrough) {
  StartGateway();
  EchoRequest request;
  request.set_payload("through the door");
  ASSERT_OK_AND_ASSIGN(const EchoResponse response, echo_.Echo(request, Token()));
  EXPECT_EQ(response.payload(), "through the door");
  EXPECT_EQ(response.subject(), "usr-1");
  EXPECT_TRUE(WaitUntilIdle());
}

TEST_F(GatewayTest, EachMethodGoesToItsService) {
  StartGateway();
  EXPECT_THAT(echo_.Echo(EchoRequest(), Token()), IsOk());
  const AnyAnswer answer = CallOther();
  EXPECT_THAT(answer.status, IsOk());
  EXPECT_THAT(answer.text, HasSubstr("method=/pitlane.other.v1.OtherService/Do\n"));
}

TEST_F(GatewayTest, TheAdminServiceIsReachedByName) {
  StartGateway();
  grpc::ClientContext context;
  rpc::AttachToken(context, Token());
  context.AddMetadata("pitlane-service", "other");
  const AnyAnswer answer =
      CallAny(channel_, "/pitlane.admin.v1.AdminService/SomethingNew", context);
  EXPECT_THAT(answer.status, IsOk());
  EXPECT_THAT(answer.text, HasSubstr("method=/pitlane.admin.v1.AdminService/SomethingNew\n"));
}

TEST_F(GatewayTest, UnknownMethodsAreUnimplementedHereAndThere) {
  StartGateway();
  for (const char* method : {"/pitlane.nowhere.v1.X/Y", "/pitlane.testing.v1.EchoService/None"}) {
    const absl::Status status = CallOther(method).status;
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kUnimplemented)) << method;
    EXPECT_TRUE(HasReason(status, common::v1::METHOD_UNKNOWN)) << method;
  }
}

TEST_F(GatewayTest, WithoutAGoodTokenNothingReachesAService) {
  StartGateway();
  const absl::Status missing = echo_.Echo(EchoRequest(), "").status();
  EXPECT_THAT(missing, StatusIs(absl::StatusCode::kUnauthenticated));
  EXPECT_TRUE(HasReason(missing, common::v1::TOKEN_MISSING));
  const rpc::testing::TestIdentity forger;
  const absl::Status forged = echo_.Echo(EchoRequest(), forger.Token(Role::kOwner)).status();
  EXPECT_THAT(forged, StatusIs(absl::StatusCode::kUnauthenticated));
  EXPECT_TRUE(HasReason(forged, common::v1::TOKEN_REJECTED));
  EXPECT_EQ(echo_.metrics.Text().find("EchoService/Echo"), std::string::npos);
  grpc::ClientContext context;
  EXPECT_THAT(CallAny(channel_, "/pitlane.other.v1.OtherService/Do", context).status,
              StatusIs(absl::StatusCode::kUnauthenticated));
}

TEST_F(GatewayTest, APublicMethodPassesWithoutAToken) {
  StartGateway();
  grpc::ClientContext context;
  pitlane::testing::v1::PingResponse response;
  EXPECT_THAT(rpc::FromGrpcStatus(
                  echo_.stub->Ping(&context, pitlane::testing::v1::PingRequest(), &response)),
              IsOk());
}

TEST_F(GatewayTest, TheServiceDecidesWhatACallerMayDo) {
  StartGateway();
  grpc::ClientContext context;
  rpc::AttachToken(context, Token(Role::kTechnician));
  CollectResponse response;
  auto writer = echo_.stub->Collect(&context, &response);
  writer->Write(CollectRequest());
  EXPECT_TRUE(HasReason(rpc::FromGrpcStatus(writer->Finish()), common::v1::PERMISSION_MISSING));
}

TEST_F(GatewayTest, AServicesErrorArrivesUnchanged) {
  EchoRequest request;
  request.set_refuse_with(pitlane::testing::v1::ECHO_NOT_POSSIBLE);
  const auto refusal = [&] {
    grpc::ClientContext context;
    rpc::AttachToken(context, Token());
    EchoResponse response;
    return echo_.stub->Echo(&context, request, &response);
  };
  const grpc::Status direct = refusal();
  StartGateway();
  const grpc::Status through = refusal();
  EXPECT_EQ(through.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(through.error_message(), direct.error_message());
  EXPECT_EQ(through.error_details(), direct.error_details());
}

TEST_F(GatewayTest, MetadataPassesBothWaysIfItIsListed) {
  StartGateway();
  grpc::ClientContext context;
  rpc::AttachToken(context, Token());
  context.AddMetadata("traceparent", kTrace);
  context.AddMetadata("x-request-id", "req-1");
  context.AddMetadata("pitlane-after", "testing.0.0@5");
  context.AddMetadata("x-forwarded-user", "root");
  context.AddMetadata("cookie", "secret");
  const AnyAnswer answer = CallAny(channel_, "/pitlane.other.v1.OtherService/Do", context);
  ASSERT_THAT(answer.status, IsOk());
  EXPECT_THAT(answer.text, HasSubstr("authorization=Bearer "));
  EXPECT_THAT(answer.text, HasSubstr(absl::StrCat("traceparent=", kTrace, "\n")));
  EXPECT_THAT(answer.text, HasSubstr("x-request-id=req-1\n"));
  EXPECT_THAT(answer.text, HasSubstr("pitlane-after=testing.0.0@5\n"));
  EXPECT_EQ(answer.text.find("x-forwarded-user"), std::string::npos);
  EXPECT_EQ(answer.text.find("cookie"), std::string::npos);
  EXPECT_EQ(context.GetServerInitialMetadata().count("x-greeting"), 1u);
  EXPECT_EQ(context.GetServerTrailingMetadata().count("x-farewell"), 1u);
}

TEST_F(GatewayTest, ACallWithoutATraceGetsOne) {
  StartGateway();
  EXPECT_THAT(CallOther().text, HasSubstr("traceparent=00-"));
}

TEST_F(GatewayTest, ThePositionComesBackAsTrailer) {
  StartGateway();
  ASSERT_OK_AND_ASSIGN(const auto position, rpc::PositionToken::Parse("testing.0.3@17"));
  echo_.service.SetPosition(position);
  grpc::ClientContext context;
  rpc::AttachToken(context, Token());
  EchoResponse response;
  ASSERT_TRUE(echo_.stub->Echo(&context, EchoRequest(), &response).ok());
  EXPECT_THAT(rpc::PositionsOf(context), IsOkAndHolds(position));
}

TEST_F(GatewayTest, TheDeadlineGoesAlongOrIsSet) {
  StartGateway({}, absl::Seconds(20));
  ASSERT_OK_AND_ASSIGN(EchoResponse response, echo_.Echo(EchoRequest(), Token()));
  EXPECT_LE(response.deadline_ms(), 10'500);
  EXPECT_GT(response.deadline_ms(), 0);
  grpc::ClientContext without;
  rpc::AttachToken(without, Token());
  ASSERT_TRUE(echo_.stub->Echo(&without, EchoRequest(), &response).ok());
  // gRPC rounds deadlines up on the wire; the service's own default would be 30 s.
  EXPECT_GT(response.deadline_ms(), 10'500);
  EXPECT_LE(response.deadline_ms(), 21'000);
}

TEST_F(GatewayTest, AServiceThatIsTooSlowEndsWithTheDeadline) {
  StartGateway({}, absl::Milliseconds(300));
  echo_.service.Hold();
  grpc::ClientContext context;
  rpc::AttachToken(context, Token());
  EchoResponse response;
  const absl::Status status =
      rpc::FromGrpcStatus(echo_.stub->Echo(&context, EchoRequest(), &response));
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kDeadlineExceeded));
  EXPECT_TRUE(HasReason(status, common::v1::DEADLINE_PASSED)) << status;
  EXPECT_TRUE(echo_.service.WaitForCancelled());
  echo_.service.Release();
}

TEST_F(GatewayTest, ACancelledCallIsCancelledAtTheService) {
  StartGateway();
  echo_.service.Hold();
  grpc::ClientContext context;
  rpc::AttachToken(context, Token());
  EchoResponse response;
  std::thread caller([&] {
    EXPECT_EQ(echo_.stub->Echo(&context, EchoRequest(), &response).error_code(),
              grpc::StatusCode::CANCELLED);
  });
  ASSERT_TRUE(echo_.service.WaitForHeld(1));
  context.TryCancel();
  EXPECT_TRUE(echo_.service.WaitForCancelled());
  caller.join();
  echo_.service.Release();
  EXPECT_TRUE(WaitUntilIdle());
}

TEST_F(GatewayTest, AServerStreamPassesInOrderAndEnds) {
  StartGateway();
  grpc::ClientContext context;
  rpc::AttachToken(context, Token());
  WatchRequest request;
  request.set_count(1000);
  request.set_payload_bytes(100);
  auto reader = echo_.stub->Watch(&context, request);
  WatchResponse response;
  for (uint32_t number = 1; number <= 1000; ++number) {
    ASSERT_TRUE(reader->Read(&response));
    ASSERT_EQ(response.number(), number);
  }
  EXPECT_FALSE(reader->Read(&response));
  EXPECT_THAT(rpc::FromGrpcStatus(reader->Finish()), IsOk());
}

TEST_F(GatewayTest, AnEndlessStreamOutlivesTheDefaultDeadlineAndEndsWithItsCaller) {
  StartGateway({}, absl::Milliseconds(1));
  grpc::ClientContext context;
  rpc::AttachToken(context, Token());
  WatchRequest request;
  request.set_forever(true);
  auto reader = echo_.stub->Watch(&context, request);
  reader->WaitForInitialMetadata();
  ASSERT_TRUE(echo_.service.WaitForOpenWatches(1));
  EXPECT_EQ(gateway_->calls_in_flight(), 1);
  echo_.service.Push("news");
  WatchResponse response;
  ASSERT_TRUE(reader->Read(&response));
  EXPECT_EQ(response.payload(), "news");
  context.TryCancel();
  EXPECT_TRUE(echo_.service.WaitForOpenWatches(0));
  EXPECT_THAT(rpc::FromGrpcStatus(reader->Finish()), StatusIs(absl::StatusCode::kCancelled));
  EXPECT_TRUE(WaitUntilIdle());
}

TEST_F(GatewayTest, AReaderThatDoesNotReadHoldsBackTheServiceNotTheGateway) {
  StartGateway();
  grpc::ClientContext context;
  rpc::AttachToken(context, Token());
  WatchRequest request;
  request.set_forever(true);
  auto reader = echo_.stub->Watch(&context, request);
  ASSERT_TRUE(echo_.service.WaitForOpenWatches(1));
  // The echo in between gives a gateway that buffers time to take each message from the service,
  // whose own buffer would then never overflow.
  const std::string token = Token();
  for (int i = 0; i < 1000; ++i) {
    echo_.service.Push(std::string(64 << 10, 'x'));
    ASSERT_THAT(echo_.Echo(EchoRequest(), token), IsOk());
  }
  EXPECT_TRUE(echo_.service.WaitForOpenWatches(0));
  WatchResponse response;
  int received = 0;
  while (reader->Read(&response)) ++received;
  EXPECT_LT(received, 1000);
  EXPECT_TRUE(HasReason(rpc::FromGrpcStatus(reader->Finish()), common::v1::CLIENT_TOO_SLOW));
}

TEST_F(GatewayTest, AClientStreamPassesInFull) {
  StartGateway();
  grpc::ClientContext context;
  rpc::AttachToken(context, Token());
  CollectResponse response;
  auto writer = echo_.stub->Collect(&context, &response);
  CollectRequest request;
  for (int number = 1; number <= 1000; ++number) {
    request.set_number(number);
    ASSERT_TRUE(writer->Write(request));
  }
  writer->WritesDone();
  EXPECT_THAT(rpc::FromGrpcStatus(writer->Finish()), IsOk());
  EXPECT_EQ(response.sum(), 500'500);
}

TEST_F(GatewayTest, AnErrorReachesACallerThatIsStillSending) {
  StartGateway();
  grpc::ClientContext context;
  rpc::AttachToken(context, Token());
  CollectResponse response;
  auto writer = echo_.stub->Collect(&context, &response);
  CollectRequest request;
  request.set_number(-1);
  writer->Write(request);
  EXPECT_TRUE(HasReason(rpc::FromGrpcStatus(writer->Finish()), common::v1::FIELD_INVALID));
  EXPECT_TRUE(WaitUntilIdle());
}

TEST_F(GatewayTest, ABigMessagePassesAndABiggerOneIsRefused) {
  StartGateway();
  EchoRequest request;
  request.set_payload(std::string((4 << 20) - 1024, 'x'));
  ASSERT_OK_AND_ASSIGN(const EchoResponse response, echo_.Echo(request, Token()));
  EXPECT_EQ(response.payload().size(), request.payload().size());
  request.set_payload(std::string(5 << 20, 'x'));
  const absl::Status larger = echo_.Echo(request, Token()).status();
  EXPECT_THAT(larger, StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_TRUE(HasReason(larger, common::v1::MESSAGE_TOO_LARGE)) << larger;
  request.set_payload(std::string(20 << 20, 'x'));
  EXPECT_THAT(echo_.Echo(request, Token()), StatusIs(absl::StatusCode::kResourceExhausted));
}

TEST_F(GatewayTest, CallsBeyondTheLimitAreRefusedAtOnce) {
  StartGateway({.door = {.max_calls_in_flight = 1}});
  echo_.service.Hold();
  absl::Status held = absl::UnknownError("not answered");
  std::thread caller([&] { held = echo_.Echo(EchoRequest(), Token()).status(); });
  ASSERT_TRUE(echo_.service.WaitForHeld(1));
  const absl::Status status = echo_.Echo(EchoRequest(), Token()).status();
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_TRUE(HasReason(status, common::v1::OVERLOADED));
  EXPECT_TRUE(rpc::RetryAfter(status).has_value());
  echo_.service.Release();
  caller.join();
  EXPECT_THAT(held, IsOk());
  ASSERT_TRUE(WaitUntilIdle());
  EXPECT_THAT(echo_.Echo(EchoRequest(), Token()), IsOk());
}

constexpr Rate kTwoAtOnce{.per_second = 0.001, .burst = 2};

TEST_F(GatewayTest, CallsPerTokenAreLimited) {
  StartGateway({.door = {.rate_per_token = kTwoAtOnce}});
  ExpectTwo("rate_per_token", [&] { return echo_.Echo(EchoRequest(), Token()).status(); });
  EXPECT_THAT(echo_.Echo(EchoRequest(), echo_.identity.Token(Role::kOwner, "*", "usr-2")), IsOk())
      << "others are not concerned";
}

TEST_F(GatewayTest, CallsPerLocationAreLimitedForTokensOfThatLocationAlone) {
  StartGateway({.door = {.rate_per_location = kTwoAtOnce}});
  const std::string location = LocationId::Make(Clock::System(), Entropy::System(), 5).text();
  EchoRequest request;
  request.set_location_id(location);
  int caller = 0;
  ExpectTwo("rate_per_location", [&] {
    return echo_
        .Echo(request, echo_.identity.Token(Role::kOwner, location, absl::StrCat("usr-", ++caller)))
        .status();
  });
  EXPECT_THAT(echo_.Echo(EchoRequest(), Token()), IsOk()) << "a token of every location";
}

TEST_F(GatewayTest, CallsPerAddressAreLimitedHoweverManyConnections) {
  StartGateway({.door = {.rate_per_address = kTwoAtOnce}});
  ExpectTwo("rate_per_address", [&] {
    grpc::ClientContext context;
    rpc::AttachToken(context, Token());
    return CallAny(ChannelTo(gateway_->address()), "/pitlane.other.v1.OtherService/Do", context)
        .status;
  });
}

TEST_F(GatewayTest, BehindATrustedProxyTheAddressIsTheForwardedOne) {
  StartGateway({.door = {.rate_per_address = kTwoAtOnce, .trusted_proxies = {"127.0.0.1"}}});
  const auto from = [&](const std::string& hops) {
    grpc::ClientContext context;
    rpc::AttachToken(context, Token());
    context.AddMetadata("x-forwarded-for", hops);
    return CallAny(channel_, "/pitlane.other.v1.OtherService/Do", context).status;
  };
  EXPECT_THAT(from("192.0.2.7"), IsOk());
  EXPECT_THAT(from("8.8.8.8, 192.0.2.7"), IsOk()) << "before the proxy's entry anybody may write";
  EXPECT_THAT(from("192.0.2.7, 127.0.0.1"), StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_THAT(from("192.0.2.8"), IsOk());
}

TEST_F(GatewayTest, AServiceThatIsDownIsUnavailableForItsOwnMethodsOnly) {
  StartGateway();
  EXPECT_THAT(echo_.Echo(EchoRequest(), Token()), IsOk());
  const std::string address = echo_.server->address();
  echo_.server->Shutdown(absl::ZeroDuration());
  const absl::Status status = echo_.Echo(EchoRequest(), Token()).status();
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kUnavailable, HasSubstr("testing service")));
  EXPECT_TRUE(HasReason(status, common::v1::SERVICE_UNAVAILABLE));
  EXPECT_EQ(rpc::ErrorMetadata(status)["area"], "testing");
  EXPECT_TRUE(rpc::RetryAfter(status).has_value());
  EXPECT_THAT(CallOther().status, IsOk());

  ASSERT_OK_AND_ASSIGN(const auto again, rpc::Server::Start({.listen = address}, {&echo_.service}));
  const absl::Time end = absl::Now() + absl::Seconds(10);
  absl::Status back = status;
  while (absl::IsUnavailable(back) && absl::Now() < end) {
    back = echo_.Echo(EchoRequest(), Token()).status();
  }
  EXPECT_THAT(back, IsOk());
}

TEST_F(GatewayTest, AServiceThatDiesEndsItsStreams) {
  StartGateway();
  grpc::ClientContext context;
  rpc::AttachToken(context, Token());
  WatchRequest request;
  request.set_forever(true);
  auto reader = echo_.stub->Watch(&context, request);
  ASSERT_TRUE(echo_.service.WaitForOpenWatches(1));
  std::thread stopper([&] { echo_.server->Shutdown(absl::ZeroDuration()); });
  WatchResponse response;
  EXPECT_FALSE(reader->Read(&response));
  const absl::Status status = rpc::FromGrpcStatus(reader->Finish());
  EXPECT_THAT(status.code(),
              ::testing::AnyOf(absl::StatusCode::kUnavailable, absl::StatusCode::kCancelled));
  EXPECT_FALSE(rpc::ErrorReason(status).empty());
  stopper.join();
  EXPECT_TRUE(WaitUntilIdle());
}

TEST_F(GatewayTest, HasItsOwnHealth) {
  StartGateway();
  echo_.server->Shutdown(absl::ZeroDuration());
  for (const char* name : {"liveness", "readiness", ""}) {
    auto stub = grpc::health::v1::Health::NewStub(channel_);
    grpc::ClientContext context;
    grpc::health::v1::HealthCheckRequest request;
    request.set_service(name);
    HealthCheckResponse response;
    ASSERT_TRUE(stub->Check(&context, request, &response).ok()) << name;
    EXPECT_EQ(response.status(), HealthCheckResponse::SERVING) << name;
  }
}

TEST_F(GatewayTest, LogsWhatItRefusedAndCountsEverything) {
  StartGateway();
  std::vector<std::string> lines;
  {
    rpc::ScopedLogCapture capture([&](std::string_view line) {
      if (line.find("\"area\":\"gateway\"") != std::string_view::npos) lines.emplace_back(line);
    });
    EchoRequest request;
    request.set_refuse_with(pitlane::testing::v1::ECHO_NOT_POSSIBLE);
    EXPECT_FALSE(echo_.Echo(request, Token()).ok());
    EXPECT_THAT(lines, IsEmpty()) << "the service has logged its own refusal";
    EXPECT_FALSE(echo_.Echo(request, "").ok());
  }
  ASSERT_THAT(lines, SizeIs(1));
  EXPECT_THAT(lines[0], HasSubstr("TOKEN_MISSING"));
  const std::string text = metrics_.Text();
  EXPECT_THAT(text, HasSubstr("code=\"FAILED_PRECONDITION\""));
  EXPECT_THAT(text, HasSubstr("code=\"UNAUTHENTICATED\""));
}

TEST_F(GatewayTest, ManyCallsAtOnceAllPass) {
  StartGateway();
  const std::string token = Token();
  std::vector<std::thread> callers;
  std::atomic<int> passed{0};
  for (int i = 0; i < 8; ++i) {
    callers.emplace_back([&, i] {
      for (int n = 0; n < 100; ++n) {
        EchoRequest request;
        request.set_payload(absl::StrCat(i, ":", n));
        const auto response = echo_.Echo(request, token);
        if (response.ok() && response->payload() == request.payload()) ++passed;
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(passed, 800);
  EXPECT_TRUE(WaitUntilIdle());
}

TEST_F(GatewayTest, OneAddressServesGrpcAndHttp) {
  StartGateway();
  testing::HttpClient http(gateway_->address());
  EXPECT_EQ(http.Post(testing::kPing, "application/json", "{}").status, 200);
  EXPECT_THAT(echo_.Echo(EchoRequest(), Token()), IsOk());
  EXPECT_EQ(http.Post(testing::kPing, "application/json", "{}").status, 200);
}

TEST_F(GatewayTest, GrpcPassesThroughTls) {
  const rpc::testing::TestCertificates certificates;
  StartGateway({.server = {.tls = certificates.Files()}, .grpc_listen = "127.0.0.1:0"});
  for (const std::string& address : {gateway_->address(), gateway_->grpc_address()}) {
    ASSERT_OK_AND_ASSIGN(channel_,
                         rpc::MakeChannel({.address = address, .tls = certificates.Files()}));
    echo_.stub = pitlane::testing::v1::EchoService::NewStub(channel_);
    EchoRequest request;
    request.set_payload(std::string(1 << 20, 'x'));
    ASSERT_OK_AND_ASSIGN(const EchoResponse response, echo_.Echo(request, Token()));
    EXPECT_EQ(response.payload(), request.payload());
    ASSERT_OK_AND_ASSIGN(channel_,
                         rpc::MakeChannel({.address = address, .tls = certificates.TrustOnly()}));
    echo_.stub = pitlane::testing::v1::EchoService::NewStub(channel_);
    EXPECT_THAT(echo_.Echo(EchoRequest(), Token()), StatusIs(absl::StatusCode::kUnavailable))
        << "a client without a certificate came in";
  }
}

TEST(Gateway, WithoutServicesItDoesNotStart) {
  rpc::Metrics metrics;
  rpc::ServerEnv env({.area = "gateway"}, nullptr, Clock::System(), Entropy::System(), metrics);
  EXPECT_THAT(Gateway::Start({}, env), StatusIs(absl::StatusCode::kFailedPrecondition));
}

}  // namespace
}  // namespace pitlane::gateway
