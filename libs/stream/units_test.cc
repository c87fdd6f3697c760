#include "libs/stream/units.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "pitlane/common/v1/unit.pb.h"

namespace pitlane::stream {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

PartitionRecord Record(uint64_t position, uint32_t partition, const std::string& request_id) {
  PartitionRecord record{.partition = partition, .position = position};
  record.meta.set_position(position);
  record.meta.set_request_id(request_id);
  record.payload = absl::StrCat("event ", position);
  return record;
}

std::vector<std::string> OthersOf(const PartitionRecord& record) {
  common::v1::UnitEvents others;
  EXPECT_TRUE(others.ParseFromString(record.unit));
  return {others.events().begin(), others.events().end()};
}

TEST(Units, FirstRecordInEachPartitionThenCarriesAllOthersOfItsUnit) {
  std::vector<PartitionRecord> records = {Record(1, 0, "a"), Record(2, 1, "b"), Record(3, 2, "b"),
                                          Record(4, 1, "b"), Record(5, 1, "c")};
  AttachUnits(records);
  EXPECT_THAT(records[0].unit, IsEmpty());
  EXPECT_THAT(OthersOf(records[1]), ElementsAre("event 3", "event 4"));
  EXPECT_THAT(OthersOf(records[2]), ElementsAre("event 2", "event 4"));
  EXPECT_THAT(records[3].unit, IsEmpty());
  EXPECT_THAT(records[4].unit, IsEmpty());
}

TEST(Units, SameRequestAtAnotherTimeThenAnotherUnit) {
  std::vector<PartitionRecord> records = {Record(1, 0, ""), Record(2, 0, "")};
  records[1].meta.mutable_recorded_at()->set_nanos(1);
  AttachUnits(records);
  EXPECT_THAT(records[0].unit, IsEmpty());
  EXPECT_EQ(StartOfLastUnit(records), 1u);
}

TEST(Units, UnitThatDoesNotFitARecordThenNone) {
  std::vector<PartitionRecord> records = {Record(1, 0, "a"), Record(2, 0, "a")};
  records[1].payload.assign(5u << 20, 'x');
  AttachUnits(records);
  EXPECT_THAT(records[0].unit, IsEmpty());
}

TEST(Units, LastUnitThenBeginsWhereItsRequestDoes) {
  const std::vector<PartitionRecord> records = {Record(1, 0, "a"), Record(2, 0, "b"),
                                                Record(3, 0, "b")};
  EXPECT_EQ(StartOfLastUnit(records), 1u);
  EXPECT_EQ(StartOfLastUnit({}), 0u);
}

}  // namespace
}  // namespace pitlane::stream
