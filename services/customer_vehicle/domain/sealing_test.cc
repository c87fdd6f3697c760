#include "services/customer_vehicle/domain/sealing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/escaping.h"
#include "libs/base/status_matchers.h"
#include "libs/base/text.h"
#include "libs/testing/proto_matchers.h"

namespace pitlane::customer_vehicle {
namespace {

std::string Hex(const char* text) { return absl::HexStringToBytes(text); }

const std::string kKey(kKeyBytes, 'k');
const std::string kNonce(kNonceBytes, 'n');

v1::PersonalData Maria() {
  v1::PersonalData person;
  person.set_given_name("Maria");
  person.set_family_name("Example");
  return person;
}

// Test cases 13, 14 and 16 of McGrew and Viega, "The Galois/Counter Mode of Operation (GCM)".
TEST(Encrypt, KnownVectorsThenTheirCiphertextAndTag) {
  const std::string zero_key(32, '\0');
  const std::string zero_nonce(12, '\0');
  EXPECT_EQ(HexEncode(Encrypt(zero_key, zero_nonce, "", "")), "530f8afbc74536b9a963b4f1c4cb738b");
  EXPECT_EQ(HexEncode(Encrypt(zero_key, zero_nonce, std::string(16, '\0'), "")),
            "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919");
  const std::string key = Hex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308");
  const std::string plaintext =
      Hex("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
          "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39");
  const std::string associated = Hex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
  const std::string sealed = Encrypt(key, Hex("cafebabefacedbaddecaf888"), plaintext, associated);
  EXPECT_EQ(HexEncode(sealed),
            "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
            "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
            "76fc6ece0f4e1768cddf8853bb2d551b");
  EXPECT_THAT(Decrypt(key, Hex("cafebabefacedbaddecaf888"), sealed, associated),
              IsOkAndHolds(plaintext));
}

TEST(Open, WhatWasSealedThenTheSameMessage) {
  const v1::Sealed sealed = Seal(kKey, kNonce, "cus_1", Maria());
  EXPECT_EQ(sealed.ciphertext().find("Maria"), std::string::npos);
  ASSERT_OK_AND_ASSIGN(const auto opened, Open<v1::PersonalData>(kKey, sealed));
  EXPECT_THAT(opened, testing::EqualsProto(Maria()));
}

TEST(Open, AnyByteAlteredThenDataLoss) {
  const v1::Sealed sealed = Seal(kKey, kNonce, "cus_1", Maria());
  for (size_t i = 0; i < sealed.ciphertext().size(); ++i) {
    v1::Sealed altered = sealed;
    (*altered.mutable_ciphertext())[i] ^= 1;
    EXPECT_THAT(Open<v1::PersonalData>(kKey, altered).status(),
                StatusIs(absl::StatusCode::kDataLoss))
        << i;
  }
}

TEST(Open, OtherKeyNoncePersonOrMessageThenDataLoss) {
  const v1::Sealed sealed = Seal(kKey, kNonce, "cus_1", Maria());
  EXPECT_THAT(Open<v1::PersonalData>(std::string(kKeyBytes, 'x'), sealed).status(),
              StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(Open<v1::PersonalData>("short", sealed).status(),
              StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(Open<v1::NoteText>(kKey, sealed).status(), StatusIs(absl::StatusCode::kDataLoss));
  v1::Sealed other_person = sealed;
  other_person.set_subject_id("cus_2");
  EXPECT_THAT(Open<v1::PersonalData>(kKey, other_person).status(),
              StatusIs(absl::StatusCode::kDataLoss));
  v1::Sealed other_nonce = sealed;
  other_nonce.set_nonce(std::string(kNonceBytes, 'x'));
  EXPECT_THAT(Open<v1::PersonalData>(kKey, other_nonce).status(),
              StatusIs(absl::StatusCode::kDataLoss));
  v1::Sealed cut_off = sealed;
  cut_off.set_ciphertext("short");
  EXPECT_THAT(Open<v1::PersonalData>(kKey, cut_off).status(),
              StatusIs(absl::StatusCode::kDataLoss));
}

TEST(SearchToken, KeyKindAndWordThenAllCount) {
  const std::string token = SearchToken(kKey, 'n', "exam");
  EXPECT_EQ(token.size(), 16u);
  EXPECT_EQ(token, SearchToken(kKey, 'n', "exam"));
  EXPECT_NE(token, SearchToken(kKey, 'e', "exam"));
  EXPECT_NE(token, SearchToken(kKey, 'n', "exa"));
  EXPECT_NE(token, SearchToken(std::string(kKeyBytes, 'x'), 'n', "exam"));
}

TEST(RandomBytes, AnyCountThenThatMany) {
  SeededEntropy entropy(1);
  EXPECT_EQ(RandomBytes(entropy, kNonceBytes).size(), kNonceBytes);
  EXPECT_NE(RandomBytes(entropy, kKeyBytes), RandomBytes(entropy, kKeyBytes));
}

}  // namespace
}  // namespace pitlane::customer_vehicle
