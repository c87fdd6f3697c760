#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <sstream>

#include "libs/base/status_matchers.h"
#include "tools/pitlane/replay.h"

namespace pitlane::tools {
namespace {

using ::testing::HasSubstr;

TEST(ReadDemand, MonthsAndNaNThenOnlyRecordedUnitsCount) {
  std::istringstream input("index,part,1998-01,1998-02\n1,A,3,NaN\n2,B,0,2\n");
  ASSERT_OK_AND_ASSIGN(const Demand demand, ReadDemand(input, 0));
  ASSERT_EQ(demand.months.size(), 2u);
  EXPECT_EQ(demand.units, 5);
  ASSERT_EQ(demand.months[0].size(), 1u);
  EXPECT_EQ(demand.months[0][0].units, 3);
  ASSERT_EQ(demand.months[1].size(), 1u);
  EXPECT_EQ(demand.parts[demand.months[1][0].part], "B");
}

TEST(ReadDemand, BrokenCellThenLineAndColumnAreNamed) {
  std::istringstream input("index,part,1998-01\n1,A,many\n");
  EXPECT_THAT(ReadDemand(input, 0).status(),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("line 2, 1998-01: 'many'")));
}

TEST(TicketsOf, AnyMonthThenEveryUnitIsSoldOnceOnSmallTickets) {
  std::vector<DemandLine> month;
  int64_t units = 0;
  for (int part = 0; part < 300; ++part) {
    month.push_back({part, 1 + part % 13});
    units += 1 + part % 13;
  }
  const auto tickets = TicketsOf(month, 7, 3);
  std::map<int, int> sold;
  for (const auto& ticket : tickets) {
    EXPECT_GE(ticket.size(), 1u);
    EXPECT_LE(ticket.size(), 8u);
    std::set<int> parts;
    for (const DemandLine& line : ticket) {
      EXPECT_TRUE(parts.insert(line.part).second) << "a part twice on a ticket";
      EXPECT_GT(line.units, 0);
      sold[line.part] += line.units;
      units -= line.units;
    }
  }
  EXPECT_EQ(units, 0);
  for (const DemandLine& line : month) EXPECT_EQ(sold[line.part], line.units);
}

TEST(TicketsOf, SameSeedThenSameTicketsAndAnotherSeedThenOthers) {
  const std::vector<DemandLine> month = {{0, 9}, {1, 4}, {2, 7}};
  const auto flat = [](const std::vector<std::vector<DemandLine>>& tickets) {
    std::vector<int> numbers;
    for (const auto& ticket : tickets) {
      numbers.push_back(-1);
      for (const DemandLine& line : ticket) {
        numbers.push_back(line.part);
        numbers.push_back(line.units);
      }
    }
    return numbers;
  };
  EXPECT_EQ(flat(TicketsOf(month, 1, 0)), flat(TicketsOf(month, 1, 0)));
  EXPECT_NE(flat(TicketsOf(month, 1, 0)), flat(TicketsOf(month, 2, 0)));
  EXPECT_NE(flat(TicketsOf(month, 1, 0)), flat(TicketsOf(month, 1, 1)));
}

}  // namespace
}  // namespace pitlane::tools
