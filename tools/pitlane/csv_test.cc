#include "tools/pitlane/csv.h"

#include <sstream>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/status_matchers.h"

namespace pitlane::tools {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(CsvReader, QuotesCommasAndLineBreaksThenFieldsAreWhole) {
  std::istringstream input("a,b\n\"x, y\",\"say \"\"hi\"\"\nthere\"\n\n1,2\r\n");
  ASSERT_OK_AND_ASSIGN(CsvReader reader, CsvReader::Open(input, {"a"}));
  ASSERT_OK_AND_ASSIGN(const auto first, reader.Next());
  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(first->Get("a"), "x, y");
  EXPECT_EQ(first->Get("b"), "say \"hi\"\nthere");
  EXPECT_EQ(first->line(), 2);
  ASSERT_OK_AND_ASSIGN(const auto second, reader.Next());
  ASSERT_TRUE(second.has_value());
  EXPECT_THAT(second->fields(), ElementsAre("1", "2"));
  EXPECT_EQ(second->line(), 5);
  ASSERT_OK_AND_ASSIGN(const auto end, reader.Next());
  EXPECT_FALSE(end.has_value());
}

TEST(CsvReader, ByteOrderMarkThenFirstColumnIsStillKnown) {
  std::istringstream input("\xEF\xBB\xBFnumber,brand\nA,B");
  ASSERT_OK_AND_ASSIGN(CsvReader reader, CsvReader::Open(input, {"number"}));
  ASSERT_OK_AND_ASSIGN(const auto row, reader.Next());
  ASSERT_TRUE(row.has_value());
  EXPECT_EQ(row->Get("number"), "A");
  EXPECT_EQ(row->Get("no such column"), "");
}

TEST(CsvReader, MissingOrDoubledColumnThenRefusedByName) {
  std::istringstream missing("a,b\n");
  EXPECT_THAT(CsvReader::Open(missing, {"number"}).status(),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("'number' is missing")));
  std::istringstream doubled("a,a\n");
  EXPECT_THAT(CsvReader::Open(doubled, {}).status(),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("'a' is there twice")));
  std::istringstream empty("");
  EXPECT_THAT(CsvReader::Open(empty, {}).status(),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("empty")));
}

TEST(CsvReader, WrongNumberOfFieldsThenLineIsNamedAndReadingGoesOn) {
  std::istringstream input("a,b\n1\n2,3\n");
  ASSERT_OK_AND_ASSIGN(CsvReader reader, CsvReader::Open(input, {}));
  EXPECT_THAT(reader.Next().status(),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("line 2: 1 fields")));
  ASSERT_OK_AND_ASSIGN(const auto row, reader.Next());
  ASSERT_TRUE(row.has_value());
  EXPECT_THAT(row->fields(), ElementsAre("2", "3"));
}

TEST(CsvReader, OpenQuoteThenRefusedWithItsLine) {
  std::istringstream input("a\n\"never closed\n");
  ASSERT_OK_AND_ASSIGN(CsvReader reader, CsvReader::Open(input, {}));
  EXPECT_THAT(reader.Next().status(),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("line 2: a quote")));
}

}  // namespace
}  // namespace pitlane::tools
