#include "libs/journal/high_water_mark.h"

#include <gtest/gtest.h>

#include "libs/journal/test_support.h"

namespace pitlane::journal::internal {
namespace {

Mark MarkAt(uint64_t position) {
  Mark mark;
  mark.commits = position + 10;
  mark.tail = {position, std::string(32, static_cast<char>('a' + position))};
  return mark;
}

uint64_t PositionIn(const std::string& path) {
  const auto mark = HighWaterMark::Read(rocksdb::Env::Default(), path);
  EXPECT_THAT(mark, IsOk());
  return mark.ok() && *mark ? (*mark)->tail.last_position : 0;
}

TEST(HighWaterMark, NoFileThenEmpty) {
  const TempFolder folder;
  const auto mark = HighWaterMark::Read(rocksdb::Env::Default(), folder / "mark");
  ASSERT_THAT(mark, IsOk());
  EXPECT_FALSE(mark->has_value());
}

TEST(HighWaterMark, WrittenThenTheLastOneIsRead) {
  const TempFolder folder;
  rocksdb::Env* env = rocksdb::Env::Default();
  ASSERT_THAT(HighWaterMark::Create(env, folder / "mark", MarkAt(0)), IsOk());
  ASSERT_OK_AND_ASSIGN(const auto mark, HighWaterMark::Open(env, folder / "mark"));
  for (uint64_t position = 1; position < 6; ++position) {
    ASSERT_THAT(mark->Write(MarkAt(position)), IsOk());
    const auto read = HighWaterMark::Read(env, folder / "mark");
    ASSERT_THAT(read, IsOk());
    ASSERT_TRUE(read->has_value());
    EXPECT_EQ((*read)->tail, MarkAt(position).tail);
    EXPECT_EQ((*read)->commits, position + 10);
    EXPECT_EQ((*read)->format_version, 1u);
    EXPECT_FALSE((*read)->clean);
  }
}

TEST(HighWaterMark, TornWriteThenTheOneBeforeCounts) {
  const TempFolder folder;
  rocksdb::Env* env = rocksdb::Env::Default();
  ASSERT_THAT(HighWaterMark::Create(env, folder / "mark", MarkAt(0)), IsOk());
  ASSERT_OK_AND_ASSIGN(auto mark, HighWaterMark::Open(env, folder / "mark"));
  for (uint64_t position = 1; position < 5; ++position) {
    ASSERT_THAT(mark->Write(MarkAt(position)), IsOk());
    const std::string whole = ReadFile(folder / "mark");
    for (const size_t slot : {0, 4096}) {
      std::string torn = whole;
      torn.replace(slot + 50, 20, std::string(20, '?'));
      WriteFile(folder / "torn", torn);
      const uint64_t left = PositionIn(folder / "torn");
      EXPECT_TRUE(left == position || left == position - 1) << left;
    }
  }
  // What is opened after a torn write goes on beside the sound slot.
  std::string torn = ReadFile(folder / "mark");
  torn.replace(50, 20, std::string(20, '?'));
  WriteFile(folder / "torn", torn);
  const uint64_t left = PositionIn(folder / "torn");
  ASSERT_OK_AND_ASSIGN(mark, HighWaterMark::Open(env, folder / "torn"));
  ASSERT_THAT(mark->Write(MarkAt(9)), IsOk());
  std::string again = ReadFile(folder / "torn");
  again.replace(50, 20, std::string(20, '?'));
  WriteFile(folder / "torn", again);
  EXPECT_EQ(PositionIn(folder / "torn"), left);
}

TEST(HighWaterMark, BothSlotsDamagedThenDataLoss) {
  const TempFolder folder;
  rocksdb::Env* env = rocksdb::Env::Default();
  ASSERT_THAT(HighWaterMark::Create(env, folder / "mark", MarkAt(3)), IsOk());
  WriteFile(folder / "mark", std::string(8192, 'x'));
  EXPECT_THAT(HighWaterMark::Read(env, folder / "mark"), StatusIs(absl::StatusCode::kDataLoss));
  WriteFile(folder / "mark", "");
  EXPECT_THAT(HighWaterMark::Read(env, folder / "mark"), StatusIs(absl::StatusCode::kDataLoss));
}

}  // namespace
}  // namespace pitlane::journal::internal
