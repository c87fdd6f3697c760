#include "gateway/rate_limit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "libs/base/status_matchers.h"

namespace pitlane::gateway {
namespace {

using ::testing::HasSubstr;
using ::testing::Optional;

TEST(ParseRate, CallsAndBurst) {
  ASSERT_OK_AND_ASSIGN(const Rate plain, ParseRate("50"));
  EXPECT_EQ(plain.per_second, 50);
  EXPECT_EQ(plain.burst, 100);
  ASSERT_OK_AND_ASSIGN(const Rate both, ParseRate("0.5:3"));
  EXPECT_EQ(both.per_second, 0.5);
  EXPECT_EQ(both.burst, 3);
  ASSERT_OK_AND_ASSIGN(const Rate none, ParseRate("0"));
  EXPECT_FALSE(none.limited());
  for (const char* bad : {"", "x", "-1", "5:0", "5:x", "5:6:7", "nan", "inf", "1e9", "5:nan"}) {
    EXPECT_THAT(ParseRate(bad), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("50:200")))
        << bad;
  }
}

TEST(RateLimit, ABurstAndThenTheRate) {
  FakeClock clock;
  RateLimit limit({.per_second = 10, .burst = 3}, clock);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(limit.Take("a"), std::nullopt) << i;
  EXPECT_THAT(limit.Take("a"), Optional(absl::Milliseconds(100)));
  EXPECT_EQ(limit.Take("b"), std::nullopt) << "each has a bucket of their own";
  clock.Advance(absl::Milliseconds(99));
  EXPECT_THAT(limit.Take("a"), Optional(absl::Milliseconds(1)));
  clock.Advance(absl::Milliseconds(1));
  EXPECT_EQ(limit.Take("a"), std::nullopt);
  EXPECT_TRUE(limit.Take("a").has_value()) << "a refusal takes nothing";
  clock.Advance(absl::Seconds(10));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(limit.Take("a"), std::nullopt) << i;
  EXPECT_TRUE(limit.Take("a").has_value()) << "a long rest gives no more than the burst";
}

TEST(RateLimit, OverMinutesItIsTheRate) {
  FakeClock clock;
  RateLimit limit({.per_second = 7, .burst = 1}, clock);
  int taken = 0;
  for (int i = 0; i < 60'000; ++i) {
    if (!limit.Take("a").has_value()) ++taken;
    clock.Advance(absl::Milliseconds(1));
  }
  EXPECT_GE(taken, 7 * 60 - 3);
  EXPECT_LE(taken, 7 * 60 + 1);
}

TEST(RateLimit, TheClockIsSetBackThenNobodyIsLockedOut) {
  FakeClock clock;
  RateLimit limit({.per_second = 10, .burst = 1}, clock);
  EXPECT_EQ(limit.Take("a"), std::nullopt);
  clock.Advance(-absl::Hours(1));
  EXPECT_THAT(limit.Take("a"), Optional(absl::Milliseconds(100)));
}

TEST(RateLimit, WithoutALimitNothingIsRemembered) {
  FakeClock clock;
  RateLimit limit({}, clock);
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(limit.Take(absl::StrCat(i)), std::nullopt);
  EXPECT_EQ(limit.remembered(), 0u);
}

TEST(RateLimit, WhoeverCallsMemoryIsBounded) {
  FakeClock clock;
  RateLimit limit({.per_second = 1, .burst = 1}, clock);
  for (size_t i = 0; i < RateLimit::kMaxRemembered + 50; ++i) {
    limit.Take(absl::StrCat("address-", i));
  }
  EXPECT_EQ(limit.remembered(), RateLimit::kMaxRemembered + 1);
  EXPECT_TRUE(limit.Take("one more").has_value()) << "the rest share a bucket";
  EXPECT_TRUE(limit.Take("address-7").has_value()) << "who is known keeps theirs";
  clock.Advance(absl::Seconds(2));
  limit.Take("one more");
  EXPECT_LT(limit.remembered(), 10u) << "whose bucket is full again is forgotten";
}

TEST(AddressOf, WithoutPortAndIpv6ByNetwork) {
  EXPECT_EQ(AddressOf("ipv4:10.0.0.7:51234"), "10.0.0.7");
  EXPECT_EQ(AddressOf("ipv6:[2001:db8:1:2:3:4:5:6]:80"), "2001:db8:1:2::");
  EXPECT_EQ(AddressOf("ipv6:%5B2001:db8:1:2:9::6%5D:81"), "2001:db8:1:2::");
  EXPECT_EQ(AddressOf("ipv6:[::ffff:10.0.0.7]:80"), "10.0.0.7");
  EXPECT_EQ(AddressOf("unix:/run/pitlane"), "unix:/run/pitlane");
  EXPECT_EQ(AddressOf("ipv4:"), "ipv4:");
}

}  // namespace
}  // namespace pitlane::gateway
