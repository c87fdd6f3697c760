#include "libs/money/currency.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <limits>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "libs/base/status_matchers.h"
#include "libs/money/test_data.h"
#include "libs/money/test_numbers.h"

namespace pitlane {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr absl::StatusCode kInvalid = absl::StatusCode::kInvalidArgument;
constexpr int64_t kMax = std::numeric_limits<int64_t>::max();

int64_t PowerOfTen(int exponent) { return exponent == 0 ? 1 : 10 * PowerOfTen(exponent - 1); }

// Columns: code, numeric, iso_minor_units, cldr_digits, cldr_cash_digits, cldr_rounding,
// cldr_cash_rounding, name.
TEST(Currency, PublishedTableThenCompiledTableAgrees) {
  size_t with_minor_units = 0;
  size_t without = 0;
  for (const std::vector<std::string>& row : ReadTestCsv("currencies/currencies.csv", 8)) {
    const absl::StatusOr<Currency> currency = Currency::Parse(row[0]);
    if (row[2].empty()) {
      EXPECT_THAT(currency.status(), StatusIs(kInvalid, HasSubstr(row[0] + " has no minor units")));
      ++without;
      continue;
    }
    ASSERT_THAT(currency, IsOk()) << row[0];
    EXPECT_EQ(currency->code(), row[0]);
    EXPECT_EQ(currency->number(), std::stoi(row[1])) << row[0];
    EXPECT_EQ(currency->exponent(), std::stoi(row[2])) << row[0];
    EXPECT_EQ(currency->minor_per_major(), PowerOfTen(std::stoi(row[2]))) << row[0];
    const int64_t steps = row[6] == "0" ? 1 : std::stoll(row[6]);
    EXPECT_EQ(currency->cash_increment(), steps * PowerOfTen(std::stoi(row[2]) - std::stoi(row[4])))
        << row[0];
    ++with_minor_units;
  }
  EXPECT_EQ(with_minor_units, Currency::All().size());
  EXPECT_EQ(with_minor_units, 166u);
  EXPECT_EQ(without, 13u);
}

TEST(Currency, CashStepsThatDifferThenInMinorUnits) {
  EXPECT_EQ(Currency::Known("USD").cash_increment(), 1);
  EXPECT_EQ(Currency::Known("CHF").cash_increment(), 5);
  EXPECT_EQ(Currency::Known("CAD").cash_increment(), 5);
  EXPECT_EQ(Currency::Known("DKK").cash_increment(), 50);
  EXPECT_EQ(Currency::Known("SEK").cash_increment(), 100);
  EXPECT_EQ(Currency::Known("HUF").cash_increment(), 500);
  EXPECT_EQ(Currency::Known("JPY").cash_increment(), 1);
  EXPECT_EQ(Currency::Known("IQD").cash_increment(), 1000);
}

TEST(CurrencyParse, NotACodeThenRefusedWithoutRepeatingIt) {
  for (const char* text : {"", "usd", "US", "USDX", "ZZZ", "$", "US "}) {
    EXPECT_THAT(Currency::Parse(text).status(), StatusIs(kInvalid, HasSubstr("ISO 4217"))) << text;
  }
  EXPECT_THAT(Currency::Parse("4111111111111111").status(),
              StatusIs(kInvalid, Not(HasSubstr("4111"))));
}

TEST(Currency, DefaultMadeThenNoCurrency) {
  EXPECT_TRUE(Currency().empty());
  EXPECT_EQ(Currency().code(), "");
  EXPECT_EQ(Currency().exponent(), 0);
  EXPECT_EQ(Currency().number(), 0);
  EXPECT_EQ(Currency().cash_increment(), 1);
  EXPECT_NE(Currency(), Currency::Known("USD"));
  EXPECT_FALSE(Currency::Known("USD").empty());
}

TEST(Currency, InAHashSetThenFound) {
  const absl::flat_hash_set<Currency> set = {Currency::Known("USD"), Currency::Known("EUR")};
  EXPECT_TRUE(set.contains(*Currency::Parse("EUR")));
  EXPECT_FALSE(set.contains(Currency::Known("JPY")));
}

TEST(CurrencyDeathTest, UnknownCodeInTheSourceThenEnds) {
  EXPECT_DEATH(Currency::Known("XXX"), "unknown currency XXX");
}

// Handbook 5.1.
TEST(CashRoundTo, HandbookAmountAtFiveCentsThenHandbookResult) {
  EXPECT_THAT(CashRoundTo(1245'47, 5), IsOkAndHolds(1245'45));
}

TEST(CashRoundTo, AroundTheTieThenNearestAndAwayFromZero) {
  EXPECT_THAT(CashRoundTo(24, 50), IsOkAndHolds(0));
  EXPECT_THAT(CashRoundTo(25, 50), IsOkAndHolds(50));
  EXPECT_THAT(CashRoundTo(-25, 50), IsOkAndHolds(-50));
  EXPECT_THAT(CashRoundTo(74, 50), IsOkAndHolds(50));
}

TEST(CashRoundTo, StepThatIsNotPositiveThenInvalidArgument) {
  EXPECT_THAT(CashRoundTo(1, 0).status(), StatusIs(kInvalid));
  EXPECT_THAT(CashRoundTo(1, -5).status(), StatusIs(kInvalid));
}

TEST(CashRoundTo, BeyondTheRangeThenOutOfRange) {
  EXPECT_THAT(CashRoundTo(kMax, 1000).status(), StatusIs(absl::StatusCode::kOutOfRange));
}

TEST(CashRound, CurrencyOfTheLocationThenItsStep) {
  EXPECT_THAT(CashRound(1245'47, Currency::Known("CHF")), IsOkAndHolds(1245'45));
  EXPECT_THAT(CashRound(1245'47, Currency::Known("USD")), IsOkAndHolds(1245'47));
  EXPECT_THAT(CashRound(1245'50, Currency::Known("SEK")), IsOkAndHolds(1246'00));
  EXPECT_THAT(CashRound(1242'50, Currency::Known("HUF")), IsOkAndHolds(1245'00));
}

RC_GTEST_PROP(CashRoundProperty, AnyAmountThenAMultipleOfTheStepAtMostHalfAStepAway, ()) {
  const int64_t minor = *AnyInt64();
  const auto all = Currency::All();
  const Currency currency = all[*rc::gen::inRange<size_t>(0, all.size())];
  const auto rounded = CashRound(minor, currency);
  if (!rounded.ok()) {
    RC_ASSERT(rounded.status().code() == absl::StatusCode::kOutOfRange);
    RC_ASSERT(minor > kMax - 1000 || minor < -kMax + 1000);
    return;
  }
  const int64_t step = currency.cash_increment();
  RC_ASSERT(*rounded % step == 0);
  const int64_t difference = *rounded - minor;
  RC_ASSERT(2 * difference <= step);
  RC_ASSERT(2 * difference >= -step);
}

}  // namespace
}  // namespace pitlane
