// What no well-meaning client sends. Nothing of it may end the process, hang a connection, reach a
// service, or be answered as a fault of ours.
#include <gmock/gmock.h>

#include <random>

#include "gateway/envelope.h"
#include "gateway/gzip.h"
#include "gateway/testing/gateway_fixture.h"
#include "nlohmann/json.hpp"

namespace pitlane::gateway {
namespace {

using nlohmann::json;
using ::testing::AnyOf;
using ::testing::HasSubstr;
using testing::HttpAnswer;
using testing::HttpClient;
using testing::kCollect;
using testing::kEcho;
using testing::kPing;
using testing::kWatch;

using BadInputTest = testing::HttpTest;

constexpr char kJson[] = "application/json";
constexpr char kProto[] = "application/proto";

HttpAnswer Raw(const std::string& address, const std::string& bytes) {
  HttpClient client(address);
  client.Send(bytes);
  return client.Receive();
}

// A request for Ping with these header lines and this body.
std::string PingWith(const std::string& headers, const std::string& body) {
  return absl::StrCat("POST ", kPing, " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n",
                      headers, "\r\n", body);
}

std::string FieldOf(const HttpAnswer& answer) {
  const json error = json::parse(answer.body, nullptr, false);
  for (const json& detail : error.value("details", json::array())) {
    if (detail["type"] != "google.rpc.BadRequest") continue;
    return detail["debug"]["fieldViolations"][0]["field"];
  }
  return "";
}

TEST_F(BadInputTest, WhatIsNoHttpIsRefused) {
  StartGateway();
  for (const char* bytes :
       {"hello\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\nHost: x\r\n\r\n", "\r\n\r\n\r\n\r\n",
        "PRETEND / HTTP/1.1\r\n\r\n", "POST / HTTP/1.1\nHost: x\n\n"}) {
    EXPECT_THAT(Raw(address(), bytes).status, AnyOf(400, 404, 405, 505, 408, 0)) << bytes;
  }
  EXPECT_EQ(Raw(address(), PingWith("Content-Length: 2\r\n", "{}")).status, 200);
}

TEST_F(BadInputTest, ABodyOfDoubtfulLengthIsRefusedAndTheConnectionEnds) {
  StartGateway();
  const std::string smuggled = "GET /admin HTTP/1.1\r\nHost: x\r\n\r\n";
  for (const char* headers :
       {"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n",
        "Content-Length: 2\r\nContent-Length: 3\r\n", "Content-Length: 2\r\nContent-Length: 2\r\n",
        "Content-Length: +2\r\n", "Content-Length: -2\r\n", "Content-Length: 0x2\r\n",
        "Content-Length: 2, 2\r\n", "Content-Length: 99999999999999999999999\r\n",
        "Transfer-Encoding: gzip, chunked\r\n", "Transfer-Encoding: chunked, identity\r\n",
        "Transfer-Encoding: xchunked\r\n", "Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n",
        "Content-Length : 2\r\n"}) {
    HttpClient client(address());
    client.Send(PingWith(headers, "{}" + smuggled));
    EXPECT_THAT(client.Receive().status, AnyOf(400, 501, 413)) << headers;
    EXPECT_TRUE(client.WaitForClose()) << headers;
  }
}

TEST_F(BadInputTest, BrokenChunksAreRefused) {
  StartGateway();
  for (const char* body : {"zz\r\n{}\r\n0\r\n\r\n", "2\r\n{}x\r\n0\r\n\r\n", "-1\r\n{}\r\n",
                           "fffffffffffffffffffff\r\n{}\r\n", "2;\x01\r\n{}\r\n0\r\n\r\n"}) {
    HttpClient client(address());
    client.Send(PingWith("Transfer-Encoding: chunked\r\n", body));
    EXPECT_THAT(client.Receive(absl::Seconds(5)).status, AnyOf(400, 413, 429)) << body;
  }
  EXPECT_EQ(Raw(address(), PingWith("Transfer-Encoding: chunked\r\n",
                                    "1\r\n{\r\n1\r\n}\r\n0\r\nTrailer: x\r\n\r\n"))
                .status,
            200);
}

TEST_F(BadInputTest, HeadersThatAreNoneAreRefused) {
  StartGateway();
  for (const std::string& headers :
       {std::string("X-Request-Id: a\x01z\r\n"), std::string("X-Request-Id: caf\xc3\xa9\r\n"),
        std::string("pitlane-x\xff: 1\r\n"), std::string("bad name: 1\r\n"),
        std::string("Host: y\r\n"), std::string("X-Request-Id: a\0z\r\n", 19),
        std::string(": empty\r\n"), std::string("X-Request-Id: a\rb\r\n")}) {
    EXPECT_EQ(Raw(address(), PingWith(headers + "Content-Length: 2\r\n", "{}")).status, 400)
        << headers;
  }
  const HttpAnswer bad_metadata =
      Raw(address(), PingWith("pitlane-blob-bin: ***\r\nContent-Length: 2\r\n", "{}"));
  EXPECT_EQ(bad_metadata.status, 400);
  EXPECT_EQ(FieldOf(bad_metadata), "pitlane-blob-bin");
  EXPECT_EQ(Raw(address(), PingWith("pitlane-na!me: x\r\nContent-Length: 2\r\n", "{}")).status,
            400);
}

TEST_F(BadInputTest, OnlyMethodsPathsLeadAnywhere) {
  StartGateway();
  for (const char* path :
       {"/", "/a", "//", "/../../etc/passwd", "/pitlane.testing.v1.EchoService/../x",
        "/pitlane.testing.v1.EchoService%2FPing", "/pitlane.testing.v1.EchoService/Ping/",
        "//pitlane.testing.v1.EchoService/Ping", "http://evil/pitlane.testing.v1.EchoService/Ping",
        "*", "/pitlane.testing.v1.EchoService/Ping;x", "/a/b\\c"}) {
    const HttpAnswer answer =
        Raw(address(), absl::StrCat("POST ", path,
                                    " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                                    "Content-Length: 2\r\n\r\n{}"));
    EXPECT_THAT(answer.status, AnyOf(404, 400)) << path;
  }
}

TEST_F(BadInputTest, OversizedHeadersAndBodiesAreRefused) {
  StartGateway();
  EXPECT_EQ(Raw(address(), PingWith(absl::StrCat("X-A: ", std::string(40'000, 'a'), "\r\n"), "{}"))
                .status,
            431);
  HttpClient client(address());
  const HttpAnswer body = client.Post(kEcho, kProto, std::string(5 << 20, 'x'), Token());
  EXPECT_EQ(body.status, 429);
  EXPECT_THAT(body.body, HasSubstr("MESSAGE_TOO_LARGE"));
  HttpClient other(address());
  const HttpAnswer frame = other.Post(kWatch, "application/connect+proto",
                                      std::string("\0\x7f\xff\xff\xff", 5), Token());
  EXPECT_THAT(frame.body, HasSubstr("resource_exhausted"));
}

TEST_F(BadInputTest, ABombIsRefusedBeforeItGoesOff) {
  StartGateway();
  const std::string bomb = Gzip(std::string(200 << 20, '\0'));
  ASSERT_LT(bomb.size(), size_t{1} << 20);
  HttpClient client(address());
  const HttpAnswer answer =
      client.Post(kEcho, kProto, bomb, Token() + "Content-Encoding: gzip\r\n");
  EXPECT_EQ(answer.status, 429);
  const HttpAnswer broken =
      client.Post(kEcho, kProto, "no gzip", Token() + "Content-Encoding: gzip\r\n");
  EXPECT_EQ(broken.status, 400);
}

TEST_F(BadInputTest, BrokenJsonIsRefusedAndTheFieldNamed) {
  StartGateway();
  HttpClient client(address());
  const std::string token = Token();
  for (const std::string& body :
       {std::string("{"), std::string(""), std::string("[]"), std::string("nonsense"),
        std::string("{\"payload\": \"\xff\xfe\"}"), std::string(1000, '['),
        std::string("{\"payload\": }"), std::string("\"text\"")}) {
    const HttpAnswer answer = client.Post(kEcho, kJson, body, token);
    EXPECT_EQ(answer.status, 400) << body << answer.body;
  }
  const HttpAnswer wrong =
      client.Post(kEcho, kJson, R"({"payload": 17, "locationId": [1]})", token);
  EXPECT_EQ(wrong.status, 400);
  const HttpAnswer number = client.Post(kWatch, "application/connect+json",
                                        MakeEnvelope(0, R"({"count": "Ada Lovelace"})"), token);
  EXPECT_THAT(number.body, HasSubstr("count"));
  EXPECT_EQ(number.body.find("Lovelace"), std::string::npos);
}

TEST_F(BadInputTest, BrokenBinaryIsRefusedAndTheFieldNamed) {
  StartGateway();
  HttpClient client(address());
  const std::string token = Token();
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"\x0a\x05x", "request_id"},          // longer than what is there
      {"\x0a\x01\xff", "request_id"},       // not UTF-8
      {"\x20", "refuse_with"},              // no value
      {std::string("\0", 1), "(message)"},  // field 0
      {"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", "(message)"},
      {"\x1f", "payload"},      // a wire type that does not exist
      {"\x73\x73\x73", "14"}};  // a group without an end
  for (const auto& [body, field] : cases) {
    const HttpAnswer answer = client.Post(kEcho, kProto, body, token);
    EXPECT_EQ(answer.status, 400) << field;
    EXPECT_EQ(FieldOf(answer), field);
  }
}

TEST_F(BadInputTest, BrokenFramesAreRefused) {
  StartGateway();
  const std::string token = Token();
  for (const std::string& body :
       {std::string("\0\0", 2), std::string("\0\0\0\0\x09xx", 7), MakeEnvelope(0x02, "{}"),
        MakeEnvelope(0x80, ""), MakeEnvelope(0xff, "")}) {
    HttpClient client(address());
    const HttpAnswer answer = client.Post(kCollect, "application/connect+proto", body, token);
    EXPECT_EQ(answer.status, 200);
    EXPECT_THAT(answer.body, HasSubstr("invalid_argument"));
  }
  HttpClient text(address());
  EXPECT_THAT(text.Post(kEcho, "application/grpc-web-text", "!!!!", token).status, 200);
}

TEST_F(BadInputTest, AClientThatSendsHeadersDropByDropIsCutOff) {
  GatewayOptions options;
  options.http.header_timeout = absl::Milliseconds(200);
  StartGateway(options);
  HttpClient client(address());
  const absl::Time began = absl::Now();
  client.Send("POST / HTTP/1.1\r\n");
  while (absl::Now() < began + absl::Seconds(10) && client.Send("X-A: b\r\n")) {
    if (client.WaitForClose(absl::Milliseconds(20))) break;
  }
  EXPECT_LT(absl::Now() - began, absl::Seconds(8));
  EXPECT_THAT(metrics_.Text(),
              HasSubstr("pitlane_gateway_http_timeouts_total{what=\"headers\"} 1"));
}

TEST_F(BadInputTest, AClientThatSaysNothingIsGreetedAndCutOff) {
  GatewayOptions options;
  options.http.header_timeout = absl::Milliseconds(400);
  options.http.idle_timeout = absl::Milliseconds(100);
  StartGateway(options);
  HttpClient silent(address());
  // An HTTP/2 SETTINGS frame: a client may wait for the server's before it sends its own.
  EXPECT_EQ(silent.PeekBytes(9), std::string("\0\0\0\x04\0\0\0\0\0", 9));
  EXPECT_TRUE(silent.WaitForClose());
  HttpClient undecided(address());
  undecided.Send("PR");
  EXPECT_TRUE(undecided.WaitForClose());
  HttpClient idle(address());
  EXPECT_EQ(idle.Post(kPing, kJson, "{}").status, 200);
  EXPECT_TRUE(idle.WaitForClose());
}

TEST_F(BadInputTest, AClientThatSendsABodyDropByDropIsCutOff) {
  GatewayOptions options;
  options.http.body_timeout = absl::Milliseconds(200);
  StartGateway(options);
  HttpClient client(address());
  client.Send(PingWith("Content-Length: 1000\r\n", ""));
  const absl::Time began = absl::Now();
  while (absl::Now() < began + absl::Seconds(10) && client.Send("x")) {
    if (client.WaitForClose(absl::Milliseconds(20))) break;
  }
  EXPECT_LT(absl::Now() - began, absl::Seconds(8));
  EXPECT_THAT(metrics_.Text(), HasSubstr("pitlane_gateway_http_timeouts_total{what=\"body\"} 1"));
  EXPECT_TRUE(WaitUntilIdle());
}

TEST_F(BadInputTest, ConnectionsBeyondTheLimitAreClosed) {
  GatewayOptions options;
  options.http.max_connections = 1;
  StartGateway(options);
  HttpClient first(address());
  EXPECT_EQ(first.Post(kPing, kJson, "{}").status, 200);
  HttpClient second(address());
  EXPECT_TRUE(second.WaitForClose());
  EXPECT_EQ(first.Post(kPing, kJson, "{}").status, 200);
}

TEST_F(BadInputTest, ARequestThatIsCutOffAnywhereLeavesNothingBehind) {
  StartGateway();
  const std::string whole = absl::StrCat(
      "POST ", kEcho, " HTTP/1.1\r\nHost: x\r\n", Token(),
      "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n13\r\n{\"payload\": "
      "\"QQ==\"}\r\n0\r\n\r\n");
  for (size_t size = 1; size < whole.size(); size += 7) {
    HttpClient client(address());
    client.Send(whole.substr(0, size));
    client.Close();
  }
  EXPECT_TRUE(WaitUntilIdle());
  EXPECT_EQ(Raw(address(), whole).status, 200);
}

TEST_F(BadInputTest, RandomChangesToARequestNeverHurt) {
  StartGateway();
  const std::string token = Token();
  const std::vector<std::string> seeds = {
      absl::StrCat("POST ", kEcho, " HTTP/1.1\r\nHost: x\r\n", token,
                   "Content-Type: application/json\r\nContent-Length: 19\r\n\r\n{\"payload\": "
                   "\"QQ==\"}"),
      absl::StrCat("POST ", kWatch, " HTTP/1.1\r\nHost: x\r\n", token,
                   "Content-Type: application/connect+proto\r\nContent-Length: 7\r\n\r\n",
                   MakeEnvelope(0, "\x10\x03")),
      absl::StrCat("POST ", kCollect, " HTTP/1.1\r\nHost: x\r\n", token,
                   "Content-Type: application/grpc-web-text\r\nContent-Length: 12\r\n\r\n",
                   Base64Encode(MakeEnvelope(0, "\x10\x03")))};
  std::mt19937 random(11);
  for (int i = 0; i < 600; ++i) {
    std::string bytes = seeds[i % seeds.size()];
    for (int change = 0; change < 1 + i % 4; ++change) {
      const size_t at = random() % bytes.size();
      switch (random() % 3) {
        case 0:
          bytes[at] = static_cast<char>(random());
          break;
        case 1:
          bytes.erase(at, 1 + random() % 8);
          break;
        case 2:
          bytes.insert(at, bytes.substr(random() % bytes.size(), 1 + random() % 16));
          break;
      }
    }
    HttpClient client(address());
    client.Send(bytes);
    const HttpAnswer answer = client.Receive(absl::Milliseconds(i % 20 == 0 ? 50 : 5));
    EXPECT_NE(answer.status, 500) << bytes << answer.body;
  }
  EXPECT_TRUE(WaitUntilIdle());
  EXPECT_EQ(Raw(address(), seeds[0]).status, 200);
}

}  // namespace
}  // namespace pitlane::gateway
