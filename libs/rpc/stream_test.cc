#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "absl/synchronization/notification.h"
#include "libs/base/ids.h"
#include "libs/base/status_matchers.h"
#include "libs/rpc/channel.h"
#include "libs/rpc/client_stream.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/grpc_status.h"
#include "libs/rpc/log.h"
#include "libs/rpc/server_stream.h"
#include "libs/rpc/testing/echo_fixture.h"

namespace pitlane::rpc {
namespace {

using pitlane::testing::v1::CollectRequest;
using pitlane::testing::v1::CollectResponse;
using pitlane::testing::v1::WatchRequest;
using pitlane::testing::v1::WatchResponse;
using testing::EchoFixture;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Watching {
 public:
  Watching(EchoFixture& echo, const WatchRequest& request, std::string_view token) {
    SetTimeout(context, absl::Seconds(20));
    if (!token.empty()) AttachToken(context, token);
    reader = echo.stub->Watch(&context, request);
  }

  absl::Status Finish() { return FromGrpcStatus(reader->Finish()); }

  grpc::ClientContext context;
  std::unique_ptr<grpc::ClientReader<WatchResponse>> reader;
};

TEST(ServerStream, SendsEverythingInOrderAndEnds) {
  EchoFixture echo;
  WatchRequest request;
  request.set_count(1000);
  Watching watching(echo, request, echo.identity.Token(Role::kOwner));
  WatchResponse response;
  for (uint32_t number = 1; number <= 1000; ++number) {
    ASSERT_TRUE(watching.reader->Read(&response));
    ASSERT_EQ(response.number(), number);
  }
  EXPECT_FALSE(watching.reader->Read(&response));
  EXPECT_THAT(watching.Finish(), IsOk());
}

TEST(ServerStream, IsRefusedLikeAnyCall) {
  EchoFixture echo;
  Watching watching(echo, WatchRequest(), "");
  const absl::Status status = watching.Finish();
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kUnauthenticated));
  EXPECT_TRUE(HasReason(status, common::v1::TOKEN_MISSING));
}

TEST(ServerStream, ACallerThatLeavesIsNoticed) {
  EchoFixture echo;
  WatchRequest request;
  request.set_forever(true);
  Watching watching(echo, request, echo.identity.Token(Role::kOwner));
  ASSERT_TRUE(echo.service.WaitForOpenWatches(1));
  echo.service.Push("news");
  WatchResponse response;
  ASSERT_TRUE(watching.reader->Read(&response));
  EXPECT_EQ(response.payload(), "news");
  watching.context.TryCancel();
  EXPECT_TRUE(echo.service.WaitForOpenWatches(0));
  EXPECT_THAT(watching.Finish(), StatusIs(absl::StatusCode::kCancelled));
}

TEST(ServerStream, ACallerThatLeavesIsCountedAndNoFailure) {
  std::vector<std::string> lines;
  ScopedLogCapture capture([&](std::string_view line) { lines.emplace_back(line); });
  EchoFixture echo;
  WatchRequest request;
  request.set_forever(true);
  Watching watching(echo, request, echo.identity.Token(Role::kOwner));
  ASSERT_TRUE(echo.service.WaitForOpenWatches(1));
  watching.context.TryCancel();
  EXPECT_TRUE(echo.service.WaitForOpenWatches(0));
  echo.server->Shutdown(absl::Seconds(10));
  EXPECT_THAT(echo.metrics.Text(), HasSubstr("code=\"CANCELLED\",method=\"/pitlane.testing.v1."
                                             "EchoService/Watch\"} 1"));
  EXPECT_THAT(lines, IsEmpty());
}

TEST(ServerStream, IsAnnouncedBeforeThereIsAnythingToSend) {
  EchoFixture echo;
  WatchRequest request;
  request.set_forever(true);
  Watching watching(echo, request, echo.identity.Token(Role::kOwner));
  watching.reader->WaitForInitialMetadata();
  watching.context.TryCancel();
  EXPECT_THAT(watching.Finish(), StatusIs(absl::StatusCode::kCancelled));
}

TEST(ServerStream, AReaderThatDoesNotKeepUpIsCutOff) {
  EchoFixture echo({}, {.area = "echo", .stream_buffer_messages = 4});
  WatchRequest request;
  request.set_forever(true);
  Watching watching(echo, request, echo.identity.Token(Role::kOwner));
  ASSERT_TRUE(echo.service.WaitForOpenWatches(1));
  // Flow control lets some of it into the reader's buffers; the rest must overflow.
  for (int i = 0; i < 2000; ++i) echo.service.Push(std::string(64 << 10, 'x'));
  EXPECT_TRUE(echo.service.WaitForOpenWatches(0));
  WatchResponse response;
  int received = 0;
  while (watching.reader->Read(&response)) ++received;
  EXPECT_LT(received, 2000);
  const absl::Status status = watching.Finish();
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_TRUE(HasReason(status, common::v1::CLIENT_TOO_SLOW)) << status;
}

TEST(ServerStream, TheBufferIsAlsoLimitedInBytes) {
  EchoFixture echo({}, {.area = "echo", .stream_buffer_bytes = 1000});
  WatchRequest request;
  request.set_count(100);
  request.set_payload_bytes(600);
  Watching watching(echo, request, echo.identity.Token(Role::kOwner));
  WatchResponse response;
  while (watching.reader->Read(&response)) {
  }
  EXPECT_TRUE(HasReason(watching.Finish(), common::v1::CLIENT_TOO_SLOW));
}

// Watch as the test likes it, from a producer that may outlive the call.
class StreamService final : public pitlane::testing::v1::EchoService::CallbackService {
 public:
  using Writer = std::shared_ptr<StreamWriter<WatchResponse>>;
  using Handler = std::function<void(Writer)>;

  explicit StreamService(Handler handler)
      : env_({.area = "stream"}, &identity.verifier(), Clock::System(), Entropy::System(),
             metrics_),
        handler_(std::move(handler)) {}

  grpc::ServerWriteReactor<WatchResponse>* Watch(grpc::CallbackServerContext* context,
                                                 const WatchRequest* request) override {
    return ServerStream<WatchResponse>(
        env_, context, request,
        [this](CallContext&, const WatchRequest&, Writer writer) { handler_(std::move(writer)); });
  }

  // How many messages came, and how it ended.
  std::pair<int, absl::Status> Call() {
    const auto server = Server::Start({.listen = ""}, {this});
    auto stub = pitlane::testing::v1::EchoService::NewStub((*server)->InProcessChannel());
    grpc::ClientContext context;
    SetTimeout(context, absl::Seconds(20));
    AttachToken(context, identity.Token(Role::kOwner));
    auto reader = stub->Watch(&context, WatchRequest());
    WatchResponse response;
    int count = 0;
    while (reader->Read(&response)) ++count;
    return {count, FromGrpcStatus(reader->Finish())};
  }

  testing::TestIdentity identity;

 private:
  Metrics metrics_;
  ServerEnv env_;
  const Handler handler_;
};

TEST(ServerStream, ProducersMayWriteFromSeveralThreads) {
  std::vector<std::thread> producers;
  StreamService service([&](StreamService::Writer writer) {
    auto left = std::make_shared<std::atomic<int>>(4);
    for (int i = 0; i < 4; ++i) {
      producers.emplace_back([writer, left] {
        for (int n = 0; n < 100; ++n) EXPECT_TRUE(writer->Write(WatchResponse()));
        if (--*left == 0) writer->Close(absl::OkStatus());
      });
    }
  });
  const auto [count, status] = service.Call();
  for (std::thread& producer : producers) producer.join();
  EXPECT_EQ(count, 400);
  EXPECT_THAT(status, IsOk());
}

TEST(ServerStream, AfterTheEndTheWriterSaysNo) {
  StreamService::Writer kept;
  bool cancelled = false;
  StreamService service([&](StreamService::Writer writer) {
    kept = writer;
    EXPECT_TRUE(writer->Write(WatchResponse()));
    EXPECT_TRUE(writer->open());
    writer->Close(Refused(pitlane::testing::v1::ECHO_NOT_POSSIBLE, "the first end counts"));
    writer->Close(absl::OkStatus());
    EXPECT_FALSE(writer->Write(WatchResponse()));
    writer->OnCancel([&] { cancelled = true; });
  });
  const auto [count, status] = service.Call();
  EXPECT_EQ(count, 1);
  EXPECT_TRUE(HasReason(status, pitlane::testing::v1::ECHO_NOT_POSSIBLE));
  EXPECT_FALSE(kept->open());
  EXPECT_FALSE(kept->Write(WatchResponse()));
  EXPECT_FALSE(cancelled) << "Close is not a cancellation";
}

TEST(ServerStream, WhatThirdPartiesThrowEndsIt) {
  StreamService service([](StreamService::Writer) { throw std::runtime_error("third party"); });
  EXPECT_THAT(service.Call().second, StatusIs(absl::StatusCode::kInternal));
}

class Collecting {
 public:
  Collecting(EchoFixture& echo, std::string_view token) {
    SetTimeout(context, absl::Seconds(20));
    AttachToken(context, token);
    writer = echo.stub->Collect(&context, &response);
  }

  bool Send(int64_t number, const std::string& location = "") {
    CollectRequest request;
    request.set_number(number);
    request.set_location_id(location);
    return writer->Write(request);
  }
  absl::Status Finish() {
    writer->WritesDone();
    return FromGrpcStatus(writer->Finish());
  }

  grpc::ClientContext context;
  CollectResponse response;
  std::unique_ptr<grpc::ClientWriter<CollectRequest>> writer;
};

TEST(ClientStream, EveryMessageIsDealtWithBeforeTheAnswer) {
  EchoFixture echo;
  Collecting collecting(echo, echo.identity.Token(Role::kOwner));
  for (int number = 1; number <= 1000; ++number) ASSERT_TRUE(collecting.Send(number));
  EXPECT_THAT(collecting.Finish(), IsOk());
  EXPECT_EQ(collecting.response.sum(), 500'500);
  EXPECT_EQ(collecting.response.count(), 1000);
}

TEST(ClientStream, AnErrorEndsItBeforeTheCallerHasFinished) {
  EchoFixture echo;
  Collecting collecting(echo, echo.identity.Token(Role::kOwner));
  ASSERT_TRUE(collecting.Send(1));
  collecting.Send(-1);
  const absl::Status status = FromGrpcStatus(collecting.writer->Finish());
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("0 or more")));
}

TEST(ClientStream, EveryMessageIsAuthorisedByItsOwnScope) {
  EchoFixture echo;
  SeededEntropy entropy(1);
  const std::string here = LocationId::Make(Clock::System(), entropy, 1).text();
  const std::string there = LocationId::Make(Clock::System(), entropy, 2).text();
  Collecting collecting(echo, echo.identity.Token(Role::kAdvisor, here));
  ASSERT_TRUE(collecting.Send(1, here));
  collecting.Send(1, there);
  EXPECT_TRUE(
      HasReason(FromGrpcStatus(collecting.writer->Finish()), common::v1::LOCATION_NOT_GRANTED));
}

TEST(ClientStream, WithoutATokenNothingIsRead) {
  EchoFixture echo;
  Collecting collecting(echo, "");
  EXPECT_TRUE(HasReason(collecting.Finish(), common::v1::TOKEN_MALFORMED));
}

TEST(ClientStream, AMessageAfterTheDeadlineIsRefused) {
  FakeClock clock(absl::Now());
  EchoFixture echo({}, {.area = "echo"}, clock);
  Collecting collecting(echo, echo.identity.Token(Role::kOwner));
  collecting.writer->WaitForInitialMetadata();
  ASSERT_TRUE(collecting.Send(1));
  clock.Advance(absl::Minutes(1));
  collecting.Send(2);
  const absl::Status status = collecting.Finish();
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kDeadlineExceeded));
  EXPECT_TRUE(HasReason(status, common::v1::DEADLINE_PASSED)) << status;
}

}  // namespace
}  // namespace pitlane::rpc
