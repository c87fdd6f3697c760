#include "libs/base/ids.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <set>
#include <string>
#include <type_traits>

#include "absl/container/flat_hash_set.h"
#include "libs/base/status_matchers.h"

namespace pitlane {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr absl::StatusCode kInvalid = absl::StatusCode::kInvalidArgument;
constexpr uint64_t kMaxMillis = (uint64_t{1} << 48) - 1;

// Zero millis, slot 0xABC, random nibble 5, low 1.
const IdBits kSomeBits = {.high = 0xABC5, .low = 1};

TEST(FormatId, KnownBitsThenKnownText) {
  EXPECT_EQ(FormatId("tkt", {.high = 0, .low = 0}), "tkt_00000000000000000000000000");
  EXPECT_EQ(FormatId("tkt", {.high = 0, .low = 31}), "tkt_0000000000000000000000000Z");
  EXPECT_EQ(FormatId("tkt", {.high = 0, .low = 32}), "tkt_00000000000000000000000010");
  EXPECT_EQ(FormatId("tkt", {.high = ~uint64_t{0}, .low = ~uint64_t{0}}),
            "tkt_7ZZZZZZZZZZZZZZZZZZZZZZZZZ");
}

// The example of the ULID specification: its first ten characters are 1469918176385 milliseconds.
TEST(FormatId, UlidExampleTimeThenSameFirstCharacters) {
  EXPECT_EQ(FormatId("x", {.high = uint64_t{1469918176385} << 16, .low = 0}).substr(2, 10),
            "01ARYZ6S41");
}

TEST(ParseIdBits, WrongPrefixThenNamesBoth) {
  EXPECT_THAT(ParseIdBits("tkt", FormatId("cus", kSomeBits)).status(),
              StatusIs(kInvalid, AllOf(HasSubstr("must start with \"tkt_\""), HasSubstr("cus_"))));
  EXPECT_THAT(ParseIdBits("tkt", "").status(), StatusIs(kInvalid, HasSubstr("no such prefix")));
  EXPECT_THAT(ParseIdBits("tkt", "tkt").status(), StatusIs(kInvalid, HasSubstr("must start with")));
  EXPECT_THAT(ParseIdBits("tkt", "tktx" + FormatId("", kSomeBits)).status(),
              StatusIs(kInvalid, HasSubstr("\"tktx_\"")));
}

TEST(ParseIdBits, InputThatIsNoIdThenIsNotRepeated) {
  EXPECT_THAT(ParseIdBits("tkt", "4111111111111111_0").status(),
              StatusIs(kInvalid, Not(HasSubstr("4111"))));
}

TEST(ParseIdBits, WrongLengthThenSaysBoth) {
  const std::string good = FormatId("tkt", kSomeBits);
  EXPECT_THAT(ParseIdBits("tkt", good.substr(0, good.size() - 1)).status(),
              StatusIs(kInvalid, AllOf(HasSubstr("26"), HasSubstr("has 25"))));
  EXPECT_THAT(ParseIdBits("tkt", good + "0").status(), StatusIs(kInvalid, HasSubstr("has 27")));
  EXPECT_THAT(ParseIdBits("tkt", "tkt_").status(), StatusIs(kInvalid, HasSubstr("has 0")));
}

TEST(ParseIdBits, CharacterOutsideTheAlphabetThenSaysWhichAndWhere) {
  for (char bad : std::string("ILOUiloua_- ")) {
    std::string text = FormatId("tkt", kSomeBits);
    text[9] = bad;
    EXPECT_THAT(ParseIdBits("tkt", text).status(),
                StatusIs(kInvalid, HasSubstr(std::string("'") + bad + "' at index 9")));
  }
  std::string text = FormatId("tkt", kSomeBits);
  text[29] = '\x80';
  EXPECT_THAT(ParseIdBits("tkt", text).status(),
              StatusIs(kInvalid, HasSubstr("'\\x80' at index 29")));
}

TEST(ParseIdBits, MoreThan128BitsThenRefused) {
  EXPECT_THAT(ParseIdBits("tkt", "tkt_7ZZZZZZZZZZZZZZZZZZZZZZZZZ"), IsOk());
  for (char first : std::string("8Z")) {
    const std::string text = std::string("tkt_") + first + std::string(25, '0');
    EXPECT_THAT(ParseIdBits("tkt", text).status(),
                StatusIs(kInvalid, HasSubstr("larger than 128 bits")));
  }
}

TEST(SlotOfId, WellFormedIdOfAnyKindThenItsSlot) {
  EXPECT_THAT(SlotOfId(FormatId("tkt", kSomeBits)), IsOkAndHolds(0xABCu));
  EXPECT_THAT(SlotOfId(FormatId("anything", kSomeBits)), IsOkAndHolds(0xABCu));
}

TEST(SlotOfId, MalformedThenRefused) {
  EXPECT_THAT(SlotOfId("").status(), StatusIs(kInvalid));
  EXPECT_THAT(SlotOfId("_" + std::string(26, '0')).status(), StatusIs(kInvalid));
  EXPECT_THAT(SlotOfId("TKT_" + std::string(26, '0')).status(), StatusIs(kInvalid));
  EXPECT_THAT(SlotOfId("tkt_0").status(), StatusIs(kInvalid, HasSubstr("has 1")));
}

TEST(MakeIdBits, ClockOutsideTheRangeThenClamped) {
  SeededEntropy entropy(1);
  FakeClock early(absl::FromUnixSeconds(-1));
  EXPECT_EQ(MakeIdBits(early, entropy, 0).high >> 16, 0u);
  FakeClock late(absl::InfiniteFuture());
  EXPECT_EQ(MakeIdBits(late, entropy, 0).high >> 16, kMaxMillis);
}

TEST(MakeIdBitsDeathTest, SlotOutsideTheRangeThenEnds) {
  SeededEntropy entropy(1);
  FakeClock clock;
  EXPECT_DEATH(MakeIdBits(clock, entropy, kSlotCount), "slot < kSlotCount");
}

TEST(RandomSlot, ManyDrawsThenInRangeAndSpread) {
  SeededEntropy entropy(5);
  std::set<uint32_t> seen;
  for (int i = 0; i < 100000; ++i) seen.insert(RandomSlot(entropy));
  EXPECT_EQ(seen.size(), kSlotCount);
  EXPECT_EQ(*seen.rbegin(), kSlotCount - 1);
}

TEST(Id, MadeThenParsesWithItsSlotAndPrefix) {
  SeededEntropy entropy(9);
  FakeClock clock;
  const TicketId id = TicketId::Make(clock, entropy, 77);
  EXPECT_EQ(id.text().substr(0, 4), "tkt_");
  EXPECT_EQ(id.slot(), 77u);
  EXPECT_THAT(TicketId::Parse(id.text()), IsOkAndHolds(id));
  EXPECT_THAT(CustomerId::Parse(id.text()).status(), StatusIs(kInvalid));
  EXPECT_FALSE((std::is_convertible_v<TicketId, CustomerId>));
}

TEST(Id, DefaultMadeThenEmptyAndBeforeAllOthers) {
  SeededEntropy entropy(9);
  FakeClock clock;
  EXPECT_TRUE(TicketId().empty());
  EXPECT_LT(TicketId(), TicketId::Make(clock, entropy, 0));
}

TEST(IdDeathTest, SlotOfAnEmptyIdThenEnds) {
  EXPECT_DEATH((void)TicketId().slot(), "prefix of lower-case letters");
}

TEST(Id, InAHashSetThenFoundByEqualText) {
  SeededEntropy entropy(9);
  FakeClock clock;
  const TicketId id = TicketId::Make(clock, entropy, 0);
  const absl::flat_hash_set<TicketId> set = {TicketId(), id};
  EXPECT_TRUE(set.contains(*TicketId::Parse(id.text())));
  EXPECT_FALSE(set.contains(TicketId::Make(clock, entropy, 0)));
}

RC_GTEST_PROP(IdProperty, AnyBitsThenSurviveTheRoundTrip, (uint64_t high, uint64_t low)) {
  const auto bits = ParseIdBits("prt", FormatId("prt", {.high = high, .low = low}));
  RC_ASSERT(bits.ok());
  RC_ASSERT(bits->high == high);
  RC_ASSERT(bits->low == low);
}

RC_GTEST_PROP(IdProperty, AnyTimeAndSlotThenBothAreInTheId, (uint64_t seed)) {
  const auto slot = *rc::gen::inRange<uint32_t>(0, kSlotCount);
  const auto millis = *rc::gen::inRange<int64_t>(0, int64_t{1} << 48);
  SeededEntropy entropy(seed);
  FakeClock clock(absl::FromUnixMillis(millis));
  const PartId id = PartId::Make(clock, entropy, slot);
  RC_ASSERT(id.slot() == slot);
  RC_ASSERT(static_cast<int64_t>(ParseIdBits("prt", id.text())->high >> 16) == millis);
}

RC_GTEST_PROP(IdProperty, LaterMillisecondThenSortsAfter, (uint64_t seed)) {
  const auto millis = *rc::gen::inRange<int64_t>(0, int64_t{1} << 47);
  const auto later = millis + *rc::gen::inRange<int64_t>(1, int64_t{1} << 47);
  SeededEntropy entropy(seed);
  FakeClock clock(absl::FromUnixMillis(millis));
  const PartId first = PartId::Make(clock, entropy, RandomSlot(entropy));
  clock.Set(absl::FromUnixMillis(later));
  const PartId second = PartId::Make(clock, entropy, RandomSlot(entropy));
  RC_ASSERT(first < second);
}

RC_GTEST_PROP(IdProperty, AnyTextThenParsedOnlyIfItFormatsBack, (const std::string& text)) {
  for (const std::string& candidate : {text, "job_" + text}) {
    const auto bits = ParseIdBits("job", candidate);
    if (bits.ok()) RC_ASSERT(FormatId("job", *bits) == candidate);
  }
}

}  // namespace
}  // namespace pitlane
