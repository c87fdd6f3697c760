#include "libs/money/money.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <limits>
#include <vector>

#include "libs/base/status_matchers.h"
#include "libs/money/rounding.h"
#include "libs/money/test_numbers.h"

namespace pitlane {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
constexpr int64_t kMax = std::numeric_limits<int64_t>::max();

const Currency kUsd = Currency::Known("USD");
const Currency kEur = Currency::Known("EUR");

Money Usd(int64_t minor) { return {minor, kUsd}; }
Money Eur(int64_t minor) { return {minor, kEur}; }

TEST(Money, AddedSubtractedAndNegatedThenExact) {
  EXPECT_THAT(Add(Usd(970'95), Usd(200'00)), IsOkAndHolds(Usd(1170'95)));
  EXPECT_THAT(Sub(Usd(200'00), Usd(1170'95)), IsOkAndHolds(Usd(-970'95)));
  EXPECT_THAT(Negate(Usd(5)), IsOkAndHolds(Usd(-5)));
}

TEST(Money, CurrenciesDifferThenInvalidArgumentNamingBoth) {
  const auto names_both =
      StatusIs(absl::StatusCode::kInvalidArgument, AllOf(HasSubstr("USD"), HasSubstr("EUR")));
  EXPECT_THAT(Add(Usd(1), Eur(1)).status(), names_both);
  EXPECT_THAT(Sub(Usd(1), Eur(1)).status(), names_both);
  EXPECT_THAT(Sum({Usd(1), Eur(1)}, kUsd).status(), names_both);
  EXPECT_THAT(Add(Usd(1), Money()).status(), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(Money, BeyondTheRangeThenOutOfRange) {
  EXPECT_THAT(Add(Usd(kMax), Usd(1)).status(), StatusIs(absl::StatusCode::kOutOfRange));
  EXPECT_THAT(Sub(Usd(kMin), Usd(1)).status(), StatusIs(absl::StatusCode::kOutOfRange));
  EXPECT_THAT(Negate(Usd(kMin)).status(), StatusIs(absl::StatusCode::kOutOfRange));
  EXPECT_THAT(Sum({Usd(kMax), Usd(1)}, kUsd).status(), StatusIs(absl::StatusCode::kOutOfRange));
}

TEST(Sum, AmountsThenTheirSumWhateverTheOrder) {
  EXPECT_THAT(Sum({}, kUsd), IsOkAndHolds(Usd(0)));
  EXPECT_THAT(Sum({Usd(kMax), Usd(1), Usd(-2)}, kUsd), IsOkAndHolds(Usd(kMax - 1)));
}

TEST(Money, ComparedThenByAmountWithinOneCurrencyOnly) {
  EXPECT_LT(Usd(1), Usd(2));
  EXPECT_GE(Usd(2), Usd(2));
  EXPECT_EQ(Usd(2), Usd(2));
  EXPECT_NE(Usd(2), Eur(2));
  EXPECT_FALSE(Usd(1) < Eur(2));
  EXPECT_FALSE(Usd(1) >= Eur(2));
}

TEST(ToString, AmountThenDecimalsAndCode) {
  EXPECT_EQ(ToString(Usd(-1234)), "-12.34 USD");
  EXPECT_EQ(ToString({1234, Currency::Known("JPY")}), "1234 JPY");
}

RC_GTEST_PROP(MoneyProperty, AnyAmountsThenExactOrRefused, ()) {
  const int64_t a = *AnyInt64();
  const int64_t b = *AnyInt64();
  const auto exact_or_refused = [](const absl::StatusOr<Money>& result, Int128 exact) {
    const bool fits = exact >= kMin && exact <= kMax;
    if (!fits) return result.status().code() == absl::StatusCode::kOutOfRange;
    return result.ok() && result->minor == exact && result->currency == kUsd;
  };
  RC_ASSERT(exact_or_refused(Add(Usd(a), Usd(b)), Int128{a} + b));
  RC_ASSERT(exact_or_refused(Sub(Usd(a), Usd(b)), Int128{a} - b));
  RC_ASSERT(exact_or_refused(Negate(Usd(a)), -Int128{a}));
  RC_ASSERT(exact_or_refused(Sum({Usd(a), Usd(b), Usd(a)}, kUsd), 2 * Int128{a} + b));
}

}  // namespace
}  // namespace pitlane
