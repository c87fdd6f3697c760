#include "libs/stream/topic_history.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "libs/base/status_matchers.h"
#include "libs/stream/event_bytes.h"
#include "libs/stream/test_support.h"
#include "pitlane/common/v1/unit.pb.h"

namespace pitlane::stream {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Where = HistoryRecord::Where;

// Partitions of a topic of "ticket.0", written by hand.
class Topic {
 public:
  Topic& Add(uint32_t partition, uint64_t position, uint64_t previous,
             const std::vector<uint64_t>& unit = {}) {
    HistoryItem item{.position = position,
                     .previous = previous,
                     .payload = MakeEvent("ticket", position, partition),
                     .unit = {}};
    common::v1::UnitEvents others;
    for (const uint64_t other : unit) others.add_events(MakeEvent("ticket", other, partition));
    if (!unit.empty()) item.unit = others.SerializeAsString();
    partitions_[partition].push_back(std::move(item));
    return *this;
  }
  Topic& Empty(uint32_t partition) {
    partitions_[partition];
    return *this;
  }

  TopicHistory Open() const {
    std::map<uint32_t, HistoryPartition> partitions;
    for (const auto& [number, items] : partitions_) {
      const auto rest = std::make_shared<std::deque<HistoryItem>>(items.begin(), items.end());
      partitions[number] = [rest]() -> absl::StatusOr<std::optional<HistoryItem>> {
        if (rest->empty()) return std::nullopt;
        HistoryItem item = std::move(rest->front());
        rest->pop_front();
        return item;
      };
    }
    return TopicHistory("ticket.0", std::move(partitions));
  }

  // All of it, or the error it ends with.
  absl::StatusOr<std::vector<HistoryRecord>> Read() const {
    TopicHistory history = Open();
    std::vector<HistoryRecord> records;
    while (true) {
      auto next = history.Next();
      if (!next.ok()) return next.status();
      if (!next->has_value()) return records;
      records.push_back(**std::move(next));
    }
  }
  std::vector<Where> ReadWhere() const {
    std::vector<Where> where;
    const auto records = Read();
    EXPECT_THAT(records, IsOk());
    if (!records.ok()) return where;
    for (const HistoryRecord& record : *records) {
      EXPECT_EQ(record.position, where.size() + 1);
      EXPECT_EQ(ReadMeta(record.payload)->position(), record.position);
      where.push_back(record.where);
    }
    return where;
  }

 private:
  std::map<uint32_t, std::vector<HistoryItem>> partitions_;
};

TEST(TopicHistory, SeveralPartitionsThenInTheOrderOfTheJournal) {
  const auto where = Topic().Add(0, 1, 0).Add(1, 2, 0).Add(1, 3, 2).Add(0, 4, 1).ReadWhere();
  EXPECT_THAT(where, ElementsAre(Where::kTopic, Where::kTopic, Where::kTopic, Where::kTopic));
}

TEST(TopicHistory, NothingInTheTopicThenNothing) {
  EXPECT_THAT(Topic().Empty(0).Empty(1).ReadWhere(), ElementsAre());
}

TEST(TopicHistory, RepeatedAndOutOfTurnThenEachOnce) {
  const auto where = Topic()
                         .Add(0, 1, 0)
                         .Add(0, 3, 2)  // its predecessor comes later
                         .Add(0, 2, 1)
                         .Add(0, 2, 1)
                         .Add(0, 3, 2)
                         .ReadWhere();
  EXPECT_THAT(where, ElementsAre(Where::kTopic, Where::kTopic, Where::kTopic));
}

TEST(TopicHistory, UnitTornAtTheEndThenCompletedFromWhatItsFirstRecordCarries) {
  const auto where = Topic().Add(0, 1, 0).Add(0, 2, 1, {3, 4}).Add(0, 3, 2).ReadWhere();
  EXPECT_THAT(where, ElementsAre(Where::kTopic, Where::kTopic, Where::kTopic, Where::kUnit));
}

TEST(TopicHistory, UnitOfWhichOnlyALaterPartitionCameThenWhole) {
  // 2 was to go to partition 0, where nothing came.
  const auto where = Topic().Add(1, 1, 0).Add(1, 3, 1, {2}).Empty(0).ReadWhere();
  EXPECT_THAT(where, ElementsAre(Where::kTopic, Where::kUnit, Where::kTopic));
}

TEST(TopicHistory, PositionNobodySawThenFilledTheSameEachTime) {
  const Topic topic = Topic().Add(0, 1, 0).Add(1, 3, 0);
  ASSERT_OK_AND_ASSIGN(const auto records, topic.Read());
  ASSERT_EQ(records.size(), 3u);
  EXPECT_EQ(records[1].where, Where::kLost);
  ASSERT_OK_AND_ASSIGN(const common::v1::EventMeta meta, ReadMeta(records[1].payload));
  EXPECT_EQ(meta.type(), "pitlane.common.v1.PositionLost");
  EXPECT_EQ(meta.position(), 2u);
  EXPECT_EQ(meta.slot(), 0u) << "the partition that ends before it";
  EXPECT_EQ(meta.stream_id(), meta.event_id());
  ASSERT_OK_AND_ASSIGN(const auto again, topic.Read());
  EXPECT_EQ(again[1].payload, records[1].payload);
}

TEST(TopicHistory, HoleThatNoPartitionCanHaveThenDataLoss) {
  EXPECT_THAT(Topic().Add(0, 1, 0).Add(0, 3, 1).Read(),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("position 2 of ticket.0")));
}

TEST(TopicHistory, BeginningDeletedThenDataLossSayingWhatToDo) {
  EXPECT_THAT(Topic().Add(0, 3, 2).Add(0, 4, 3).Read(),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("restore a backup")));
}

TEST(TopicHistory, EventOfAnotherPositionThenDataLoss) {
  std::map<uint32_t, HistoryPartition> partitions;
  bool given = false;
  partitions[0] = [&given]() -> absl::StatusOr<std::optional<HistoryItem>> {
    if (std::exchange(given, true)) return std::nullopt;
    return HistoryItem{
        .position = 1, .previous = 0, .payload = MakeEvent("ticket", 7, 0), .unit = {}};
  };
  TopicHistory history("ticket.0", std::move(partitions));
  EXPECT_THAT(history.Next(), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("position 7")));
}

}  // namespace
}  // namespace pitlane::stream
