#include "services/inventory/domain/gtin.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

namespace pitlane::inventory {
namespace {

TEST(Gtin, HandbookNumbersAreRight) {
  EXPECT_TRUE(IsGtin("036000291452"));
  EXPECT_TRUE(IsGtin("4006381333931"));
}

TEST(Gtin, RealCasesGetTheirVerdict) {
  std::ifstream file(PITLANE_SOURCE_DIR "/tests/data/barcodes/gtin_cases.csv");
  std::string line;
  std::getline(file, line);
  ASSERT_EQ(line, "gtin,expect");
  int cases = 0;
  while (std::getline(file, line)) {
    const size_t comma = line.find(',');
    const std::string gtin = line.substr(0, comma);
    EXPECT_EQ(IsGtin(gtin), line.substr(comma + 1) == "valid") << gtin;
    ++cases;
  }
  EXPECT_EQ(cases, 20);
}

TEST(Gtin, OtherLengthsAndCharactersAreNone) {
  EXPECT_FALSE(IsGtin(""));
  EXPECT_FALSE(IsGtin("0"));
  EXPECT_FALSE(IsGtin("123456789"));        // 9 digits
  EXPECT_FALSE(IsGtin("03600029145"));      // 11 digits
  EXPECT_FALSE(IsGtin("036000291452 "));    // a blank
  EXPECT_FALSE(IsGtin("03600029145A"));     // a letter
  EXPECT_FALSE(IsGtin("000036000291452"));  // 15 digits
}

TEST(Gtin, OneWrongDigitIsAlwaysFound) {
  const std::string right = "4006381333931";
  for (size_t place = 0; place < right.size(); ++place) {
    for (char digit = '0'; digit <= '9'; ++digit) {
      std::string wrong = right;
      wrong[place] = digit;
      EXPECT_EQ(IsGtin(wrong), digit == right[place]) << wrong;
    }
  }
}

TEST(Gtin, ShorterFormsCompareAsFourteenDigits) {
  EXPECT_EQ(ToGtin14("036000291452"), "00036000291452");
  EXPECT_EQ(ToGtin14("0036000291452"), "00036000291452");
  EXPECT_EQ(ToGtin14("10012345678902"), "10012345678902");
  EXPECT_EQ(ToGtin14("1234567"), std::nullopt);
  EXPECT_EQ(ToGtin14("123456789012345"), std::nullopt);
  EXPECT_EQ(ToGtin14("12345678x"), std::nullopt);
}

}  // namespace
}  // namespace pitlane::inventory
