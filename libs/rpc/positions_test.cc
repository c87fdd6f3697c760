#include "libs/rpc/positions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "absl/strings/str_cat.h"
#include "libs/base/status_matchers.h"

namespace pitlane::rpc {
namespace {

using ::testing::HasSubstr;

TEST(PositionToken, ParsesWhatTheServicesSend) {
  ASSERT_OK_AND_ASSIGN(const PositionToken token,
                       PositionToken::Parse("ticket.0.3@1734,customer_vehicle.1.0@88"));
  EXPECT_EQ(token.entries().at({"ticket", 0, 3}), 1734u);
  EXPECT_EQ(token.entries().at({"customer_vehicle", 1, 0}), 88u);
  EXPECT_EQ(token.Format(), "customer_vehicle.1.0@88,ticket.0.3@1734");
}

TEST(PositionToken, AnEmptyTextIsAnEmptyToken) {
  ASSERT_OK_AND_ASSIGN(const PositionToken token, PositionToken::Parse(""));
  EXPECT_TRUE(token.empty());
  EXPECT_EQ(token.Format(), "");
}

TEST(PositionToken, TheSamePartitionTwiceKeepsTheGreaterPosition) {
  ASSERT_OK_AND_ASSIGN(const PositionToken token, PositionToken::Parse("a.0.0@5,a.0.0@9,a.0.0@7"));
  EXPECT_EQ(token.Format(), "a.0.0@9");
}

TEST(PositionToken, MalformedTextIsRefusedWithTheEntry) {
  for (const char* text :
       {",", "a.0.0@1,", "a.0.0", "a.0@1", "a.0.0.0@1", "a.0.0@1@2", "A.0.0@1", "0a.0.0@1",
        ".0.0@1", "a.-1.0@1", "a.01.0@1", "a.0.x@1", "a.0.0@", "a.0.0@ 1",
        "a.0.0@18446744073709551616", "a.4294967296.0@1", " a.0.0@1", "a.0.0@+1"}) {
    EXPECT_THAT(PositionToken::Parse(text),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("entry")))
        << text;
  }
}

TEST(PositionToken, TooManyEntriesAreRefused) {
  std::string text = "a.0.0@1";
  for (size_t i = 1; i < kMaxPositions; ++i) absl::StrAppend(&text, ",a.0.", i, "@1");
  ASSERT_OK_AND_ASSIGN(PositionToken token, PositionToken::Parse(text));
  EXPECT_THAT(token.Add({"b", 0, 0}, 1), StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_THAT(token.Add({"a", 0, 0}, 2), IsOk());
  EXPECT_THAT(PositionToken::Parse(absl::StrCat(text, ",a.0.0@1")),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("more than 64")));
  EXPECT_THAT(PositionToken::Parse(std::string(kMaxPositionTextBytes + 1, 'a')),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("8193 bytes")));
}

PositionToken AnyToken() {
  PositionToken token;
  const auto entries = *rc::gen::container<std::vector<std::tuple<uint8_t, uint8_t, uint64_t>>>(
      rc::gen::arbitrary<std::tuple<uint8_t, uint8_t, uint64_t>>());
  for (const auto& [shard, partition, position] : entries) {
    const std::string area = shard % 2 == 0 ? "ticket" : "terminal_gateway";
    if (!token.Add({area, shard, partition}, position).ok()) break;
  }
  return token;
}

RC_GTEST_PROP(PositionToken, ParsingTheFormatGivesTheToken, ()) {
  const PositionToken token = AnyToken();
  const auto back = PositionToken::Parse(token.Format());
  RC_ASSERT(back.ok());
  RC_ASSERT(*back == token);
}

RC_GTEST_PROP(PositionToken, MergingNeverLowersAPosition, ()) {
  const PositionToken a = AnyToken();
  const PositionToken b = AnyToken();
  PositionToken merged = a;
  RC_PRE(merged.Merge(b).ok());
  for (const PositionToken* token : {&a, &b}) {
    for (const auto& [partition, position] : token->entries()) {
      RC_ASSERT(merged.entries().at(partition) >= position);
    }
  }
}

}  // namespace
}  // namespace pitlane::rpc
