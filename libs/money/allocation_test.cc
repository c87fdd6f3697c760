#include "libs/money/allocation.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <limits>
#include <numeric>
#include <vector>

#include "libs/base/status_matchers.h"
#include "libs/money/quantity.h"
#include "libs/money/rounding.h"
#include "libs/money/test_numbers.h"

namespace pitlane {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
constexpr int64_t kMax = std::numeric_limits<int64_t>::max();

// Handbook 3.6: net of line discounts, the lines of T1 share a ticket discount of 20.00.
TEST(Allocate, DiscountOverTheLinesOfT1ThenHandbookShares) {
  EXPECT_THAT(Allocate(20'00, {234'90, 84'60, 232'48, 203'00, 295'31}),
              IsOkAndHolds(ElementsAre(4'47, 1'61, 4'43, 3'87, 5'62)));
}

// Handbook 3.6: pads, rotors, alternator, supplies and core share the document's tax.
TEST(Allocate, DocumentTaxOverTheTaxedLinesOfT1ThenHandbookTaxes) {
  EXPECT_THAT(Allocate(56'16, {82'99, 228'05, 289'69, 35'00, 45'00}),
              IsOkAndHolds(ElementsAre(6'85, 18'81, 23'90, 2'89, 3'71)));
}

TEST(Allocate, EqualRemaindersThenLowestIndexFirst) {
  EXPECT_THAT(Allocate(2, {1, 1, 1}), IsOkAndHolds(ElementsAre(1, 1, 0)));
  EXPECT_THAT(Allocate(-2, {1, 1, 1}), IsOkAndHolds(ElementsAre(-1, -1, 0)));
}

TEST(Allocate, WeightOfZeroThenNothingForIt) {
  EXPECT_THAT(Allocate(100, {0, 3, 0, 3, 3}), IsOkAndHolds(ElementsAre(0, 34, 0, 33, 33)));
}

TEST(Allocate, LineReturnedOnTheSameDocumentThenItsShareIsNegative) {
  EXPECT_THAT(Allocate(8'25, {150'00, -50'00}), IsOkAndHolds(ElementsAre(12'38, -4'13)));
  EXPECT_THAT(Allocate(-8'25, {-150'00, 50'00}), IsOkAndHolds(ElementsAre(-12'38, 4'13)));
}

TEST(Allocate, WeightsSumToZeroThenOnlyZeroCanBeSplit) {
  EXPECT_THAT(Allocate(0, {}), IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(Allocate(0, {0, 5, -5}), IsOkAndHolds(ElementsAre(0, 0, 0)));
  EXPECT_THAT(Allocate(1, {}).status(), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(Allocate(1, {0, 0}).status(),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("2 weights that sum to 0")));
}

TEST(Allocate, EndsOfTheRangeThenExactOrOutOfRange) {
  EXPECT_THAT(Allocate(kMax, {kMax, kMax}), IsOkAndHolds(ElementsAre(kMax / 2 + 1, kMax / 2)));
  EXPECT_THAT(Allocate(kMin, {kMin}), IsOkAndHolds(ElementsAre(kMin)));
  EXPECT_THAT(Allocate(kMax, {2, -1}).status(), StatusIs(absl::StatusCode::kOutOfRange));
}

Int128 SumOf(const std::vector<int64_t>& values) {
  return std::accumulate(values.begin(), values.end(), Int128{0});
}

RC_GTEST_PROP(AllocateProperty, AnyWeightsThenConservedCloseAndSymmetric, ()) {
  const int64_t total = *AnyInt64();
  const auto weights = *rc::gen::nonEmpty(rc::gen::container<std::vector<int64_t>>(
      rc::gen::map(AnyInt64(), [](int64_t value) { return value < 0 ? -(value + 1) : value; })));
  const Int128 sum = SumOf(weights);
  RC_PRE(sum != 0);
  const auto parts = Allocate(total, weights);
  RC_ASSERT(parts.ok());
  RC_ASSERT(parts->size() == weights.size());
  RC_ASSERT((SumOf(*parts) == total));
  for (size_t i = 0; i < weights.size(); ++i) {
    // |part - total * weight / sum| < 1, without leaving 128 bits.
    const Int128 exact = Int128{total} * weights[i];
    const Int128 low = exact / sum - (exact % sum < 0 ? 1 : 0);
    const bool whole = exact % sum == 0;
    RC_ASSERT(((*parts)[i] == low || (!whole && (*parts)[i] == low + 1)));
  }
  if (total != kMin) {
    std::vector<int64_t> negated = *parts;
    for (int64_t& part : negated) part = -part;
    RC_ASSERT(*Allocate(-total, weights) == negated);
  }
}

RC_GTEST_PROP(AllocateProperty, WeightsOfBothSignsThenConservedOrRefused, ()) {
  const int64_t total = *AnyInt64();
  const auto weights = *rc::gen::container<std::vector<int64_t>>(AnyInt64());
  const auto parts = Allocate(total, weights);
  if (parts.ok()) {
    RC_ASSERT((SumOf(*parts) == total));
  } else if (SumOf(weights) == 0) {
    RC_ASSERT(parts.status().code() == absl::StatusCode::kInvalidArgument);
  } else {
    RC_ASSERT(parts.status().code() == absl::StatusCode::kOutOfRange);
  }
}

RC_GTEST_PROP(AllocateProperty, LeftOverUnitsThenAtTheLargestRemaindersAndLowestIndices, ()) {
  const auto total = *rc::gen::inRange<int64_t>(0, 100'000);
  const auto weights = *rc::gen::nonEmpty(
      rc::gen::container<std::vector<int64_t>>(rc::gen::inRange<int64_t>(1, 50)));
  const auto sum = static_cast<int64_t>(SumOf(weights));
  const auto parts = Allocate(total, weights);
  RC_ASSERT(parts.ok());
  const auto remainder = [&](size_t i) { return total * weights[i] % sum; };
  const auto got_one = [&](size_t i) { return (*parts)[i] > total * weights[i] / sum; };
  for (size_t i = 0; i < weights.size(); ++i) {
    for (size_t j = 0; j < weights.size(); ++j) {
      const bool before = remainder(i) > remainder(j) || (remainder(i) == remainder(j) && i < j);
      if (before) RC_ASSERT(got_one(i) || !got_one(j));
    }
  }
}

// Handbook 5.7.
TEST(SplitEqually, ThousandInThreeInstalmentsThenTheFirstIsLarger) {
  EXPECT_THAT(SplitEqually(1000'00, 3), IsOkAndHolds(ElementsAre(333'34, 333'33, 333'33)));
}

TEST(SplitEqually, CountOutsideTheLimitsThenInvalidArgument) {
  for (int64_t parts : {int64_t{0}, int64_t{-1}, kMaxEqualParts + 1, kMin, kMax}) {
    EXPECT_THAT(SplitEqually(1, parts).status(), StatusIs(absl::StatusCode::kInvalidArgument));
  }
  ASSERT_OK_AND_ASSIGN(const std::vector<int64_t> most, SplitEqually(1, kMaxEqualParts));
  EXPECT_EQ(most.front(), 1);
  EXPECT_EQ(most.back(), 0);
}

// Handbook 4.6 and 3.6: the rotor line of T1, two units, tax 18.81 and net 228.05.
TEST(CumulativeShare, RotorsReturnedOneByOneThenHandbookRefunds) {
  ASSERT_OK_AND_ASSIGN(const int64_t first_tax, CumulativeShare(18'81, 2, 1));
  ASSERT_OK_AND_ASSIGN(const int64_t all_tax, CumulativeShare(18'81, 2, 2));
  EXPECT_EQ(first_tax, 9'41);
  EXPECT_EQ(all_tax - first_tax, 9'40);
  ASSERT_OK_AND_ASSIGN(const int64_t first_net, CumulativeShare(228'05, 2, 1));
  ASSERT_OK_AND_ASSIGN(const int64_t all_net, CumulativeShare(228'05, 2, 2));
  EXPECT_EQ(first_net, 114'03);
  EXPECT_EQ(all_net - first_net, 114'02);
}

TEST(CumulativeShare, UnitsThatCannotBeThenInvalidArgument) {
  EXPECT_THAT(CumulativeShare(1, 0, 0).status(), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(CumulativeShare(1, 2, 3).status(), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(CumulativeShare(1, 2, -1).status(), StatusIs(absl::StatusCode::kInvalidArgument));
}

RC_GTEST_PROP(CumulativeShareProperty, ReturnedOneByOneThenSumsToTheWholeInEvenSteps, ()) {
  const int64_t amount = *AnyInt64();
  const auto n = *rc::gen::inRange<int64_t>(1, 200);
  Int128 refunded = 0;
  for (int64_t k = 1; k <= n; ++k) {
    const Int128 refund = *CumulativeShare(amount, n, k) - refunded;
    const Int128 even = Int128{amount} / n;
    RC_ASSERT((refund >= even - 1 && refund <= even + 1));
    refunded += refund;
  }
  RC_ASSERT((refunded == amount));
  RC_ASSERT(*CumulativeShare(amount, n, 0) == 0);
}

}  // namespace
}  // namespace pitlane
