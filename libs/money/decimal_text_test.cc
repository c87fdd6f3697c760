#include "libs/money/decimal_text.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "libs/base/status_matchers.h"
#include "libs/money/test_data.h"
#include "libs/money/test_numbers.h"

namespace pitlane {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using Json = nlohmann::json;

constexpr absl::StatusCode kInvalid = absl::StatusCode::kInvalidArgument;
constexpr absl::StatusCode kOutOfRange = absl::StatusCode::kOutOfRange;
constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
constexpr int64_t kMax = std::numeric_limits<int64_t>::max();

const Currency kUsd = Currency::Known("USD");
const Currency kJpy = Currency::Known("JPY");
const Currency kKwd = Currency::Known("KWD");

TEST(ParseAmount, PlainAmountsThenMinorUnits) {
  EXPECT_THAT(ParseAmount("12.34", kUsd), IsOkAndHolds(12'34));
  EXPECT_THAT(ParseAmount("-12.34", kUsd), IsOkAndHolds(-12'34));
  EXPECT_THAT(ParseAmount("12", kUsd), IsOkAndHolds(12'00));
  EXPECT_THAT(ParseAmount("0.05", kUsd), IsOkAndHolds(5));
  EXPECT_THAT(ParseAmount("-0.00", kUsd), IsOkAndHolds(0));
  EXPECT_THAT(ParseAmount("1234", kJpy), IsOkAndHolds(1234));
  EXPECT_THAT(ParseAmount("1.234", kKwd), IsOkAndHolds(1'234));
}

TEST(ParseAmount, OtherNumberOfDecimalsThenRefused) {
  EXPECT_THAT(ParseAmount("12.3", kUsd).status(),
              StatusIs(kInvalid, "amount has 1 decimals, USD has 2"));
  EXPECT_THAT(ParseAmount("12.345", kUsd).status(), StatusIs(kInvalid, HasSubstr("3 decimals")));
  EXPECT_THAT(ParseAmount("12.00", kJpy).status(), StatusIs(kInvalid, HasSubstr("JPY has 0")));
}

TEST(ParseAmount, MalformedThenSaysWhatAndWhere) {
  EXPECT_THAT(ParseAmount("", kUsd).status(), StatusIs(kInvalid, HasSubstr("ends where a digit")));
  EXPECT_THAT(ParseAmount("-", kUsd).status(), StatusIs(kInvalid, HasSubstr("ends where")));
  EXPECT_THAT(ParseAmount("1.", kUsd).status(), StatusIs(kInvalid, HasSubstr("ends where")));
  EXPECT_THAT(ParseAmount("1,234.00", kUsd).status(),
              StatusIs(kInvalid, AllOf(HasSubstr("','"), HasSubstr("index 1"))));
  EXPECT_THAT(ParseAmount("+1.00", kUsd).status(), StatusIs(kInvalid, HasSubstr("index 0")));
  EXPECT_THAT(ParseAmount("1.00 ", kUsd).status(), StatusIs(kInvalid, HasSubstr("index 4")));
  EXPECT_THAT(ParseAmount("1.0\n", kUsd).status(),
              StatusIs(kInvalid, HasSubstr("'\\n' at index 3")));
  EXPECT_THAT(ParseAmount("1e3", kUsd).status(), StatusIs(kInvalid, HasSubstr("'e' at index 1")));
  EXPECT_THAT(ParseAmount("01.00", kUsd).status(), StatusIs(kInvalid, HasSubstr("leading zero")));
}

TEST(ParseAmount, EndsOfTheRangeThenExactOrOutOfRange) {
  EXPECT_THAT(ParseAmount("92233720368547758.07", kUsd), IsOkAndHolds(kMax));
  EXPECT_THAT(ParseAmount("-92233720368547758.08", kUsd), IsOkAndHolds(kMin));
  EXPECT_THAT(ParseAmount("92233720368547758.08", kUsd).status(), StatusIs(kOutOfRange));
  EXPECT_THAT(ParseAmount("-92233720368547758.09", kUsd).status(), StatusIs(kOutOfRange));
  EXPECT_THAT(ParseAmount(std::string(400, '9'), kUsd).status(), StatusIs(kOutOfRange));
}

TEST(ParseScaled, FewerDecimalsThenFilledAndMoreThenRefused) {
  EXPECT_THAT(ParseScaled("12.3", 3), IsOkAndHolds(12'300));
  EXPECT_THAT(ParseScaled("12.345", 3), IsOkAndHolds(12'345));
  EXPECT_THAT(ParseScaled("8.25", 4), IsOkAndHolds(82'500));  // per cent to parts per million
  EXPECT_THAT(ParseScaled("12.3450", 3).status(),
              StatusIs(kInvalid, "number has 4 decimals, at most 3 fit"));
  EXPECT_THAT(ParseScaled("7", 0), IsOkAndHolds(7));
}

TEST(FormatScaled, EveryShapeThenPlainText) {
  EXPECT_EQ(FormatScaled(0, 0), "0");
  EXPECT_EQ(FormatScaled(0, 2), "0.00");
  EXPECT_EQ(FormatScaled(5, 2), "0.05");
  EXPECT_EQ(FormatScaled(-5, 2), "-0.05");
  EXPECT_EQ(FormatScaled(-1234, 3), "-1.234");
  EXPECT_EQ(FormatScaled(1234, 0), "1234");
  EXPECT_EQ(FormatScaled(kMin, 2), "-92233720368547758.08");
}

TEST(FormatAmount, EveryExponentThenItsDecimals) {
  EXPECT_EQ(FormatAmount(1234, kUsd), "12.34");
  EXPECT_EQ(FormatAmount(1234, kJpy), "1234");
  EXPECT_EQ(FormatAmount(1234, kKwd), "1.234");
}

TEST(FormatScaledDeathTest, MoreDecimalsThanFitThenEnds) {
  EXPECT_DEATH(FormatScaled(1, 19), "decimals");
  EXPECT_DEATH((void)ParseScaled("1", -1), "decimals");
}

RC_GTEST_PROP(DecimalTextProperty, AnyNumberThenRoundTrip, ()) {
  const int64_t value = *AnyInt64();
  const int decimals = *rc::gen::inRange(0, 19);
  RC_ASSERT(*ParseScaled(FormatScaled(value, decimals), decimals) == value);
  const auto all = Currency::All();
  const Currency currency = all[*rc::gen::inRange<size_t>(0, all.size())];
  RC_ASSERT(*ParseAmount(FormatAmount(value, currency), currency) == value);
}

RC_GTEST_PROP(DecimalTextProperty, AnyTextOfTheseCharactersThenOnlyTheGrammarIsAccepted, ()) {
  const auto text =
      *rc::gen::container<std::string>(rc::gen::element('0', '1', '9', '.', '-', ','));
  const auto value = ParseScaled(text, 18);
  if (!value.ok()) return;
  // The longest form is unique; what was left out is zeros, a bare point, or the sign of zero.
  std::string full = text.find('.') == std::string::npos ? text + "." : text;
  full.append(18 - (full.size() - full.find('.') - 1), '0');
  if (*value == 0 && full[0] == '-') full.erase(0, 1);
  RC_ASSERT(FormatScaled(*value, 18) == full);
}

// What a string of validator.js looks like to us: the project is stricter than that library and
// takes no symbol, no grouping, no plus sign, no number that begins with its point, no superfluous
// leading zeros, and never fewer decimals than the currency has (but none at all).
bool IsPlain(const std::string& text, std::optional<size_t> decimals) {
  if (text.find_first_not_of("-.0123456789") != std::string::npos) return false;
  const std::string number = text[0] == '-' ? text.substr(1) : text;
  const size_t point = number.find('.');
  const std::string whole = number.substr(0, point);
  if (whole.empty() || (whole.size() > 1 && whole[0] == '0')) return false;
  return point == std::string::npos || !decimals || number.size() - point - 1 == *decimals;
}

struct Counts {
  int accepted = 0;
  int stricter = 0;
  int refused = 0;
  friend bool operator==(const Counts&, const Counts&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Counts& counts) {
    return out << counts.accepted << " accepted, " << counts.stricter << " stricter, "
               << counts.refused << " refused";
  }
};

// Runs one set of published strings: what is invalid there is refused here, and what is valid there
// is accepted exactly when it is plain.
template <typename Parse>
Counts RunStrings(const Json& group, std::optional<size_t> decimals, Parse parse) {
  Counts counts;
  for (const std::string text : group.at("valid")) {
    EXPECT_EQ(parse(text).ok(), IsPlain(text, decimals)) << text;
    ++(IsPlain(text, decimals) ? counts.accepted : counts.stricter);
  }
  for (const std::string text : group.at("invalid")) {
    EXPECT_THAT(parse(text).status(), StatusIs(kInvalid)) << text;
    ++counts.refused;
  }
  return counts;
}

// The group of `check` with exactly these options.
Json GroupWith(const std::string& check, const Json& options) {
  for (const Json& group : Json::parse(ReadTestData("currencies/money_strings.json"))) {
    const Json found = group.contains("args") ? group.at("args").at(0) : Json::object();
    if (group.at("check") == check && found == options) return group;
  }
  ADD_FAILURE() << "no group of " << check << " with " << options;
  return {};
}

// Groups with another decimal separator, required symbols or decimals, or negatives in brackets ask
// for what the project does not have, and are left out.
TEST(MoneyStrings, PublishedAmountsThenSameVerdictOrStricter) {
  const auto in = [](Currency currency) {
    return [currency](const std::string& text) { return ParseAmount(text, currency); };
  };
  EXPECT_EQ(RunStrings(GroupWith("isCurrency", Json::object()), 2, in(kUsd)), (Counts{5, 12, 22}));
  EXPECT_EQ(RunStrings(GroupWith("isCurrency", {{"allow_decimal", false}}), 0, in(kJpy)),
            (Counts{5, 8, 32}));
  EXPECT_EQ(RunStrings(GroupWith("isCurrency", {{"digits_after_decimal", {1, 3}}}), 3, in(kKwd)),
            (Counts{3, 15, 22}));
  EXPECT_EQ(RunStrings(GroupWith("isDecimal", {{"decimal_digits", "2,3"}}), 3, in(kKwd)),
            (Counts{4, 6, 18}));
}

TEST(MoneyStrings, PublishedDecimalsThenSameVerdictOrStricter) {
  const auto parse = [](const std::string& text) { return ParseScaled(text, 13); };
  EXPECT_EQ(RunStrings(GroupWith("isDecimal", Json::object()), std::nullopt, parse),
            (Counts{6, 5, 19}));
  EXPECT_EQ(RunStrings(GroupWith("isDecimal", {{"locale", "en-AU"}}), std::nullopt, parse),
            (Counts{6, 5, 19}));
}

TEST(MoneyStrings, AcceptedOnesThenTheirValues) {
  EXPECT_THAT(ParseAmount("10123.45", kUsd), IsOkAndHolds(10123'45));
  EXPECT_THAT(ParseAmount("-10123", kUsd), IsOkAndHolds(-10123'00));
  EXPECT_THAT(ParseAmount("1.39", kUsd), IsOkAndHolds(1'39));
  EXPECT_THAT(ParseAmount("10123.450", kKwd), IsOkAndHolds(10123'450));
  EXPECT_THAT(ParseScaled("0.0000000000001", 13), IsOkAndHolds(1));
}

}  // namespace
}  // namespace pitlane
