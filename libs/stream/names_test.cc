#include "libs/stream/names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/hash/hash.h"
#include "libs/base/status_matchers.h"
#include "libs/stream/feed.h"

namespace pitlane::stream {
namespace {

using ::testing::HasSubstr;

TEST(Source, WrittenAndParsedThenTheSame) {
  for (const Source& source : {Source{"ticket", 0, 3}, Source{"customer_vehicle", 12, 4095},
                               Source{"a1", 4294967295u, 4294967295u}}) {
    EXPECT_THAT(Source::Parse(source.ToString()), IsOkAndHolds(source));
  }
  EXPECT_EQ((Source{"ticket", 0, 3}.ToString()), "ticket.0.3");
}

TEST(Source, MalformedTextThenInvalidArgumentQuotingIt) {
  for (const std::string text :
       {"", "ticket", "ticket.0", "ticket.0.3.1", "ticket.0.", ".0.3", "ticket..3", "Ticket.0.3",
        "ticket.00.3", "ticket.0.03", "ticket.-1.3", "ticket.+1.3", "ticket. 1.3", "ticket.0.x",
        "ticket.0.4294967296", "tick et.0.3", "1ticket.0.3", "ticket.0.3 "}) {
    EXPECT_THAT(Source::Parse(text), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(text)))
        << text;
  }
}

TEST(Source, ComparedThenOrderedByAreaShardPartitionAndHashedByAll) {
  const Source low{"a", 1, 9};
  const Source middle{"a", 2, 0};
  const Source high{"b", 0, 0};
  EXPECT_LT(low, middle);
  EXPECT_LT(middle, high);
  EXPECT_EQ(absl::HashOf(low), absl::HashOf(Source{"a", 1, 9}));
  EXPECT_NE(absl::HashOf(low), absl::HashOf(Source{"a", 9, 1}));
}

TEST(ShardName, WrittenAndParsedThenTheSame) {
  EXPECT_THAT(ShardName::Parse("ticket.2"), IsOkAndHolds(ShardName{"ticket", 2}));
  EXPECT_EQ((ShardName{"ticket", 2}.ToString()), "ticket.2");
  for (const std::string text : {"", "ticket", "ticket.0.3", "ticket.02", "Ticket.2", ".2"}) {
    EXPECT_THAT(ShardName::Parse(text), StatusIs(absl::StatusCode::kInvalidArgument)) << text;
  }
}

TEST(TopicName, AreaThenItsTopic) {
  EXPECT_THAT(TopicName("ticket"), IsOkAndHolds(std::string("pitlane.ticket.events.v1")));
  EXPECT_THAT(TopicName("customer_vehicle"),
              IsOkAndHolds(std::string("pitlane.customer_vehicle.events.v1")));
}

TEST(TopicName, MalformedAreaThenInvalidArgumentSayingWhatIsAllowed) {
  for (const std::string& area :
       {std::string(), std::string("Ticket"), std::string("a.b"), std::string("a-b"),
        std::string("_a"), std::string("9a"), std::string("a/b"), std::string("\xc3\xa9"),
        std::string(kMaxAreaNameLength + 1, 'a')}) {
    EXPECT_THAT(TopicName(area),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("lower-case")))
        << area;
  }
  EXPECT_THAT(TopicName(std::string(kMaxAreaNameLength, 'a')), IsOk());
}

TEST(Partition, OfASlotThenWrittenByTheShardOfThatSlot) {
  constexpr uint32_t kPartitions = 8;
  for (const uint32_t shards : {1u, 2u, 4u, 8u}) {
    for (uint32_t slot = 0; slot < 4096; ++slot) {
      ASSERT_EQ(ShardOfPartition(PartitionOfSlot(slot, kPartitions), shards), slot % shards);
    }
  }
}

}  // namespace
}  // namespace pitlane::stream
