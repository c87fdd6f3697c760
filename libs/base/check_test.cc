#include "libs/base/check.h"

#include <gtest/gtest.h>

#include "absl/status/status.h"

namespace pitlane {
namespace {

TEST(Check, TrueConditionThenMessageIsNotEvaluated) {
  int evaluated = 0;
  PITLANE_CHECK(1 + 1 == 2) << ++evaluated;
  EXPECT_EQ(evaluated, 0);
}

TEST(CheckDeathTest, FalseConditionThenEndsWithPlaceConditionAndMessage) {
  EXPECT_DEATH(PITLANE_CHECK(1 > 2) << "shelf " << 7,
               "check_test.cc:[0-9]+: check failed: 1 > 2 shelf 7");
}

TEST(CheckOk, OkStatusThenMessageIsNotEvaluated) {
  int evaluated = 0;
  PITLANE_CHECK_OK(absl::OkStatus()) << ++evaluated;
  EXPECT_EQ(evaluated, 0);
}

TEST(CheckOkDeathTest, ErrorThenEndsWithTheStatus) {
  EXPECT_DEATH(PITLANE_CHECK_OK(absl::NotFoundError("no bin 4")), "NOT_FOUND: no bin 4");
}

}  // namespace
}  // namespace pitlane
