#include "libs/money/quantity.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <limits>
#include <vector>

#include "libs/base/status_matchers.h"
#include "libs/money/test_numbers.h"

namespace pitlane {
namespace {

constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
constexpr absl::StatusCode kInvalid = absl::StatusCode::kInvalidArgument;
constexpr absl::StatusCode kOutOfRange = absl::StatusCode::kOutOfRange;

const Currency kUsd = Currency::Known("USD");
const Currency kJpy = Currency::Known("JPY");
const Currency kKwd = Currency::Known("KWD");
const Currency kClf = Currency::Known("CLF");

// Handbook 3.6.
TEST(Extend, LinesOfT1ThenHandbookGross) {
  EXPECT_THAT(Extend(LabourHours{1'80}, 145'00), IsOkAndHolds(261'00));
  EXPECT_THAT(Extend(LabourHours{1'40}, 145'00), IsOkAndHolds(203'00));
  EXPECT_THAT(Extend(Quantity{2'000}, 116'24), IsOkAndHolds(232'48));
}

TEST(Extend, HalfACentThenAwayFromZeroOrAsToldAndSymmetric) {
  EXPECT_THAT(Extend(Quantity{500}, 15), IsOkAndHolds(8));
  EXPECT_THAT(Extend(Quantity{-500}, 15), IsOkAndHolds(-8));
  EXPECT_THAT(Extend(Quantity{500}, 15, Rounding::kDown), IsOkAndHolds(7));
  EXPECT_THAT(Extend(LabourHours{-50}, 15), IsOkAndHolds(-8));
  EXPECT_THAT(Extend(Quantity{kMax}, 1001).status(), StatusIs(kOutOfRange));
}

// Handbook 3.6: 10 % off the labour line, 6 % supplies, tax by authority on 680.73.
TEST(ApplyPpm, PercentagesOfT1ThenHandbookAmounts) {
  EXPECT_THAT(ApplyPpm(261'00, Ppm{100'000}), IsOkAndHolds(26'10));
  EXPECT_THAT(ApplyPpm(1030'29, Ppm{60'000}), IsOkAndHolds(61'82));
  EXPECT_THAT(ApplyPpm(680'73, Ppm{82'500}), IsOkAndHolds(56'16));
  EXPECT_THAT(ApplyPpm(680'73, Ppm{62'500}), IsOkAndHolds(42'55));
  EXPECT_THAT(ApplyPpm(680'73, Ppm{20'000}), IsOkAndHolds(13'61));
}

// Handbook 4.3: the same lines at 21 % are 1.96 rounded per line and 1.97 rounded per document.
TEST(ApplyPpm, LineAndDocumentModeThenHandbookTaxes) {
  constexpr Ppm kRate{210'000};
  int64_t by_line = 0;
  int64_t base = 0;
  for (const int64_t line : {1'48 * 4, 1'52, 1'54, 39}) {
    by_line += *ApplyPpm(line, kRate);
    base += line;
  }
  EXPECT_EQ(base, 9'37);
  EXPECT_EQ(by_line, 1'96);
  EXPECT_THAT(ApplyPpm(base, kRate), IsOkAndHolds(1'97));
}

// Handbook 5.7: first month's interest on 1 200.00 at 9.99 % a year.
TEST(ApplyPpm, TwelfthOfAYearlyRateThenHandbookInterest) {
  EXPECT_THAT(MultiplyRounded(1200'00, Ppm{99'900}.value, 12 * kPpmOne), IsOkAndHolds(9'99));
}

// Handbook 4.4.
TEST(TaxInInclusive, HandbookPricesThenHandbookTaxes) {
  EXPECT_THAT(TaxInInclusive(125'00, Ppm{250'000}), IsOkAndHolds(25'00));
  EXPECT_THAT(TaxInInclusive(99'99, Ppm{200'000}), IsOkAndHolds(16'67));
  EXPECT_THAT(TaxInInclusive(28'90, Ppm{220'000}), IsOkAndHolds(5'21));
  EXPECT_THAT(TaxInInclusive(-28'90, Ppm{220'000}), IsOkAndHolds(-5'21));
  EXPECT_THAT(TaxInInclusive(28'90, Ppm{0}), IsOkAndHolds(0));
  EXPECT_THAT(TaxInInclusive(28'90, Ppm{-1}).status(), StatusIs(kInvalid));
}

RC_GTEST_PROP(TaxInInclusiveProperty, AnyGrossThenTaxOnTheNetIsWithinOneUnit, ()) {
  const auto gross = *rc::gen::inRange<int64_t>(-1'000'000'000, 1'000'000'000);
  const Ppm rate{*rc::gen::inRange<int64_t>(0, 500'000)};
  const int64_t tax = *TaxInInclusive(gross, rate);
  const int64_t forward = *ApplyPpm(gross - tax, rate);
  RC_ASSERT(forward - tax >= -1);
  RC_ASSERT(forward - tax <= 1);
}

TEST(TaxInInclusive, LargestAmountAndRateThenStillExact) {
  EXPECT_THAT(TaxInInclusive(kMax, Ppm{kMax}), IsOkAndHolds(kMax - 1'000'000));
}

TEST(ToMinor, EveryExponentThenRoundedToItsMinorUnit) {
  const UnitCost cost{12'3456};  // 12.3456 of the major unit
  EXPECT_THAT(ToMinor(cost, kUsd), IsOkAndHolds(12'35));
  EXPECT_THAT(ToMinor(cost, kJpy), IsOkAndHolds(12));
  EXPECT_THAT(ToMinor(cost, kKwd), IsOkAndHolds(12'346));
  EXPECT_THAT(ToMinor(cost, kClf), IsOkAndHolds(12'3456));
  EXPECT_THAT(ToMinor(UnitCost{-50}, kUsd), IsOkAndHolds(-1));
}

TEST(ToUnitCost, AmountThenExactOrOutOfRange) {
  EXPECT_THAT(ToUnitCost(42'30, kUsd), IsOkAndHolds(UnitCost{42'3000}));
  EXPECT_THAT(ToUnitCost(42, kJpy), IsOkAndHolds(UnitCost{42'0000}));
  EXPECT_THAT(ToUnitCost(kMax / 100, kUsd), IsOk());
  EXPECT_THAT(ToUnitCost(kMax / 100 + 1, kUsd).status(), StatusIs(kOutOfRange));
}

TEST(ExtendCost, QuartsFromADrumThenRoundedOnceWhenPosted) {
  const UnitRatio drum_to_quart{220, 1};
  ASSERT_OK_AND_ASSIGN(const UnitCost quart, Convert(UnitCost{549'9900}, drum_to_quart));
  EXPECT_EQ(quart, UnitCost{2'5000});
  EXPECT_THAT(ExtendCost(Quantity{4'500}, UnitCost{2'4995}, kUsd), IsOkAndHolds(11'25));
  EXPECT_THAT(ExtendCost(Quantity{4'500}, UnitCost{2'4995}, kJpy), IsOkAndHolds(11));
  EXPECT_THAT(ExtendCost(Quantity{4'500}, UnitCost{2'4995}, kKwd), IsOkAndHolds(11'248));
}

TEST(Convert, BetweenUnitsOfMeasureThenThereAndBack) {
  ASSERT_OK_AND_ASSIGN(const Quantity quarts, Convert(Quantity{1'500}, {220, 1}));
  EXPECT_EQ(quarts, Quantity{330'000});
  EXPECT_THAT(Convert(quarts, {1, 220}), IsOkAndHolds(Quantity{1'500}));
  for (const UnitRatio bad :
       {UnitRatio{0, 1}, UnitRatio{1, 0}, UnitRatio{-1, 1}, UnitRatio{1, -1}}) {
    EXPECT_THAT(Convert(quarts, bad).status(), StatusIs(kInvalid));
    EXPECT_THAT(Convert(UnitCost{1}, bad).status(), StatusIs(kInvalid));
  }
  EXPECT_THAT(Convert(Quantity{kMax}, {2, 1}).status(), StatusIs(kOutOfRange));
}

TEST(WholeUnits, CountThenWholeQuantity) {
  EXPECT_THAT(WholeUnits(3), IsOkAndHolds(Quantity{3'000}));
  EXPECT_TRUE(Quantity{3'000}.IsWhole());
  EXPECT_TRUE(Quantity{-3'000}.IsWhole());
  EXPECT_FALSE(Quantity{3'001}.IsWhole());
  EXPECT_THAT(WholeUnits(kMax).status(), StatusIs(kOutOfRange));
}

// Handbook 3.1: clocked hours go up to 0.1 h.
TEST(BillableHours, ClockedTimeThenUpToTheStep) {
  constexpr LabourHours kTenth{10};
  EXPECT_THAT(BillableHours(0, kTenth), IsOkAndHolds(LabourHours{0}));
  EXPECT_THAT(BillableHours(1, kTenth), IsOkAndHolds(LabourHours{10}));
  EXPECT_THAT(BillableHours(360, kTenth), IsOkAndHolds(LabourHours{10}));
  EXPECT_THAT(BillableHours(361, kTenth), IsOkAndHolds(LabourHours{20}));
  EXPECT_THAT(BillableHours(3601, LabourHours{25}), IsOkAndHolds(LabourHours{125}));
  EXPECT_THAT(BillableHours(-1, kTenth).status(), StatusIs(kInvalid));
  EXPECT_THAT(BillableHours(1, LabourHours{0}).status(), StatusIs(kInvalid));
  EXPECT_THAT(BillableHours(kMax, kTenth).status(), StatusIs(kOutOfRange));
  EXPECT_THAT(BillableHours(1, LabourHours{std::numeric_limits<int32_t>::max()}), IsOk());
}

// Handbook 3.2 and 3.6: the matrix on the parts of T1, and the band inversion it warns of.
TEST(PriceByMultiplier, PartsMatrixThenHandbookPrices) {
  EXPECT_THAT(PriceByMultiplier(UnitCost{42'3000}, Ppm{2'000'000}, kUsd), IsOkAndHolds(84'60));
  EXPECT_THAT(PriceByMultiplier(UnitCost{58'1200}, Ppm{2'000'000}, kUsd), IsOkAndHolds(116'24));
  EXPECT_THAT(PriceByMultiplier(UnitCost{168'7500}, Ppm{1'750'000}, kUsd), IsOkAndHolds(295'31));
  EXPECT_THAT(PriceByMultiplier(UnitCost{25'0000}, Ppm{2'500'000}, kUsd), IsOkAndHolds(62'50));
  EXPECT_THAT(PriceByMultiplier(UnitCost{25'0100}, Ppm{2'000'000}, kUsd), IsOkAndHolds(50'02));
}

TEST(PriceByMargin, MarginIsNotMarkupThenHandbookPrice) {
  EXPECT_THAT(PriceByMargin(UnitCost{100'0000}, Ppm{500'000}, kUsd), IsOkAndHolds(200'00));
  EXPECT_THAT(PriceByMargin(UnitCost{100'0000}, Ppm{400'000}, kUsd), IsOkAndHolds(166'67));
  EXPECT_THAT(PriceByMargin(UnitCost{100'0000}, Ppm{0}, kJpy), IsOkAndHolds(100));
  EXPECT_THAT(PriceByMargin(UnitCost{100'0000}, Ppm{1'000'000}, kUsd).status(), StatusIs(kInvalid));
}

// One rounding per result, whatever the operands: against the same quotient in 128 bits.
RC_GTEST_PROP(QuantityProperty, AnyOperandsThenOneRoundingOrRefused, ()) {
  const int64_t a = *AnyInt64();
  const int64_t b = *AnyInt64();
  const auto same = [](const absl::StatusOr<int64_t>& x, const absl::StatusOr<int64_t>& y) {
    return x.ok() ? y.ok() && *x == *y : x.status().code() == y.status().code();
  };
  const Int128 product = Int128{a} * b;
  RC_ASSERT(same(Extend(Quantity{a}, b), DivideRounded(product, 1000)));
  RC_ASSERT(same(ApplyPpm(a, Ppm{b}), DivideRounded(product, 1'000'000)));
  RC_ASSERT(same(ExtendCost(Quantity{a}, UnitCost{b}, kUsd), DivideRounded(product, 100'000)));
  RC_ASSERT(same(PriceByMultiplier(UnitCost{a}, Ppm{b}, kJpy),
                 DivideRounded(product, Int128{10'000'000'000})));
}

}  // namespace
}  // namespace pitlane
