// The Connect protocol through the gateway, byte by byte.
#include <gmock/gmock.h>

#include "gateway/envelope.h"
#include "gateway/gzip.h"
#include "gateway/testing/gateway_fixture.h"
#include "google/rpc/error_details.pb.h"
#include "nlohmann/json.hpp"

namespace pitlane::gateway {
namespace {

using nlohmann::json;
using pitlane::testing::v1::EchoRequest;
using pitlane::testing::v1::EchoResponse;
using pitlane::testing::v1::WatchRequest;
using pitlane::testing::v1::WatchResponse;
using ::testing::HasSubstr;
using testing::HttpAnswer;
using testing::HttpClient;
using ::testing::IsEmpty;
using testing::kCollect;
using testing::kEcho;
using testing::kPing;
using testing::kWatch;

using ConnectTest = testing::HttpTest;

constexpr char kJson[] = "application/json";
constexpr char kProto[] = "application/proto";
constexpr char kStreamJson[] = "application/connect+json";
constexpr char kStreamProto[] = "application/connect+proto";

// The envelopes of a whole body.
std::vector<Envelope> Envelopes(const std::string& body) {
  EnvelopeReader reader(64 << 20);
  reader.Append(body);
  std::vector<Envelope> envelopes;
  for (auto next = reader.Next(); next.ok() && next->has_value(); next = reader.Next()) {
    envelopes.push_back(**next);
  }
  EXPECT_TRUE(reader.empty());
  return envelopes;
}

json ReasonOf(const json& error) {
  for (const json& detail : error.value("details", json::array())) {
    if (detail["type"] == "google.rpc.ErrorInfo") return detail["debug"]["reason"];
  }
  return nullptr;
}

json ParseJson(const std::string& text) { return json::parse(text, nullptr, false); }

TEST_F(ConnectTest, AUnaryCallInJsonIsAnsweredInJson) {
  StartGateway();
  HttpClient client(address());
  const HttpAnswer answer = client.Post(kEcho, kJson, R"({"payload": "aGVsbG8="})", Token());
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.Header("content-type"), kJson);
  const json body = ParseJson(answer.body);
  EXPECT_EQ(body["payload"], "aGVsbG8=");
  EXPECT_EQ(body["subject"], "usr-1");
  EXPECT_TRUE(WaitUntilIdle());
}

TEST_F(ConnectTest, AUnaryCallInBinaryIsAnsweredInBinary) {
  StartGateway();
  HttpClient client(address());
  EchoRequest request;
  request.set_payload(std::string("\0\xff binary", 9));
  const HttpAnswer answer = client.Post(kEcho, kProto, request.SerializeAsString(), Token());
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.Header("content-type"), kProto);
  EchoResponse response;
  ASSERT_TRUE(response.ParseFromString(answer.body));
  EXPECT_EQ(response.payload(), request.payload());
}

TEST_F(ConnectTest, AConnectionServesRequestsOneAfterTheOther) {
  StartGateway();
  HttpClient client(address());
  const std::string token = Token();
  for (int i = 0; i < 50; ++i) {
    ASSERT_EQ(client.Post(kEcho, kJson, R"({"payload": "aGVsbG8="})", token).status, 200) << i;
  }
}

TEST_F(ConnectTest, RequestsSentAheadAreAnsweredInOrder) {
  StartGateway();
  HttpClient client(address());
  const std::string head = absl::StrCat("POST ", kEcho, " HTTP/1.1\r\nHost: x\r\n", Token(),
                                        "Content-Type: application/json\r\n");
  client.Send(absl::StrCat(head, "Content-Length: 19\r\n\r\n{\"payload\": \"QQ==\"}", head,
                           "Content-Length: 19\r\n\r\n{\"payload\": \"Qg==\"}"));
  EXPECT_EQ(ParseJson(client.Receive().body)["payload"], "QQ==");
  EXPECT_EQ(ParseJson(client.Receive().body)["payload"], "Qg==");
}

TEST_F(ConnectTest, UnknownJsonFieldsAreLeftOut) {
  StartGateway();
  HttpClient client(address());
  EXPECT_EQ(client.Post(kPing, kJson, R"({"new_field": {"a": [1]}})").status, 200);
}

TEST_F(ConnectTest, AServicesErrorHasItsCodeMessageAndDetails) {
  StartGateway();
  HttpClient client(address());
  const HttpAnswer answer =
      client.Post(kEcho, kProto, "\x20\x01", Token());  // refuse_with: ECHO_NOT_POSSIBLE
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.Header("content-type"), kJson);
  const json error = ParseJson(answer.body);
  EXPECT_EQ(error["code"], "failed_precondition");
  EXPECT_FALSE(error["message"].get<std::string>().empty());
  EXPECT_EQ(ReasonOf(error), "ECHO_NOT_POSSIBLE");
  google::rpc::ErrorInfo info;
  ASSERT_OK_AND_ASSIGN(const std::string value,
                       Base64Decode(std::string(error["details"][0]["value"])));
  ASSERT_TRUE(info.ParseFromString(value));
  EXPECT_EQ(info.reason(), "ECHO_NOT_POSSIBLE");
}

TEST_F(ConnectTest, WithoutATokenIsUnauthenticated) {
  StartGateway();
  HttpClient client(address());
  const HttpAnswer answer = client.Post(kEcho, kJson, "{}");
  EXPECT_EQ(answer.status, 401);
  EXPECT_EQ(ReasonOf(ParseJson(answer.body)), "TOKEN_MISSING");
  EXPECT_EQ(client.Post(kPing, kJson, "{}").status, 200);
}

TEST_F(ConnectTest, AMissingMethodIsNotFound) {
  StartGateway();
  HttpClient client(address());
  const HttpAnswer nowhere = client.Post("/pitlane.nowhere.v1.X/Y", kJson, "{}");
  EXPECT_EQ(nowhere.status, 404);
  EXPECT_EQ(ParseJson(nowhere.body)["code"], "unimplemented");
  const HttpAnswer newer =
      client.Post("/pitlane.testing.v1.EchoService/Newer", kProto, "", Token());
  EXPECT_EQ(newer.status, 501);
}

TEST_F(ConnectTest, AReadIsCalledByGet) {
  StartGateway();
  HttpClient client(address());
  const HttpAnswer answer = client.Get(
      absl::StrCat(kEcho, "?connect=v1&encoding=json&message=%7B%22payload%22%3A%22QQ%3D%3D%22%7D"),
      Token());
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(ParseJson(answer.body)["payload"], "QQ==");
  EXPECT_EQ(
      client.Get(absl::StrCat(kEcho, "?encoding=proto&base64=1&message=GgFB"), Token()).status,
      200);
  EXPECT_EQ(client.Get(absl::StrCat(kEcho, "?encoding=xml&message=x"), Token()).status, 415);
  EXPECT_EQ(client.Get(absl::StrCat(kEcho, "?encoding=json"), Token()).status, 400);
  EXPECT_EQ(client.Get(absl::StrCat(kEcho, "?encoding=json&message=%7"), Token()).status, 400);
}

TEST_F(ConnectTest, AMethodWithEffectsIsNotCalledByGet) {
  StartGateway();
  HttpClient client(address());
  const HttpAnswer answer = client.Get(
      "/pitlane.admin.v1.AdminService/RetryParked?encoding=json&message=%7B%7D", Token());
  EXPECT_EQ(answer.status, 405);
  EXPECT_EQ(answer.Header("allow"), "POST");
}

TEST_F(ConnectTest, TheTimeoutIsADeadline) {
  StartGateway();
  HttpClient client(address());
  const HttpAnswer answer =
      client.Post(kEcho, kJson, "{}", Token() + "Connect-Timeout-Ms: 5000\r\n");
  const int64_t left = std::stoll(ParseJson(answer.body)["deadlineMs"].get<std::string>());
  EXPECT_GT(left, 0);
  EXPECT_LE(left, 5500);
  echo_.service.Hold();
  const HttpAnswer late = client.Post(kEcho, kJson, "{}", Token() + "Connect-Timeout-Ms: 100\r\n");
  EXPECT_EQ(late.status, 504);
  EXPECT_EQ(ParseJson(late.body)["code"], "deadline_exceeded");
  EXPECT_TRUE(echo_.service.WaitForCancelled());
  echo_.service.Release();
  EXPECT_EQ(client.Post(kEcho, kJson, "{}", Token() + "Connect-Timeout-Ms: 12345678901\r\n").status,
            400);
}

TEST_F(ConnectTest, AClientThatLeavesCancelsItsCall) {
  StartGateway();
  echo_.service.Hold();
  HttpClient client(address());
  client.Send(absl::StrCat("POST ", kEcho, " HTTP/1.1\r\nHost: x\r\n", Token(),
                           "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"));
  ASSERT_TRUE(echo_.service.WaitForHeld(1));
  client.Close();
  EXPECT_TRUE(echo_.service.WaitForCancelled());
  echo_.service.Release();
  EXPECT_TRUE(WaitUntilIdle());
}

TEST_F(ConnectTest, ThePositionIsATrailerAndTheRequestIdComesBack) {
  StartGateway();
  ASSERT_OK_AND_ASSIGN(const auto position, rpc::PositionToken::Parse("testing.0.3@17"));
  echo_.service.SetPosition(position);
  HttpClient client(address());
  const HttpAnswer answer = client.Post(kEcho, kJson, "{}", Token() + "X-Request-Id: r-1\r\n");
  EXPECT_EQ(answer.Header("trailer-pitlane-position"), "testing.0.3@17");
  EXPECT_EQ(answer.Header("x-request-id"), "r-1");
}

TEST_F(ConnectTest, CompressionWorksBothWays) {
  StartGateway();
  HttpClient client(address());
  EchoRequest request;
  request.set_payload(std::string(100'000, 'x'));
  const HttpAnswer answer = client.Post(kEcho, kProto, Gzip(request.SerializeAsString()),
                                        Token() +
                                            "Content-Encoding: gzip\r\nAccept-Encoding: br, "
                                            "gzip;q=0.8\r\n");
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.Header("content-encoding"), "gzip");
  EXPECT_LT(answer.body.size(), 10'000u);
  ASSERT_OK_AND_ASSIGN(const std::string body, Gunzip(answer.body, 1 << 20));
  EchoResponse response;
  ASSERT_TRUE(response.ParseFromString(body));
  EXPECT_EQ(response.payload(), request.payload());
  const HttpAnswer unknown = client.Post(kEcho, kProto, "", Token() + "Content-Encoding: br\r\n");
  EXPECT_EQ(ParseJson(unknown.body)["code"], "unimplemented");
}

TEST_F(ConnectTest, AServerStreamIsFramesAndAnEnd) {
  StartGateway();
  HttpClient client(address());
  const HttpAnswer answer =
      client.Post(kWatch, kStreamJson, MakeEnvelope(0, R"({"count": 3})"), Token());
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.Header("content-type"), kStreamJson);
  const std::vector<Envelope> envelopes = Envelopes(answer.body);
  ASSERT_EQ(envelopes.size(), 4u);
  EXPECT_EQ(ParseJson(envelopes[2].data)["number"], 3);
  EXPECT_EQ(envelopes[3].flags, kEndStreamFlag);
  EXPECT_FALSE(ParseJson(envelopes[3].data).contains("error"));
}

TEST_F(ConnectTest, AStreamsErrorStandsInItsEnd) {
  StartGateway();
  HttpClient client(address());
  const HttpAnswer answer = client.Post(kWatch, kStreamProto, MakeEnvelope(0, ""));
  EXPECT_EQ(answer.status, 200);
  const std::vector<Envelope> envelopes = Envelopes(answer.body);
  ASSERT_EQ(envelopes.size(), 1u);
  EXPECT_EQ(ParseJson(envelopes[0].data)["error"]["code"], "unauthenticated");
}

TEST_F(ConnectTest, AnEndlessStreamDeliversAtOnceOutlivesEveryTimeoutAndEndsWithItsClient) {
  GatewayOptions options;
  options.http = {.header_timeout = absl::Milliseconds(300),
                  .body_timeout = absl::Milliseconds(1),
                  .idle_timeout = absl::Milliseconds(1)};
  StartGateway(options, absl::Milliseconds(1));
  HttpClient client(address());
  client.Send(absl::StrCat("POST ", kWatch, " HTTP/1.1\r\nHost: x\r\n", Token(),
                           "Content-Type: ", kStreamProto, "\r\nContent-Length: 7\r\n\r\n",
                           MakeEnvelope(0, "\x18\x01")));
  EXPECT_EQ(client.ReceiveHead().status, 200);
  ASSERT_TRUE(echo_.service.WaitForOpenWatches(1));
  // Many times the timeouts.
  EXPECT_FALSE(client.WaitForClose(absl::Milliseconds(400)));
  echo_.service.Push("news");
  const std::vector<Envelope> envelopes = Envelopes(client.ReceiveBody(1));
  ASSERT_EQ(envelopes.size(), 1u);
  WatchResponse response;
  ASSERT_TRUE(response.ParseFromString(envelopes[0].data));
  EXPECT_EQ(response.payload(), "news");
  client.Close();
  EXPECT_TRUE(echo_.service.WaitForOpenWatches(0));
  EXPECT_TRUE(WaitUntilIdle());
}

TEST_F(ConnectTest, AReaderThatDoesNotReadIsCutOff) {
  GatewayOptions options;
  options.http.write_timeout = absl::Milliseconds(300);
  StartGateway(options);
  HttpClient client(address());
  client.Send(absl::StrCat("POST ", kWatch, " HTTP/1.1\r\nHost: x\r\n", Token(),
                           "Content-Type: ", kStreamProto, "\r\nContent-Length: 7\r\n\r\n",
                           MakeEnvelope(0, "\x18\x01")));
  ASSERT_TRUE(echo_.service.WaitForOpenWatches(1));
  for (int i = 0; i < 200; ++i) echo_.service.Push(std::string(64 << 10, 'x'));
  EXPECT_TRUE(echo_.service.WaitForOpenWatches(0));
  EXPECT_TRUE(WaitUntilIdle());
}

TEST_F(ConnectTest, AClientStreamIsAddedUp) {
  StartGateway();
  HttpClient client(address());
  std::string body;
  for (int i = 1; i <= 100; ++i) {
    body += MakeEnvelope(0, absl::StrCat(R"({"number": ")", i, R"("})"));
  }
  const HttpAnswer answer = client.Post(kCollect, kStreamJson, body, Token());
  const std::vector<Envelope> envelopes = Envelopes(answer.body);
  ASSERT_EQ(envelopes.size(), 2u);
  EXPECT_EQ(ParseJson(envelopes[0].data)["sum"], "5050");
}

TEST_F(ConnectTest, AWrongContentTypeIsRefusedWithWhatWouldDo) {
  StartGateway();
  HttpClient client(address());
  for (const auto& [path, type] : std::vector<std::pair<const char*, const char*>>{
           {kEcho, "text/plain"},
           {kEcho, "application/grpc"},
           {kEcho, kStreamJson},
           {kWatch, kJson},
           {kEcho, "application/json; charset=latin1"}}) {
    const HttpAnswer answer = client.Post(path, type, "{}", Token());
    EXPECT_EQ(answer.status, 415) << path << " " << type;
    EXPECT_THAT(answer.Header("accept-post"), HasSubstr(kJson));
  }
  EXPECT_EQ(client.Post(kPing, "application/json; charset=UTF-8", "{}").status, 200);
}

TEST_F(ConnectTest, StreamsPerCallerAreLimited) {
  StartGateway({.door = {.max_streams_per_caller = 1}});
  HttpClient first(address());
  const std::string body = MakeEnvelope(0, "\x18\x01");
  first.Send(absl::StrCat("POST ", kWatch, " HTTP/1.1\r\nHost: x\r\n", Token(),
                          "Content-Type: ", kStreamProto, "\r\nContent-Length: 7\r\n\r\n", body));
  ASSERT_TRUE(echo_.service.WaitForOpenWatches(1));
  HttpClient second(address());
  const HttpAnswer refused = second.Post(kWatch, kStreamProto, body, Token());
  const std::vector<Envelope> envelopes = Envelopes(refused.body);
  ASSERT_EQ(envelopes.size(), 1u);
  EXPECT_EQ(ParseJson(envelopes[0].data)["error"]["code"], "resource_exhausted");
  EXPECT_THAT(metrics_.Text(),
              HasSubstr("pitlane_gateway_limited_total{limit=\"streams_per_caller\"} 1"));
  first.Close();
  EXPECT_TRUE(WaitUntilIdle());
  EXPECT_EQ(Envelopes(second.Post(kWatch, kStreamProto, MakeEnvelope(0, ""), Token()).body).size(),
            1u);
}

TEST_F(ConnectTest, TooManyCallsSayWhenToComeAgain) {
  StartGateway({.door = {.max_calls_in_flight = 0}});
  HttpClient client(address());
  const HttpAnswer answer = client.Post(kPing, kJson, "{}");
  EXPECT_EQ(answer.status, 429);
  EXPECT_EQ(answer.Header("retry-after"), "1");
}

TEST_F(ConnectTest, PagesOfAllowedOriginsMayCall) {
  GatewayOptions options;
  options.http.allowed_origins = {"https://shop.example"};
  StartGateway(options);
  HttpClient client(address());
  const auto preflight = [&](const std::string& origin) {
    client.Send(absl::StrCat("OPTIONS ", kEcho, " HTTP/1.1\r\nHost: x\r\nOrigin: ", origin,
                             "\r\nAccess-Control-Request-Method: POST\r\n\r\n"));
    return client.Receive();
  };
  const HttpAnswer allowed = preflight("https://shop.example");
  EXPECT_EQ(allowed.status, 204);
  EXPECT_EQ(allowed.Header("access-control-allow-origin"), "https://shop.example");
  EXPECT_THAT(allowed.Header("access-control-allow-headers"), HasSubstr("Connect-Timeout-Ms"));
  EXPECT_EQ(allowed.headers.count("access-control-allow-credentials"), 0u);
  EXPECT_THAT(preflight("https://evil.example").Header("access-control-allow-origin"), IsEmpty());
  const HttpAnswer call = client.Post(kPing, kJson, "{}", "Origin: https://shop.example\r\n");
  EXPECT_EQ(call.Header("access-control-allow-origin"), "https://shop.example");
  EXPECT_EQ(call.Header("vary"), "Origin");
  EXPECT_THAT(call.Header("access-control-expose-headers"), HasSubstr("Trailer-Pitlane-Position"));
}

TEST_F(ConnectTest, AnOriginWithAPathIsNone) {
  rpc::ServerEnv env({.area = "gateway"}, nullptr, Clock::System(), Entropy::System(), metrics_);
  for (const char* origin : {"shop.example", "https://shop.example/", "https://*.example", ""}) {
    GatewayOptions options;
    options.http.allowed_origins = {origin};
    ASSERT_OK_AND_ASSIGN(options.areas["testing"],
                         rpc::MakeChannel({.address = echo_.server->address()}));
    EXPECT_THAT(Gateway::Start(options, env), StatusIs(absl::StatusCode::kFailedPrecondition))
        << origin;
  }
}

TEST_F(ConnectTest, ShutdownLetsACallEndAndTakesNoOther) {
  StartGateway();
  echo_.service.Hold();
  HttpClient busy(address());
  HttpClient idle(address());
  EXPECT_EQ(idle.Post(kPing, kJson, "{}").status, 200);
  busy.Send(absl::StrCat("POST ", kEcho, " HTTP/1.1\r\nHost: x\r\n", Token(),
                         "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"));
  ASSERT_TRUE(echo_.service.WaitForHeld(1));
  std::thread stopper([&] { gateway_->Shutdown(absl::Seconds(10)); });
  EXPECT_TRUE(idle.WaitForClose());
  echo_.service.Release();
  const HttpAnswer answer = busy.Receive();
  EXPECT_EQ(answer.status, 200);
  EXPECT_TRUE(busy.WaitForClose());
  stopper.join();
}

TEST_F(ConnectTest, ShutdownEndsStreamsWhenItsPatienceDoes) {
  StartGateway();
  HttpClient client(address());
  client.Send(absl::StrCat("POST ", kWatch, " HTTP/1.1\r\nHost: x\r\n", Token(),
                           "Content-Type: ", kStreamProto, "\r\nContent-Length: 7\r\n\r\n",
                           MakeEnvelope(0, "\x18\x01")));
  ASSERT_TRUE(echo_.service.WaitForOpenWatches(1));
  gateway_->Shutdown(absl::Milliseconds(50));
  EXPECT_TRUE(echo_.service.WaitForOpenWatches(0));
  EXPECT_EQ(gateway_->calls_in_flight(), 0);
}

}  // namespace
}  // namespace pitlane::gateway
