#include "services/customer_vehicle/domain/vin_decoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/base/text.h"
#include "services/customer_vehicle/domain/testing_csv.h"
#include "services/customer_vehicle/domain/vpic_tables.h"

namespace pitlane::customer_vehicle {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(ModelYearOf, PositionSevenThenTellsTheThirtyYearsApart) {
  EXPECT_EQ(ModelYearOf("1HGCM82633A004352"), 2003);
  EXPECT_EQ(ModelYearOf("1FTFW5L86RFB45612"), 2024);
  EXPECT_EQ(ModelYearOf("1M8GDM9AXKP042788"), 1989) << "digit at position 7";
  EXPECT_EQ(ModelYearOf("JM3KE4BY1Z0636881"), 0) << "Z is no year";
}

// Sets count as one position: counting what stands inside the brackets makes an F-550 of it.
TEST(DecodeVin, SetsOfCharactersThenCountAsOnePosition) {
  const DecodedVin decoded = DecodeVin("1FTFW5L86RFB45612");
  EXPECT_EQ(decoded.year, 2024);
  EXPECT_EQ(decoded.make, "Ford");
  EXPECT_EQ(decoded.model, "F-150");
  EXPECT_THAT(decoded.warnings, IsEmpty());
}

TEST(DecodeVin, UnknownManufacturerThenOnlyAWarning) {
  const DecodedVin decoded = DecodeVin("11111111111111111");
  EXPECT_EQ(decoded.make, "");
  EXPECT_EQ(decoded.model, "");
  EXPECT_THAT(decoded.warnings, ElementsAre(HasSubstr("111 is not in the tables")));
}

TEST(DecodeVin, SmallManufacturerThenSixCharactersTellIt) {
  // 1A9 is shared by some four hundred makers.
  EXPECT_EQ(DecodeVin("1A9AA1A13KA398001").make, "AMERITECH CORPORATION");
  const DecodedVin trailer = DecodeVin("1A9AA1A13KA013001");
  EXPECT_EQ(trailer.make, "American Skier");
  EXPECT_THAT(trailer.warnings, ElementsAre(HasSubstr("thirty years")));
}

TEST(DecodeVin, CollectionThenMakeAndYearAlwaysAndModelMostly) {
  size_t years = 0;
  size_t makes = 0;
  size_t models = 0;
  size_t wrong_models = 0;
  const auto rows = ReadVins("vins_expected.csv");
  for (const auto& row : rows) {
    const DecodedVin decoded = DecodeVin(row.at("vin"));
    years += std::to_string(decoded.year) == row.at("year");
    const bool make = StripToAlnumUpper(decoded.make) == StripToAlnumUpper(row.at("make"));
    makes += make;
    EXPECT_TRUE(make) << row.at("vin") << ": " << decoded.make << ", not " << row.at("make");
    // The collection's real cars are often named with their trim behind the model.
    const std::string model = StripToAlnumUpper(decoded.model);
    const bool right = !model.empty() && StripToAlnumUpper(row.at("model")).starts_with(model);
    models += right;
    wrong_models += !model.empty() && !right;
  }
  EXPECT_EQ(rows.size(), 2456u);
  EXPECT_EQ(years, 2456u);
  EXPECT_EQ(makes, 2456u);
  // The others are models without a schema in the snapshot, and seven named more exactly.
  EXPECT_GE(models, 2251u);
  EXPECT_LE(wrong_models, 7u);
}

TEST(VpicTables, EachTableThenSortedLines) {
  for (const std::string_view table : {VpicManufacturers(), VpicSchemas(), VpicModels()}) {
    ASSERT_FALSE(table.empty());
    EXPECT_EQ(table.back(), '\n');
    std::string_view before;
    size_t lines = 0;
    for (size_t at = 0; at < table.size(); ++lines) {
      const size_t end = table.find('\n', at);
      const std::string_view key = table.substr(at, table.find('\t', at) - at);
      ASSERT_LT(before, key);
      before = key;
      at = end + 1;
    }
    EXPECT_GT(lines, 1000u);
  }
}

}  // namespace
}  // namespace pitlane::customer_vehicle
