#include "libs/money/rounding.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libs/base/status_matchers.h"
#include "libs/money/test_data.h"
#include "libs/money/test_numbers.h"

namespace pitlane {
namespace {

using ::testing::HasSubstr;
using enum Rounding;

constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
constexpr Int128 kMin128 = Int128{1} << 126 << 1;  // wraps to the most negative number on purpose
constexpr std::array kAllRoundings = {kHalfAwayFromZero, kHalfEven, kHalfDown, kUp, kDown,
                                      kCeiling,          kFloor};

TEST(DivideRounded, HandbookTiesThenSymmetricInSign) {
  EXPECT_THAT(DivideRounded(15, 2), IsOkAndHolds(8));
  EXPECT_THAT(DivideRounded(-15, 2), IsOkAndHolds(-8));
  EXPECT_THAT(DivideRounded(15, -2), IsOkAndHolds(-8));
  EXPECT_THAT(DivideRounded(-15, -2), IsOkAndHolds(8));
}

// Columns: kHalfAwayFromZero, kHalfEven, kHalfDown, kUp, kDown, kCeiling, kFloor.
TEST(DivideRounded, EveryModeAroundEveryKindOfRemainderThenAsNamed) {
  const std::map<int, std::array<int64_t, 7>> tenths = {
      {0, {0, 0, 0, 0, 0, 0, 0}},         {4, {0, 0, 0, 1, 0, 1, 0}},
      {5, {1, 0, 0, 1, 0, 1, 0}},         {6, {1, 1, 1, 1, 0, 1, 0}},
      {10, {1, 1, 1, 1, 1, 1, 1}},        {15, {2, 2, 1, 2, 1, 2, 1}},
      {25, {3, 2, 2, 3, 2, 3, 2}},        {-4, {0, 0, 0, -1, 0, 0, -1}},
      {-5, {-1, 0, 0, -1, 0, 0, -1}},     {-6, {-1, -1, -1, -1, 0, 0, -1}},
      {-15, {-2, -2, -1, -2, -1, -1, -2}}};
  for (const auto& [n, expected] : tenths) {
    for (size_t i = 0; i < kAllRoundings.size(); ++i) {
      EXPECT_THAT(DivideRounded(n, 10, kAllRoundings[i]), IsOkAndHolds(expected[i]))
          << n << "/10, column " << i;
    }
  }
}

TEST(DivideRounded, ByZeroThenInvalidArgument) {
  for (Rounding rounding : kAllRoundings) {
    EXPECT_THAT(DivideRounded(1, 0, rounding).status(),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("zero")));
  }
}

TEST(DivideRounded, EndsOfTheRangeThenExactOrOutOfRange) {
  EXPECT_THAT(DivideRounded(kMin, 1), IsOkAndHolds(kMin));
  EXPECT_THAT(DivideRounded(kMin, -1).status(), StatusIs(absl::StatusCode::kOutOfRange));
  EXPECT_THAT(DivideRounded(Int128{kMax} * 2 + 1, 2).status(),
              StatusIs(absl::StatusCode::kOutOfRange));
  EXPECT_THAT(DivideRounded(Int128{kMax} * 2 + 1, 2, kDown), IsOkAndHolds(kMax));
  EXPECT_THAT(DivideRounded(kMin128, kMin128), IsOkAndHolds(1));
  EXPECT_THAT(DivideRounded(kMin128, 1).status(), StatusIs(absl::StatusCode::kOutOfRange));
  EXPECT_THAT(DivideRounded(1, kMin128, kUp), IsOkAndHolds(-1));
  EXPECT_THAT(DivideRounded(kMin128 + 1, kMin128, kDown), IsOkAndHolds(0));
}

TEST(MultiplyRounded, BatteryProRataThenHandbookCredit) {
  EXPECT_THAT(MultiplyRounded(160'00, 18, 72), IsOkAndHolds(40'00));
}

TEST(MultiplyRounded, ProductBeyond64BitsThenStillExact) {
  EXPECT_THAT(MultiplyRounded(kMax, kMax, kMax), IsOkAndHolds(kMax));
  EXPECT_THAT(MultiplyRounded(kMin, kMin, kMin), IsOkAndHolds(kMin));
  EXPECT_THAT(MultiplyRounded(kMax, 2, 1).status(), StatusIs(absl::StatusCode::kOutOfRange));
  EXPECT_THAT(MultiplyRounded(1, 1, 0).status(), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(Checked, BeyondTheRangeThenOutOfRange) {
  EXPECT_THAT(CheckedAdd(kMax, 1).status(),
              StatusIs(absl::StatusCode::kOutOfRange, "sum does not fit in 64 bits"));
  EXPECT_THAT(CheckedSub(kMin, 1).status(), StatusIs(absl::StatusCode::kOutOfRange));
  EXPECT_THAT(CheckedMul(kMax, 2).status(), StatusIs(absl::StatusCode::kOutOfRange));
  EXPECT_THAT(CheckedNegate(kMin).status(), StatusIs(absl::StatusCode::kOutOfRange));
  EXPECT_THAT(CheckedNegate(kMax), IsOkAndHolds(-kMax));
}

// The value of a result, or nothing when it was refused as out of range.
std::optional<Int128> ValueOf(const absl::StatusOr<int64_t>& result) {
  if (result.ok()) return *result;
  RC_ASSERT(result.status().code() == absl::StatusCode::kOutOfRange);
  return std::nullopt;
}

std::optional<Int128> IfFits(Int128 value) {
  if (value < kMin || value > kMax) return std::nullopt;
  return value;
}

RC_GTEST_PROP(CheckedProperty, AnyOperandsThenExactOrRefused, ()) {
  const int64_t a = *AnyInt64();
  const int64_t b = *AnyInt64();
  RC_ASSERT((ValueOf(CheckedAdd(a, b)) == IfFits(Int128{a} + b)));
  RC_ASSERT((ValueOf(CheckedSub(a, b)) == IfFits(Int128{a} - b)));
  RC_ASSERT((ValueOf(CheckedMul(a, b)) == IfFits(Int128{a} * b)));
  RC_ASSERT((ValueOf(CheckedNegate(a)) == IfFits(-Int128{a})));
}

// Written from the definitions and not from the code: floor first, then a choice between the floor
// and the number above it. `d` is positive.
Int128 ReferenceQuotient(Int128 n, Int128 d, Rounding rounding) {
  Int128 floor = n / d;
  if (n % d < 0) --floor;
  const Int128 twice = 2 * (n - floor * d);  // twice the fraction above the floor, in 1/d
  if (twice == 0) return floor;
  const Int128 towards_zero = n < 0 ? floor + 1 : floor;
  const Int128 from_zero = n < 0 ? floor : floor + 1;
  const Int128 nearest = twice > d ? floor + 1 : floor;
  switch (rounding) {
    case kHalfAwayFromZero:
      return twice == d ? from_zero : nearest;
    case kHalfEven:
      return twice == d ? floor + (floor % 2 == 0 ? 0 : 1) : nearest;
    case kHalfDown:
      return twice == d ? towards_zero : nearest;
    case kUp:
      return from_zero;
    case kDown:
      return towards_zero;
    case kCeiling:
      return floor + 1;
    case kFloor:
      return floor;
  }
  return 0;
}

RC_GTEST_PROP(MultiplyRoundedProperty, AnyOperandsThenAsDefinedOrRefused, ()) {
  const int64_t a = *AnyInt64();
  const int64_t b = *AnyInt64();
  const int64_t d = *rc::gen::suchThat(AnyInt64(), [](int64_t value) { return value != 0; });
  const Int128 n = Int128{a} * b;
  for (Rounding rounding : kAllRoundings) {
    const Int128 expected =
        d < 0 ? ReferenceQuotient(-n, -Int128{d}, rounding) : ReferenceQuotient(n, d, rounding);
    RC_ASSERT((ValueOf(MultiplyRounded(a, b, d, rounding)) == IfFits(expected)));
  }
}

RC_GTEST_PROP(DivideRoundedProperty, NegatedThenNegatedResultInSymmetricModes, ()) {
  const auto n = *rc::gen::suchThat(AnyInt64(), [](int64_t value) { return value != kMin; });
  const auto d = *rc::gen::suchThat(AnyInt64(), [](int64_t v) { return v != 0 && v != kMin; });
  for (Rounding rounding : {kHalfAwayFromZero, kHalfEven, kHalfDown, kUp, kDown}) {
    RC_ASSERT(*DivideRounded(-n, d, rounding) == -*DivideRounded(n, d, rounding));
    RC_ASSERT(*DivideRounded(n, -d, rounding) == -*DivideRounded(n, d, rounding));
  }
}

// mantissa x 10^-scale
struct Decimal {
  Int128 mantissa = 0;
  int scale = 0;
};

std::optional<Int128> TimesPowerOfTen(Int128 value, int power) {
  for (; power > 0; --power) {
    if (__builtin_mul_overflow(value, Int128{10}, &value)) return std::nullopt;
  }
  return value;
}

std::optional<Decimal> ParseDecimal(std::string_view text) {
  Decimal decimal;
  const bool negative = !text.empty() && text[0] == '-';
  bool after_point = false;
  const bool has_sign = negative || (!text.empty() && text[0] == '+');
  for (char c : text.substr(has_sign ? 1 : 0)) {
    if (c == '.') {
      after_point = true;
      continue;
    }
    const auto shifted = TimesPowerOfTen(decimal.mantissa, 1);
    if (!shifted || __builtin_add_overflow(*shifted, Int128{c - '0'}, &decimal.mantissa)) {
      return std::nullopt;
    }
    decimal.scale += after_point ? 1 : 0;
  }
  if (negative) decimal.mantissa = -decimal.mantissa;
  return decimal;
}

// An exact n/d x 10^-scale.
struct Fraction {
  Int128 n = 0;
  Int128 d = 1;
  int scale = 0;
};

std::optional<Fraction> Exactly(const std::string& operation, const Decimal& a, const Decimal& b) {
  if (operation == "multiply") {
    Int128 product = 0;
    if (__builtin_mul_overflow(a.mantissa, b.mantissa, &product)) return std::nullopt;
    return Fraction{.n = product, .scale = a.scale + b.scale};
  }
  if (operation == "divide") {
    return Fraction{.n = a.mantissa, .d = b.mantissa, .scale = a.scale - b.scale};
  }
  if (operation == "add" || operation == "subtract") {
    const int scale = std::max(a.scale, b.scale);
    const auto left = TimesPowerOfTen(a.mantissa, scale - a.scale);
    const auto right = TimesPowerOfTen(b.mantissa, scale - b.scale);
    Int128 sum = 0;
    if (!left || !right ||
        __builtin_add_overflow(*left, operation == "add" ? *right : -*right, &sum)) {
      return std::nullopt;
    }
    return Fraction{.n = sum, .scale = scale};
  }
  // quantize, rescale and tointegral only choose another scale.
  return Fraction{.n = a.mantissa, .scale = a.scale};
}

// The fraction as a quotient whose value is in units of 10^-scale.
std::optional<Fraction> AtScale(Fraction fraction, int scale) {
  const auto n = TimesPowerOfTen(fraction.n, scale - fraction.scale);
  const auto d = TimesPowerOfTen(fraction.d, fraction.scale - scale);
  if (!n || !d) return std::nullopt;
  return Fraction{.n = *n, .d = *d, .scale = scale};
}

Rounding RoundingNamed(const std::string& name) {
  const std::map<std::string, Rounding> names = {{"half_up", kHalfAwayFromZero},
                                                 {"half_even", kHalfEven},
                                                 {"half_down", kHalfDown},
                                                 {"up", kUp},
                                                 {"down", kDown},
                                                 {"ceiling", kCeiling},
                                                 {"floor", kFloor}};
  return names.at(name);
}

void ExpectResult(const absl::StatusOr<int64_t>& actual, Int128 expected, const std::string& id) {
  if (const auto fits = IfFits(expected)) {
    EXPECT_THAT(actual, IsOkAndHolds(static_cast<int64_t>(*fits))) << id;
  } else {
    EXPECT_THAT(actual.status(), StatusIs(absl::StatusCode::kOutOfRange)) << id;
  }
}

// Integers know no sign of zero, so -0 and 0 are one here. Cases whose operands do not fit in 128
// bits are outside what the library promises; how many of each operation did run is asserted.
TEST(GeneralDecimalArithmetic, EveryCaseThatFitsIn128BitsThenPublishedResult) {
  std::map<std::string, int> ran;
  std::map<std::string, int> ran_by_rounding;
  int ran_as_multiply_rounded = 0;
  for (const std::vector<std::string>& row : ReadTestCsv("decimal/decimal_cases.csv", 7)) {
    const std::string& id = row[0];
    const std::string& operation = row[1];
    const Rounding rounding = RoundingNamed(row[4]);
    const auto a = ParseDecimal(row[2]);
    const auto b = ParseDecimal(row[3]);
    const auto expected = ParseDecimal(row[6]);
    if (!a || !b || !expected) continue;
    const auto exact = Exactly(operation, *a, *b);
    const auto quotient = exact ? AtScale(*exact, expected->scale) : std::nullopt;
    if (!quotient) continue;

    ExpectResult(DivideRounded(quotient->n, quotient->d, rounding), expected->mantissa, id);
    ++ran[operation];
    ++ran_by_rounding[row[4]];
    if (operation == "multiply" && quotient->d != 1 && IfFits(a->mantissa) && IfFits(b->mantissa) &&
        IfFits(quotient->d)) {
      ExpectResult(
          MultiplyRounded(static_cast<int64_t>(a->mantissa), static_cast<int64_t>(b->mantissa),
                          static_cast<int64_t>(quotient->d), rounding),
          expected->mantissa, id);
      ++ran_as_multiply_rounded;
    }
  }
  // All 1,759 but 33 products and quotients of more than 38 digits.
  EXPECT_EQ(ran, (std::map<std::string, int>{{"add", 811},
                                             {"divide", 220},
                                             {"multiply", 173},
                                             {"quantize", 41},
                                             {"rescale", 144},
                                             {"subtract", 259},
                                             {"tointegral", 78}}));
  EXPECT_EQ(ran_by_rounding, (std::map<std::string, int>{{"ceiling", 85},
                                                         {"down", 146},
                                                         {"floor", 86},
                                                         {"half_down", 80},
                                                         {"half_even", 338},
                                                         {"half_up", 899},
                                                         {"up", 92}}));
  EXPECT_EQ(ran_as_multiply_rounded, 69);
}

}  // namespace
}  // namespace pitlane
