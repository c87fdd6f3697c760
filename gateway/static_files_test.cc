#include "gateway/static_files.h"

#include <gmock/gmock.h>

#include "gateway/testing/gateway_fixture.h"
#include "google/protobuf/descriptor.pb.h"

namespace pitlane::gateway {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class StaticFilesTest : public testing::HttpTest {
 protected:
  void SetUp() override { StartGateway(); }
};

TEST_F(StaticFilesTest, ReferenceWhenFetchedThenItMayRunOnlyScriptsOfItsOwn) {
  testing::HttpClient client(address());
  for (const char* path : {"/docs", "/docs/", "/docs/ticket.html"}) {
    const testing::HttpAnswer page = client.Get(path);
    EXPECT_EQ(page.status, 200) << path;
    EXPECT_EQ(page.Header("content-type"), "text/html; charset=utf-8");
    EXPECT_THAT(page.Header("content-security-policy"), HasSubstr("script-src 'self';"));
    EXPECT_THAT(page.Header("content-security-policy"), Not(HasSubstr("unsafe")));
    EXPECT_EQ(page.Header("x-content-type-options"), "nosniff");
    EXPECT_THAT(page.body, HasSubstr("<!doctype html>"));
  }
}

TEST_F(StaticFilesTest, FileWhenTheClientHasItThenItIsNotSentAgain) {
  testing::HttpClient client(address());
  const std::string etag = client.Get("/docs/openapi.json").Header("etag");
  EXPECT_THAT(etag, Not(IsEmpty()));
  for (const std::string& known : {etag, "W/" + etag, "\"other\", " + etag, std::string("*")}) {
    const testing::HttpAnswer again =
        client.Get("/docs/openapi.json", absl::StrCat("if-none-match: ", known, "\r\n"));
    EXPECT_EQ(again.status, 304) << known;
    EXPECT_EQ(again.Header("etag"), etag);
  }
  EXPECT_EQ(client.Get("/docs/openapi.json", "if-none-match: \"other\"\r\n").status, 200);
}

TEST_F(StaticFilesTest, FileWhenOnlyItsHeadIsAskedForThenNoBodyFollows) {
  testing::HttpClient client(address());
  ASSERT_TRUE(client.Send("HEAD /docs/docs.css HTTP/1.1\r\nhost: x\r\n\r\n"));
  EXPECT_THAT(client.ReceiveHead().Header("content-length"), Not("0"));
  // The connection is good for the next one: nothing stands between them.
  EXPECT_EQ(client.Get("/docs/docs.css").status, 200);
}

TEST_F(StaticFilesTest, FileWhenItIsPostedToOrIsNotThereThenRefused) {
  testing::HttpClient client(address());
  const testing::HttpAnswer posted = client.Post("/docs", "application/json", "{}");
  EXPECT_EQ(posted.status, 405);
  EXPECT_EQ(posted.Header("allow"), "GET, HEAD");
  for (const char* path : {"/docs/no.html", "/docs/../main.cc", "/docs//", "/docs/%69ndex.html"}) {
    testing::HttpClient other(address());
    EXPECT_EQ(other.Get(path).status, 404) << path;
  }
}

TEST_F(StaticFilesTest, DescriptorSetWhenFetchedThenItIsOneWithComments) {
  testing::HttpClient client(address());
  const testing::HttpAnswer answer = client.Get("/descriptors.binpb");
  google::protobuf::FileDescriptorSet set;
  ASSERT_TRUE(set.ParseFromString(answer.body));
  bool comments = false;
  for (const auto& file : set.file()) {
    for (const auto& location : file.source_code_info().location()) {
      comments = comments || location.has_leading_comments();
    }
  }
  EXPECT_TRUE(comments);
}

}  // namespace
}  // namespace pitlane::gateway
