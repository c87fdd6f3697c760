#include "libs/base/card_number.h"

#include <gtest/gtest.h>

#include <string>

namespace pitlane {
namespace {

// Numbers that processors publish for testing.
TEST(LooksLikeCardNumber, TestNumbersOfEveryLengthAreFound) {
  for (const char* number : {"4222222222222", "36227206271667", "378282246310005",
                             "4242424242424242", "6304000000000000", "6759649826438453",
                             "5555555555554444", "6011111111111117", "3566002020360505"}) {
    EXPECT_TRUE(LooksLikeCardNumber(number)) << number;
  }
}

TEST(LooksLikeCardNumber, GroupsWithSpacesDashesOrDotsAreFound) {
  EXPECT_TRUE(LooksLikeCardNumber("4242 4242 4242 4242"));
  EXPECT_TRUE(LooksLikeCardNumber("4242-4242-4242-4242"));
  EXPECT_TRUE(LooksLikeCardNumber("3782.822463.10005"));
  EXPECT_TRUE(LooksLikeCardNumber("6304 0000 0000 0000 000"));
  EXPECT_TRUE(LooksLikeCardNumber("630400 0000000000000"));
  EXPECT_TRUE(LooksLikeCardNumber("4 2 4 2 4 2 4 2 4 2 4 2 4 2 4 2"));
}

TEST(LooksLikeCardNumber, TextAndOtherNumbersAroundItDoNotHideIt) {
  EXPECT_TRUE(LooksLikeCardNumber("pay with 4242 4242 4242 4242, exp 12/27"));
  EXPECT_TRUE(LooksLikeCardNumber("card:4242424242424242."));
  EXPECT_TRUE(LooksLikeCardNumber("4242 4242 4242 4242 12 27 123"));
  EXPECT_TRUE(LooksLikeCardNumber("call 555-1234 4242-4242-4242-4242"));
}

TEST(LooksLikeCardNumber, WrongCheckDigitIsNoCard) {
  EXPECT_FALSE(LooksLikeCardNumber("4242424242424241"));
  EXPECT_FALSE(LooksLikeCardNumber("4242 4242 4242 4243"));
}

TEST(LooksLikeCardNumber, ShorterOrLongerRunsOfDigitsAreNoCard) {
  EXPECT_FALSE(LooksLikeCardNumber(""));
  EXPECT_FALSE(LooksLikeCardNumber("000000000000"));          // 12
  EXPECT_FALSE(LooksLikeCardNumber("00000000000000000000"));  // 20
  EXPECT_TRUE(LooksLikeCardNumber("0000000000000"));          // 13
  EXPECT_TRUE(LooksLikeCardNumber("0000000000000000000"));    // 19
}

TEST(LooksLikeCardNumber, OrdinaryShopTextIsNoCard) {
  EXPECT_FALSE(LooksLikeCardNumber("Replace front pads, torque 88 90 92 95 100 100 88 Nm"));
  EXPECT_FALSE(LooksLikeCardNumber("phone (555) 123-4567"));
  EXPECT_FALSE(LooksLikeCardNumber("4242  4242  4242  4242"));  // two gaps: columns of a table
  EXPECT_FALSE(LooksLikeCardNumber("424 24242 42424 242"));     // not how cards are grouped
  EXPECT_FALSE(LooksLikeCardNumber("1M8GDM9AXKP042788"));
  EXPECT_FALSE(LooksLikeCardNumber("2026-01-15 10:30"));
}

}  // namespace
}  // namespace pitlane
