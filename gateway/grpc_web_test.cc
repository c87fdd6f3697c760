// gRPC-Web through the gateway, binary and text.
#include <gmock/gmock.h>

#include "absl/strings/match.h"
#include "gateway/envelope.h"
#include "gateway/testing/gateway_fixture.h"

namespace pitlane::gateway {
namespace {

using pitlane::testing::v1::EchoRequest;
using pitlane::testing::v1::EchoResponse;
using pitlane::testing::v1::WatchResponse;
using ::testing::HasSubstr;
using testing::HttpAnswer;
using testing::HttpClient;
using testing::kEcho;
using testing::kWatch;

using GrpcWebTest = testing::HttpTest;

constexpr char kBinary[] = "application/grpc-web+proto";
constexpr char kText[] = "application/grpc-web-text";

struct WebAnswer {
  std::vector<std::string> messages;
  std::string trailers;
};

WebAnswer Read(const std::string& body) {
  EnvelopeReader reader(64 << 20);
  reader.Append(body);
  WebAnswer answer;
  for (auto next = reader.Next(); next.ok() && next->has_value(); next = reader.Next()) {
    if ((*next)->flags == kTrailersFlag) {
      answer.trailers = (*next)->data;
    } else {
      answer.messages.push_back((*next)->data);
    }
  }
  EXPECT_TRUE(reader.empty());
  return answer;
}

std::string EchoFrame(const std::string& payload) {
  EchoRequest request;
  request.set_payload(payload);
  return MakeEnvelope(0, request.SerializeAsString());
}

TEST_F(GrpcWebTest, AUnaryCallIsOneFrameAndTrailers) {
  StartGateway();
  HttpClient client(address());
  const HttpAnswer answer = client.Post(kEcho, kBinary, EchoFrame("hello"), Token());
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.Header("content-type"), kBinary);
  const WebAnswer web = Read(answer.body);
  ASSERT_EQ(web.messages.size(), 1u);
  EchoResponse response;
  ASSERT_TRUE(response.ParseFromString(web.messages[0]));
  EXPECT_EQ(response.payload(), "hello");
  EXPECT_THAT(web.trailers, HasSubstr("grpc-status: 0\r\n"));
}

TEST_F(GrpcWebTest, TheTextFormIsBase64InPieces) {
  StartGateway();
  HttpClient client(address());
  const HttpAnswer answer = client.Post(kEcho, kText, Base64Encode(EchoFrame("hello")), Token());
  EXPECT_EQ(answer.Header("content-type"), kText);
  Base64Reader reader;
  ASSERT_OK_AND_ASSIGN(const std::string body, reader.Append(answer.body));
  EXPECT_THAT(reader.End(), IsOk());
  const WebAnswer web = Read(body);
  EXPECT_EQ(web.messages.size(), 1u);
  EXPECT_THAT(web.trailers, HasSubstr("grpc-status: 0\r\n"));
}

TEST_F(GrpcWebTest, AnErrorStandsInTheTrailersWithItsDetails) {
  StartGateway();
  HttpClient client(address());
  const HttpAnswer answer = client.Post(kEcho, kBinary, MakeEnvelope(0, "\x20\x01"), Token());
  EXPECT_EQ(answer.status, 200);
  const WebAnswer web = Read(answer.body);
  EXPECT_TRUE(web.messages.empty());
  EXPECT_THAT(web.trailers, HasSubstr("grpc-status: 9\r\n"));
  EXPECT_THAT(web.trailers, HasSubstr("grpc-message: "));
  EXPECT_THAT(web.trailers, HasSubstr("grpc-status-details-bin: "));
}

TEST_F(GrpcWebTest, AServerStreamIsFramesInOrder) {
  StartGateway();
  HttpClient client(address());
  const HttpAnswer answer = client.Post(kWatch, kBinary, MakeEnvelope(0, "\x10\x64"), Token());
  const WebAnswer web = Read(answer.body);
  ASSERT_EQ(web.messages.size(), 100u);
  for (uint32_t i = 0; i < web.messages.size(); ++i) {
    WatchResponse response;
    ASSERT_TRUE(response.ParseFromString(web.messages[i]));
    EXPECT_EQ(response.number(), i + 1);
  }
}

TEST_F(GrpcWebTest, ThePositionIsATrailer) {
  StartGateway();
  ASSERT_OK_AND_ASSIGN(const auto position, rpc::PositionToken::Parse("testing.0.3@17"));
  echo_.service.SetPosition(position);
  HttpClient client(address());
  const WebAnswer web = Read(client.Post(kEcho, kBinary, EchoFrame("x"), Token()).body);
  EXPECT_THAT(web.trailers, HasSubstr("pitlane-position: testing.0.3@17\r\n"));
}

TEST_F(GrpcWebTest, TheTimeoutIsADeadline) {
  StartGateway();
  echo_.service.Hold();
  HttpClient client(address());
  const WebAnswer web =
      Read(client.Post(kEcho, kBinary, EchoFrame("x"), Token() + "Grpc-Timeout: 100m\r\n").body);
  EXPECT_THAT(web.trailers, HasSubstr("grpc-status: 4\r\n"));
  echo_.service.Release();
  const WebAnswer wrong =
      Read(client.Post(kEcho, kBinary, EchoFrame("x"), Token() + "Grpc-Timeout: 1x\r\n").body);
  EXPECT_THAT(wrong.trailers, HasSubstr("grpc-status: 3\r\n"));
}

TEST_F(GrpcWebTest, NoRequestOrTwoAreUnimplementedForOne) {
  StartGateway();
  HttpClient client(address());
  for (const std::string& body : {std::string(), EchoFrame("x") + EchoFrame("y")}) {
    const WebAnswer web = Read(client.Post(kEcho, kBinary, body, Token()).body);
    EXPECT_THAT(web.trailers, HasSubstr("grpc-status: 12\r\n"));
  }
}

}  // namespace
}  // namespace pitlane::gateway
