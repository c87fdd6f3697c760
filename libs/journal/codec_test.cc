#include "libs/journal/codec.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <limits>

#include "libs/base/status_matchers.h"
#include "libs/base/text.h"

namespace pitlane::journal::internal {
namespace {

using ::testing::HasSubstr;

std::string Encoded(const RecordEncoder& encoder) {
  return std::string(encoder.head()).append(encoder.body());
}

TEST(RecordCodec, EncodedThenItsBytesAreTheOnesOfFormatOne) {
  RecordEncoder encoder;
  encoder.Encode(std::string(32, '\0'), 1, "tkt_1", 300, "payload");
  EXPECT_EQ(HexEncode(encoder.body()), "05746b745f31ac027061796c6f6164");
  EXPECT_EQ(HexEncode(encoder.head().substr(0, 1)), "01");
  EXPECT_EQ(encoder.chain(), Sha256(std::string(32, '\0') + EncodeBigEndian64(1) + "\1" +
                                    std::string(encoder.body())));
}

TEST(RecordCodec, ChainDependsOnEveryPart) {
  const std::string before(32, 'a');
  const std::string chain = ChainOf(before, 7, "body");
  EXPECT_NE(chain, ChainOf(std::string(32, 'b'), 7, "body"));
  EXPECT_NE(chain, ChainOf(before, 8, "body"));
  EXPECT_NE(chain, ChainOf(before, 7, "bodx"));
}

RC_GTEST_PROP(RecordCodec, AnyRecordThenItComesBack, (const std::string& payload)) {
  const auto stream =
      *rc::gen::nonEmpty(rc::gen::container<std::string>(rc::gen::inRange('!', 'z')));
  const auto position = *rc::gen::positive<uint64_t>();
  const auto version = *rc::gen::positive<uint64_t>();
  RecordEncoder encoder;
  encoder.Encode(std::string(32, 'c'), position, stream, version, payload);
  const std::string value = Encoded(encoder);
  const auto parts = DecodeRecord(position, value);
  RC_ASSERT(parts.ok());
  RC_ASSERT(parts->stream_id == stream);
  RC_ASSERT(parts->version == version);
  RC_ASSERT(parts->payload == payload);
  RC_ASSERT(parts->chain == encoder.chain());
  RC_ASSERT(ChainOf(std::string(32, 'c'), position, parts->body) == parts->chain);
}

TEST(RecordCodec, CutShortThenDataLoss) {
  RecordEncoder encoder;
  encoder.Encode(std::string(32, '\0'), 9, "tkt_1", 1, "");
  const std::string value = Encoded(encoder);
  ASSERT_THAT(DecodeRecord(9, value), IsOk());
  for (size_t size = 0; size < value.size(); ++size) {
    EXPECT_THAT(DecodeRecord(9, std::string_view(value).substr(0, size)),
                StatusIs(absl::StatusCode::kDataLoss, HasSubstr("record 9")))
        << size;
  }
}

TEST(RecordCodec, OtherFormatByteThenDataLoss) {
  RecordEncoder encoder;
  encoder.Encode(std::string(32, '\0'), 9, "tkt_1", 1, "x");
  std::string value = Encoded(encoder);
  value[0] = 2;
  EXPECT_THAT(DecodeRecord(9, value), StatusIs(absl::StatusCode::kDataLoss));
}

TEST(Keys, SortAsTheirNumbersDo) {
  EXPECT_LT(LogKey(255), LogKey(256));
  EXPECT_LT(StreamKey("a", 255), StreamKey("a", 256));
  // A stream whose id goes on where another ends does not get between its versions.
  EXPECT_LT(StreamKey("a", std::numeric_limits<uint64_t>::max()), StreamKey("a1", 1));
}

TEST(Keys, OfAStreamThenTheyComeApartAgain) {
  const std::string key = StreamKey("tkt_1", 77);
  const auto parts = ParseStreamKey(key);
  ASSERT_TRUE(parts.has_value());
  EXPECT_EQ(parts->stream_id, "tkt_1");
  EXPECT_EQ(parts->version, 77u);
  EXPECT_FALSE(ParseStreamKey(key.substr(1 + 5)).has_value());
  EXPECT_FALSE(ParseLogKey("1234567").has_value());
}

TEST(Keys, PrefixEndIsTheFirstKeyBehindThePrefix) {
  EXPECT_EQ(PrefixEnd("ab"), "ac");
  EXPECT_EQ(PrefixEnd("a\xff"), "b");
  EXPECT_EQ(PrefixEnd("\xff\xff"), "");
  EXPECT_EQ(PrefixEnd(std::string("a\0", 2)), "a\1");
}

TEST(Names, EmptyLongOrWithAZeroByteThenRefusedWithTheReason) {
  EXPECT_THAT(CheckName("stream id", "tkt_1"), IsOk());
  EXPECT_THAT(CheckName("stream id", std::string(1024, 'x')), IsOk());
  EXPECT_THAT(CheckName("stream id", ""),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("stream id is empty")));
  EXPECT_THAT(CheckName("view name", std::string(1025, 'x')),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("1024")));
  EXPECT_THAT(CheckName("view name", std::string_view("a\0b", 3)),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("zero byte")));
}

TEST(SnapshotCodec, OtherSchemaOrWrongHashThenAbsent) {
  const Snapshot snapshot{12, 3, "state"};
  std::string value = EncodeSnapshot(snapshot);
  EXPECT_EQ(DecodeSnapshot(value, 3), snapshot);
  EXPECT_EQ(DecodeSnapshot(value, 4), std::nullopt);
  for (size_t i = 0; i < value.size(); ++i) {
    std::string altered = value;
    altered[i] = static_cast<char>(altered[i] ^ 1);
    EXPECT_EQ(DecodeSnapshot(altered, 3), std::nullopt) << i;
  }
  EXPECT_EQ(DecodeSnapshot("", 3), std::nullopt);
}

TEST(AnswerCodec, StoredThenItComesBackAndGarbageIsDataLoss) {
  const StoredAnswer answer{std::string("f\0g", 3), "response", 99};
  EXPECT_THAT(DecodeAnswer("r", EncodeAnswer(answer)), IsOkAndHolds(answer));
  EXPECT_THAT(DecodeAnswer("req-7", "garbage"),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("req-7")));
}

TEST(IdentityCodec, OfANewerFormatThenOnlyItsVersionIsRead) {
  const StoredIdentity stored{1, {"payment", 2, 4, 16}};
  const auto decoded = DecodeIdentity(EncodeIdentity(stored));
  ASSERT_THAT(decoded, IsOk());
  EXPECT_EQ(decoded->identity, stored.identity);
  const auto newer = DecodeIdentity(EncodeBigEndian32(9) + "whatever comes then");
  ASSERT_THAT(newer, IsOk());
  EXPECT_EQ(newer->format_version, 9u);
  EXPECT_THAT(DecodeIdentity("abc"), StatusIs(absl::StatusCode::kDataLoss));
}

TEST(ViewStateCodec, GarbageThenDataLoss) {
  const auto state = DecodeViewState("v", EncodeViewState({3, 4, 5}));
  ASSERT_THAT(state, IsOk());
  EXPECT_EQ(state->current, 3u);
  EXPECT_EQ(state->building, 4u);
  EXPECT_EQ(state->next, 5u);
  EXPECT_THAT(DecodeViewState("v", "short"), StatusIs(absl::StatusCode::kDataLoss));
}

}  // namespace
}  // namespace pitlane::journal::internal
