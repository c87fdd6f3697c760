#include "libs/base/status.h"

#include <gtest/gtest.h>

#include <memory>

#include "libs/base/status_matchers.h"

namespace pitlane {
namespace {

absl::Status Forward(absl::Status status, bool& went_on) {
  RETURN_IF_ERROR(std::move(status));
  went_on = true;
  return absl::OkStatus();
}

absl::StatusOr<int> Unwrap(absl::StatusOr<std::unique_ptr<int>> value) {
  ASSIGN_OR_RETURN(const std::unique_ptr<int> held, std::move(value));
  ASSIGN_OR_RETURN(const int doubled, absl::StatusOr<int>(*held * 2));
  return doubled;
}

TEST(ReturnIfError, OkThenGoesOn) {
  bool went_on = false;
  EXPECT_THAT(Forward(absl::OkStatus(), went_on), IsOk());
  EXPECT_TRUE(went_on);
}

TEST(ReturnIfError, ErrorThenReturnsItAtOnce) {
  bool went_on = false;
  EXPECT_EQ(Forward(absl::DataLossError("chain"), went_on), absl::DataLossError("chain"));
  EXPECT_FALSE(went_on);
}

TEST(AssignOrReturn, ValueThenMovesItOut) {
  EXPECT_THAT(Unwrap(std::make_unique<int>(21)), IsOkAndHolds(42));
}

TEST(AssignOrReturn, ErrorThenReturnsIt) {
  EXPECT_EQ(Unwrap(absl::AbortedError("version")).status(), absl::AbortedError("version"));
}

}  // namespace
}  // namespace pitlane
