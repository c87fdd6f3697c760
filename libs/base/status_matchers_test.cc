#include "libs/base/status_matchers.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace pitlane {
namespace {

using ::testing::AnyOf;
using ::testing::ElementsAre;
using ::testing::Gt;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pointee;

const absl::StatusOr<int> kSeven = 7;
const absl::StatusOr<int> kLost = absl::DataLossError("bad chain at 12");

TEST(IsOk, StatusOrStatusOrThenTellsOkFromError) {
  EXPECT_THAT(absl::OkStatus(), IsOk());
  EXPECT_THAT(absl::AbortedError("x"), Not(IsOk()));
  EXPECT_THAT(kSeven, IsOk());
  EXPECT_THAT(kLost, Not(IsOk()));
}

TEST(IsOkAndHolds, ValueOrMatcherThenComparesTheValue) {
  EXPECT_THAT(kSeven, IsOkAndHolds(7));
  EXPECT_THAT(kSeven, Not(IsOkAndHolds(8)));
  EXPECT_THAT(kSeven, IsOkAndHolds(Gt(6)));
  EXPECT_THAT(kLost, Not(IsOkAndHolds(7)));
  EXPECT_THAT(absl::StatusOr<std::string>("ab"), IsOkAndHolds("ab"));
  EXPECT_THAT((absl::StatusOr<std::vector<int>>({1, 2})), IsOkAndHolds(ElementsAre(1, 2)));
  EXPECT_THAT(absl::StatusOr<std::unique_ptr<int>>(std::make_unique<int>(3)),
              IsOkAndHolds(Pointee(3)));
}

TEST(StatusIs, CodeAndMessageThenBothMustMatch) {
  EXPECT_THAT(kLost, StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(kLost, Not(StatusIs(absl::StatusCode::kAborted)));
  EXPECT_THAT(kLost.status(), StatusIs(absl::StatusCode::kDataLoss, "bad chain at 12"));
  EXPECT_THAT(kLost, StatusIs(absl::StatusCode::kDataLoss, HasSubstr("at 12")));
  EXPECT_THAT(kLost, Not(StatusIs(absl::StatusCode::kDataLoss, HasSubstr("at 13"))));
  EXPECT_THAT(kLost, StatusIs(AnyOf(absl::StatusCode::kDataLoss, absl::StatusCode::kAborted)));
  EXPECT_THAT(kSeven, StatusIs(absl::StatusCode::kOk));
}

TEST(StatusIs, MismatchThenExplanationNamesTheStatus) {
  const ::testing::Matcher<const absl::StatusOr<int>&> matcher = IsOk();
  ::testing::StringMatchResultListener listener;
  EXPECT_FALSE(matcher.MatchAndExplain(kLost, &listener));
  EXPECT_THAT(listener.str(), HasSubstr("DATA_LOSS: bad chain at 12"));
}

TEST(AssertOkAndAssign, ValueThenAssigned) {
  ASSERT_OK_AND_ASSIGN(const int value, kSeven);
  EXPECT_EQ(value, 7);
}

}  // namespace
}  // namespace pitlane
