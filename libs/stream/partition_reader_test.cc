#include "libs/stream/partition_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "libs/base/status_matchers.h"
#include "libs/stream/partition_heads.h"
#include "libs/stream/test_support.h"

namespace pitlane::stream {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Optional;

absl::StatusOr<std::optional<std::vector<uint64_t>>> HeadsOf(EventStore& store) {
  const auto reader = store.journal().NewReader();
  return ReadPartitionHeads(*reader, store.spec().partition_count);
}

TEST(PartitionHeads, EveryEventNotedThenTheLastPositionOfEachPartition) {
  EventStore store({.partition_count = 4});
  EXPECT_THAT(HeadsOf(store), IsOkAndHolds(Optional(ElementsAre(0, 0, 0, 0))));
  for (const uint32_t slot : {1, 2, 1, 6, 4}) store.AppendToSlot(slot);
  EXPECT_THAT(HeadsOf(store), IsOkAndHolds(Optional(ElementsAre(5, 3, 4, 0))));
}

TEST(PartitionHeads, EventsNotNotedThenUnknown) {
  EventStore store({.note_heads = false});
  store.Append(3);
  EXPECT_THAT(HeadsOf(store), IsOkAndHolds(std::nullopt));
}

TEST(PartitionReader, SilentPartitionWithHeadsThenTheLogIsNotReadAgain) {
  EventStore store({.partition_count = 4});
  store.Append(100);
  const std::vector<FeedRecord> all = store.All();
  std::vector<uint64_t> ends(4, 0);
  for (const FeedRecord& record : all) ends[record.source.partition] = record.position;
  ASSERT_EQ(ends[3], 0u);
  PartitionReader reader(store.journal());
  ASSERT_THAT(reader.Seek(ends), IsOk());
  EXPECT_EQ(reader.scanned(), 100u);
}

TEST(PartitionReader, SilentPartitionWithoutHeadsThenTheLogIsReadFromTheBeginning) {
  EventStore store({.partition_count = 4, .note_heads = false});
  store.Append(100);
  std::vector<uint64_t> ends(4, 0);
  for (const FeedRecord& record : store.All()) ends[record.source.partition] = record.position;
  PartitionReader reader(store.journal());
  ASSERT_THAT(reader.Seek(ends), IsOk());
  EXPECT_EQ(reader.scanned(), 0u);
  EXPECT_THAT(reader.Read(10), IsOkAndHolds(IsEmpty()));
  EXPECT_EQ(reader.scanned(), 100u);
}

TEST(PartitionReader, PositionBehindTheEndThenFailedPreconditionSayingBoth) {
  EventStore store({});
  store.Append(5);
  PartitionReader reader(store.journal());
  EXPECT_THAT(reader.Seek({0, 6, 0, 0}),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("position 6")));
}

class OneEventStore {
 public:
  explicit OneEventStore(const std::string& payload) {
    auto opened = journal::Journal::Open({.path = folder_.path() + "/journal",
                                          .identity = {.service = "ticket", .partition_count = 4}});
    PITLANE_CHECK_OK(opened.status());
    journal_ = *std::move(opened);
    journal::Batch batch = journal_->NewBatch();
    PITLANE_CHECK_OK(batch.Append("thing", 0, payload));
    PITLANE_CHECK_OK(journal_->Commit(std::move(batch)));
  }
  absl::Status ReadStatus() {
    PartitionReader reader(*journal_);
    PITLANE_CHECK_OK(reader.Seek({0, 0, 0, 0}));
    return reader.Read(1).status();
  }

 private:
  ScratchFolder folder_;
  std::unique_ptr<journal::Journal> journal_;
};

TEST(PartitionReader, EventContradictsItsPlaceThenDataLossSayingBoth) {
  EXPECT_THAT(OneEventStore(MakeEvent("ticket", 1, 0)).ReadStatus(), IsOk());
  EXPECT_THAT(OneEventStore(MakeEvent("ticket", 2, 0)).ReadStatus(),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("it is at position 2")));
  EXPECT_THAT(OneEventStore(MakeEvent("payment", 1, 0)).ReadStatus(),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("payment.0")));
}

TEST(PartitionReader, PayloadThatIsNoEventThenDataLossNamingThePosition) {
  EXPECT_THAT(OneEventStore("no protobuf").ReadStatus(),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("position 1 of ticket.0")));
}

}  // namespace
}  // namespace pitlane::stream
