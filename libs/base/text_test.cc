#include "libs/base/text.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "libs/base/status_matchers.h"

namespace pitlane {
namespace {

using ::testing::HasSubstr;

constexpr absl::StatusCode kInvalid = absl::StatusCode::kInvalidArgument;
using namespace std::string_literals;

TEST(HexEncode, AllKindsOfBytesThenLowerCasePairs) {
  EXPECT_EQ(HexEncode(""), "");
  EXPECT_EQ(HexEncode("\x00\x0f\xa5\xff"s), "000fa5ff");
}

// RFC 4648 section 10, without the padding; the last two need the URL-safe characters.
TEST(Base64Url, VectorsOfTheRfcThenBothWays) {
  const std::pair<std::string, std::string> vectors[] = {
      {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},          {"foo", "Zm9v"},
      {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}, {"\xfb", "-w"},
      {"\xff\xff", "__8"}};
  for (const auto& [bytes, text] : vectors) {
    EXPECT_EQ(Base64UrlEncode(bytes), text);
    EXPECT_THAT(Base64UrlDecode(text), IsOkAndHolds(bytes));
  }
}

TEST(Base64UrlDecode, NotExactlyWhatEncodeMakesThenRefused) {
  for (const std::string& text : {"Zg=="s, "Zg="s, "Zg."s, "Z"s, "Zm9vY"s, "+w"s, "/w"s, "Zg\n"s,
                                  " Zg"s, "Zm 9v"s, "Zh"s, "Zm9"s, "Zg\0"s, "Z\xc3\xa9"s}) {
    EXPECT_THAT(Base64UrlDecode(text).status(), StatusIs(kInvalid)) << HexEncode(text);
  }
}

RC_GTEST_PROP(Base64UrlProperty, AnyBytesThenRoundTrip, (const std::string& bytes)) {
  const auto decoded = Base64UrlDecode(Base64UrlEncode(bytes));
  RC_ASSERT(decoded.ok());
  RC_ASSERT(*decoded == bytes);
}

// FIPS 180-2 appendix B.
TEST(Sha256, StandardVectorsThenKnownDigests) {
  EXPECT_EQ(HexEncode(Sha256("")),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(HexEncode(Sha256("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(Sha256("abc").size(), 32u);
}

TEST(Sha256Hasher, FinishedThenStartsOver) {
  Sha256Hasher hasher;
  hasher.Update("ab");
  hasher.Update("c");
  EXPECT_EQ(hasher.Finish(), Sha256("abc"));
  EXPECT_EQ(hasher.Finish(), Sha256(""));
  hasher.Update("x");
  Sha256Hasher moved = std::move(hasher);
  moved.Update("y");
  EXPECT_EQ(moved.Finish(), Sha256("xy"));
}

RC_GTEST_PROP(Sha256Property, AnyPiecesThenSameAsAtOnce, (const std::vector<std::string>& pieces)) {
  Sha256Hasher hasher;
  std::string whole;
  for (const std::string& piece : pieces) {
    hasher.Update(piece);
    whole += piece;
  }
  RC_ASSERT(hasher.Finish() == Sha256(whole));
}

TEST(BigEndian, KnownNumbersThenKnownBytes) {
  EXPECT_EQ(EncodeBigEndian64(0x0102030405060708u), "\x01\x02\x03\x04\x05\x06\x07\x08");
  EXPECT_EQ(EncodeBigEndian32(0xFF000001u), "\xff\x00\x00\x01"s);
  std::string key = "k";
  AppendBigEndian32(key, 2);
  AppendBigEndian64(key, 3);
  EXPECT_EQ(key, "k\0\0\0\x02\0\0\0\0\0\0\0\x03"s);
}

TEST(DecodeBigEndian, WrongLengthThenRefused) {
  EXPECT_THAT(DecodeBigEndian64("1234567").status(), StatusIs(kInvalid, HasSubstr("not 7")));
  EXPECT_THAT(DecodeBigEndian64("123456789").status(), StatusIs(kInvalid, HasSubstr("not 9")));
  EXPECT_THAT(DecodeBigEndian32("").status(), StatusIs(kInvalid, HasSubstr("must have 4")));
}

RC_GTEST_PROP(BigEndianProperty, AnyNumbersThenRoundTripAndSortAsTheyDo, ()) {
  const auto a = *rc::gen::arbitrary<uint64_t>();
  const auto b = *rc::gen::arbitrary<uint64_t>();
  RC_ASSERT(*DecodeBigEndian64(EncodeBigEndian64(a)) == a);
  RC_ASSERT((EncodeBigEndian64(a) < EncodeBigEndian64(b)) == (a < b));
  const auto c = static_cast<uint32_t>(a);
  const auto d = static_cast<uint32_t>(b);
  RC_ASSERT(*DecodeBigEndian32(EncodeBigEndian32(c)) == c);
  RC_ASSERT((EncodeBigEndian32(c) < EncodeBigEndian32(d)) == (c < d));
}

TEST(StripToAlnumUpper, PartNumbersAsTypedThenOneForm) {
  EXPECT_EQ(StripToAlnumUpper("pf-1127 / b"), "PF1127B");
  EXPECT_EQ(StripToAlnumUpper(" 04465.0K240\t"), "044650K240");
  EXPECT_EQ(StripToAlnumUpper("Stra\xc3\x9f"
                              "e"),
            "STRAE");
  EXPECT_EQ(StripToAlnumUpper("---"), "");
}

TEST(ToAbsl, ViewThenSameBytesBothWays) {
  const std::string text = "a\0b"s;
  EXPECT_EQ(ToStd(ToAbsl(std::string_view(text))), text);
}

}  // namespace
}  // namespace pitlane
