#include "libs/rpc/unary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "libs/base/ids.h"
#include "libs/base/status_matchers.h"
#include "libs/rpc/channel.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/grpc_status.h"
#include "libs/rpc/log.h"
#include "libs/rpc/testing/echo_fixture.h"
#include "libs/rpc/trace.h"
#include "nlohmann/json.hpp"

namespace pitlane::rpc {
namespace {

using pitlane::testing::v1::EchoRequest;
using pitlane::testing::v1::EchoResponse;
using pitlane::testing::v1::PingRequest;
using pitlane::testing::v1::PingResponse;
using testing::EchoFixture;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr char kTrace[] = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

std::string LocationAt(uint32_t slot) {
  SeededEntropy entropy(slot);
  return LocationId::Make(Clock::System(), entropy, slot).text();
}

TEST(Unary, AnswersTheCallerItKnows) {
  EchoFixture echo;
  EchoRequest request;
  request.set_payload("ping");
  ASSERT_OK_AND_ASSIGN(const EchoResponse response,
                       echo.Echo(request, echo.identity.Token(Role::kOwner)));
  EXPECT_EQ(response.payload(), "ping");
  EXPECT_EQ(response.subject(), "usr-1");
}

TEST(Unary, WithoutATokenTheCallerIsNotAuthenticated) {
  EchoFixture echo;
  const absl::Status status = echo.Echo(EchoRequest(), "").status();
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kUnauthenticated));
  EXPECT_TRUE(HasReason(status, common::v1::TOKEN_MISSING));
}

TEST(Unary, AForgedTokenIsRejected) {
  EchoFixture echo;
  const testing::TestIdentity forger;
  const absl::Status status = echo.Echo(EchoRequest(), forger.Token(Role::kOwner)).status();
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kUnauthenticated));
  EXPECT_TRUE(HasReason(status, common::v1::TOKEN_REJECTED));
}

TEST(Unary, TheMethodsAccessIsCheckedAgainstTheRequest) {
  EchoFixture echo;
  const std::string here = LocationAt(1);
  EchoRequest request;
  request.set_location_id(here);
  EXPECT_THAT(echo.Echo(request, echo.identity.Token(Role::kAdvisor, here)), IsOk());
  request.set_location_id(LocationAt(2));
  EXPECT_TRUE(HasReason(echo.Echo(request, echo.identity.Token(Role::kAdvisor, here)).status(),
                        common::v1::LOCATION_NOT_GRANTED));
}

TEST(Unary, APublicMethodNeedsNoToken) {
  EchoFixture echo;
  grpc::ClientContext context;
  PingResponse response;
  EXPECT_THAT(FromGrpcStatus(echo.stub->Ping(&context, PingRequest(), &response)), IsOk());
}

TEST(Unary, WithoutAVerifierOnlyPublicMethodsAnswer) {
  testing::TestIdentity identity;
  Metrics metrics;
  ServerEnv env({.area = "echo"}, nullptr, Clock::System(), Entropy::System(), metrics);
  testing::EchoService service(env);
  ASSERT_OK_AND_ASSIGN(const auto server, Server::Start({.listen = ""}, {&service}));
  auto stub = pitlane::testing::v1::EchoService::NewStub(server->InProcessChannel());
  grpc::ClientContext context;
  AttachToken(context, identity.Token(Role::kOwner));
  EchoResponse response;
  const absl::Status status = FromGrpcStatus(stub->Echo(&context, EchoRequest(), &response));
  EXPECT_TRUE(HasReason(status, common::v1::KEYS_UNAVAILABLE)) << status;
}

TEST(Unary, ADirectCallHasTheSameAccessAndHandlerWithoutANetwork) {
  Metrics metrics;
  ServerEnv env({.area = "echo"}, nullptr, Clock::System(), Entropy::System(), metrics);
  testing::EchoService service(env);
  EchoRequest request;
  request.set_location_id(LocationAt(2));
  const auto call_at = [&](const std::string& location) {
    Caller caller;
    caller.subject = "somebody";
    caller.grants.push_back({.role = Role::kAdvisor, .everywhere = false, .location_id = location});
    EchoResponse response;
    std::vector<absl::Status> ends;
    env.NextIsDirect({.info = {.caller = std::make_shared<const Caller>(caller)},
                      .done = [&](const absl::Status& status, const CallContext& context) {
                        EXPECT_TRUE(IsTraceparent(context.traceparent()));
                        ends.push_back(status);
                      }});
    EXPECT_EQ(service.Echo(nullptr, &request, &response), nullptr);
    EXPECT_EQ(ends.size(), 1u);
    return ends.at(0);
  };
  EXPECT_THAT(call_at(LocationAt(2)), IsOk());
  EXPECT_TRUE(HasReason(call_at(LocationAt(1)), common::v1::LOCATION_NOT_GRANTED));
  request.set_refuse_with(pitlane::testing::v1::ECHO_NOT_POSSIBLE);
  EXPECT_TRUE(HasReason(call_at(LocationAt(2)), pitlane::testing::v1::ECHO_NOT_POSSIBLE));
}

TEST(Unary, ARefusalReachesTheCallerWithItsReason) {
  EchoFixture echo;
  EchoRequest request;
  request.set_refuse_with(pitlane::testing::v1::ECHO_NOT_POSSIBLE);
  const absl::Status status = echo.Echo(request, echo.identity.Token(Role::kOwner)).status();
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_TRUE(HasReason(status, pitlane::testing::v1::ECHO_NOT_POSSIBLE));
}

TEST(Unary, TheTraceIsPassedOnOrBegun) {
  EchoFixture echo;
  const std::string token = echo.identity.Token(Role::kOwner);
  const auto trace_of = [&](const std::string& sent) {
    grpc::ClientContext context;
    AttachToken(context, token);
    if (!sent.empty()) context.AddMetadata("traceparent", sent);
    EchoResponse response;
    EXPECT_TRUE(echo.stub->Echo(&context, EchoRequest(), &response).ok());
    return response.traceparent();
  };
  EXPECT_EQ(trace_of(kTrace), kTrace);
  EXPECT_TRUE(IsTraceparent(trace_of("")));
  EXPECT_TRUE(IsTraceparent(trace_of("rubbish")));
}

TEST(Unary, ACallWithoutDeadlineGetsTheDefault) {
  EchoFixture echo({}, {.area = "echo", .default_deadline = absl::Seconds(77)});
  const std::string token = echo.identity.Token(Role::kOwner);
  grpc::ClientContext without;
  AttachToken(without, token);
  EchoResponse response;
  ASSERT_TRUE(echo.stub->Echo(&without, EchoRequest(), &response).ok());
  EXPECT_GT(response.deadline_ms(), 60'000);
  EXPECT_LE(response.deadline_ms(), 77'000);
  ASSERT_OK_AND_ASSIGN(response, echo.Echo(EchoRequest(), token));
  // gRPC rounds deadlines up on the wire.
  EXPECT_GT(response.deadline_ms(), 0);
  EXPECT_LE(response.deadline_ms(), 10'500);
}

TEST(Unary, TheHandlerSeesThatTheCallerLeft) {
  EchoFixture echo;
  echo.service.Hold();
  grpc::ClientContext context;
  AttachToken(context, echo.identity.Token(Role::kOwner));
  EchoResponse response;
  std::thread caller([&] {
    EXPECT_EQ(echo.stub->Echo(&context, EchoRequest(), &response).error_code(),
              grpc::StatusCode::CANCELLED);
  });
  ASSERT_TRUE(echo.service.WaitForHeld(1));
  context.TryCancel();
  EXPECT_TRUE(echo.service.WaitForCancelled());
  caller.join();
  echo.service.Release();
}

TEST(Unary, ThePositionComesBackAsTrailer) {
  EchoFixture echo;
  ASSERT_OK_AND_ASSIGN(const PositionToken position, PositionToken::Parse("echo.0.3@17"));
  echo.service.SetPosition(position);
  grpc::ClientContext context;
  AttachToken(context, echo.identity.Token(Role::kOwner));
  AttachAfter(context, position);
  EchoResponse response;
  ASSERT_TRUE(echo.stub->Echo(&context, EchoRequest(), &response).ok());
  EXPECT_THAT(PositionsOf(context), IsOkAndHolds(position));
}

TEST(Unary, AMalformedPositionIsInvalid) {
  EchoFixture echo;
  grpc::ClientContext context;
  AttachToken(context, echo.identity.Token(Role::kOwner));
  context.AddMetadata("pitlane-after", "nonsense");
  EchoResponse response;
  const absl::Status status = FromGrpcStatus(echo.stub->Echo(&context, EchoRequest(), &response));
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_EQ(FieldViolations(status).at(0).field, "pitlane-after");
}

TEST(Unary, CallsAreCountedByResult) {
  EchoFixture echo;
  EXPECT_THAT(echo.Echo(EchoRequest(), echo.identity.Token(Role::kOwner)), IsOk());
  EXPECT_THAT(echo.Echo(EchoRequest(), ""), Not(IsOk()));
  const std::string text = echo.metrics.Text();
  for (const char* code : {"OK", "UNAUTHENTICATED"}) {
    EXPECT_THAT(text,
                HasSubstr(absl::StrCat("pitlane_rpc_calls_total{area=\"echo\",code=\"", code,
                                       "\",method=\"/pitlane.testing.v1.EchoService/Echo\"} 1")));
  }
  EXPECT_THAT(text, HasSubstr("pitlane_rpc_call_seconds_count{area=\"echo\",method=\"/pitlane."
                              "testing.v1.EchoService/Echo\"} 2"));
}

std::vector<std::string> LinesOf(const std::function<void()>& work) {
  std::vector<std::string> lines;
  ScopedLogCapture capture([&](std::string_view line) { lines.emplace_back(line); });
  work();
  return lines;
}

TEST(Unary, ARefusedCallIsOneLineWithoutSecrets) {
  EchoFixture echo;
  const std::string token = echo.identity.Token(Role::kOwner, "*", "usr-42");
  EchoRequest request;
  request.set_request_id("req-7");
  request.set_payload("Jane Doe, 5 Elm Street");
  request.set_refuse_with(pitlane::testing::v1::ECHO_NOT_POSSIBLE);
  const auto lines = LinesOf([&] { EXPECT_THAT(echo.Echo(request, token), Not(IsOk())); });
  ASSERT_THAT(lines, SizeIs(1));
  EXPECT_THAT(lines[0], Not(HasSubstr("Jane")));
  EXPECT_THAT(lines[0], Not(HasSubstr(token.substr(0, 20))));
  const auto line = nlohmann::json::parse(lines[0], nullptr, false);
  EXPECT_EQ(line["method"], "/pitlane.testing.v1.EchoService/Echo");
  EXPECT_EQ(line["code"], "FAILED_PRECONDITION");
  EXPECT_EQ(line["reason"], "ECHO_NOT_POSSIBLE");
  EXPECT_EQ(line["subject"], "usr-42");
  EXPECT_EQ(line["request_id"], "req-7");
  EXPECT_EQ(line["area"], "echo");
  EXPECT_TRUE(line["latency_ms"].is_number());
  EXPECT_TRUE(IsTraceparent(line["traceparent"].get<std::string>()));
}

TEST(Unary, ASuccessfulCallIsNoLine) {
  EchoFixture echo;
  const std::string token = echo.identity.Token(Role::kOwner);
  EXPECT_THAT(LinesOf([&] { EXPECT_THAT(echo.Echo(EchoRequest(), token), IsOk()); }), IsEmpty());
}

TEST(Unary, ARequestIdThatIsNoPlainTokenIsNotLogged) {
  EchoFixture echo;
  EchoRequest request;
  request.set_request_id("Jane Doe");
  request.set_location_id("Jane's place");
  const std::string token = echo.identity.Token(Role::kOwner);
  const auto lines = LinesOf([&] { EXPECT_THAT(echo.Echo(request, token), Not(IsOk())); });
  ASSERT_THAT(lines, SizeIs(1));
  EXPECT_THAT(lines[0], Not(HasSubstr("Jane")));
  EXPECT_EQ(nlohmann::json::parse(lines[0], nullptr, false)["fields"], "location_id");
}

// Ping as the test likes it.
class PingService final : public pitlane::testing::v1::EchoService::CallbackService {
 public:
  using Handler = std::function<void(CallContext&, const PingRequest&, PingResponse*, Done)>;

  explicit PingService(Handler handler)
      : env_({.area = "ping"}, nullptr, Clock::System(), Entropy::System(), metrics_),
        handler_(std::move(handler)) {}

  grpc::ServerUnaryReactor* Ping(grpc::CallbackServerContext* context, const PingRequest* request,
                                 PingResponse* response) override {
    return Unary(env_, context, request, response, handler_);
  }

  absl::Status Call() {
    const auto server = Server::Start({.listen = ""}, {this});
    if (!server.ok()) return server.status();
    auto stub = pitlane::testing::v1::EchoService::NewStub((*server)->InProcessChannel());
    grpc::ClientContext context;
    SetTimeout(context, absl::Seconds(10));
    PingResponse response;
    return FromGrpcStatus(stub->Ping(&context, PingRequest(), &response));
  }

 private:
  Metrics metrics_;
  ServerEnv env_;
  const Handler handler_;
};

TEST(Unary, DoneMayComeFromAnotherThread) {
  std::thread other;
  PingService service([&](CallContext&, const PingRequest&, PingResponse*, Done done) {
    other = std::thread([done] { done(absl::OkStatus()); });
  });
  EXPECT_THAT(service.Call(), IsOk());
  other.join();
}

TEST(Unary, WhatThirdPartiesThrowBecomesInternal) {
  PingService service([](CallContext&, const PingRequest&, PingResponse*, Done) {
    throw std::runtime_error("third party");
  });
  const absl::Status status = service.Call();
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kInternal));
  EXPECT_TRUE(HasReason(status, common::v1::INTERNAL_FAULT));
}

TEST(Unary, WhatIsThrownAfterDoneChangesNothing) {
  PingService service([](CallContext&, const PingRequest&, PingResponse*, Done done) {
    done(absl::OkStatus());
    throw std::runtime_error("too late");
  });
  EXPECT_THAT(service.Call(), IsOk());
}

TEST(Unary, AHandlerThatGivesUpItsDoneAnswersInternal) {
  PingService service([](CallContext&, const PingRequest&, PingResponse*, Done) {});
  EXPECT_THAT(service.Call(), StatusIs(absl::StatusCode::kInternal, HasSubstr("gave up")));
}

TEST(UnaryDeathTest, DoneTwiceIsABug) {
  EXPECT_DEATH(
      {
        const Done done = internal::OnceDone([](absl::Status) {});
        done(absl::OkStatus());
        done(absl::OkStatus());
      },
      "Done was called twice");
}

}  // namespace
}  // namespace pitlane::rpc
