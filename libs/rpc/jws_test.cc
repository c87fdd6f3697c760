#include "libs/rpc/jws.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>

#include "libs/base/status_matchers.h"
#include "libs/base/text.h"
#include "nlohmann/json.hpp"

namespace pitlane::rpc {
namespace {

using Json = nlohmann::json;
using ::testing::HasSubstr;

const Json& Wycheproof() {
  static const Json* const vectors = [] {
    std::ifstream file(PITLANE_SOURCE_DIR
                       "/tests/data/signatures/wycheproof_json_web_signature_test.json");
    return new Json(Json::parse(file, nullptr, /*allow_exceptions=*/false));
  }();
  return *vectors;
}

Json PublicKeyOf(const Json& group) {
  return group.contains("public") ? group["public"] : group["private"];
}

absl::StatusOr<KeySet> SetOf(const std::vector<Json>& keys) {
  return KeySet::Parse(Json{{"keys", keys}}.dump());
}

// Whether a key is for one of our algorithms, whatever else is wrong with it.
bool IsOurKind(const Json& key) {
  const std::string algorithm = key.value("alg", "");
  if (algorithm.empty()) return key["kty"] == "EC" || key["kty"] == "RSA";
  return algorithm == "ES256" || algorithm == "RS256";
}

TEST(KeySet, VerifiesExactlyTheValidVectorsOfOurAlgorithms) {
  ASSERT_TRUE(Wycheproof().is_object());
  int valid = 0;
  int invalid = 0;
  for (const Json& group : Wycheproof()["testGroups"]) {
    if (!IsOurKind(PublicKeyOf(group))) continue;
    ASSERT_OK_AND_ASSIGN(const KeySet keys, SetOf({PublicKeyOf(group)}));
    for (const Json& test : group["tests"]) {
      const bool expected = test["result"] == "valid";
      EXPECT_EQ(keys.Verify(test["jws"].get<std::string>()).ok(), expected)
          << test["tcId"] << " " << test["comment"];
      ++(expected ? valid : invalid);
    }
  }
  EXPECT_EQ(valid, 10);
  EXPECT_EQ(invalid, 266);
}

TEST(KeySet, KeysOfOtherAlgorithmsAreNotUsed) {
  int groups = 0;
  for (const Json& group : Wycheproof()["testGroups"]) {
    if (IsOurKind(PublicKeyOf(group))) continue;
    ASSERT_OK_AND_ASSIGN(const KeySet keys, SetOf({PublicKeyOf(group)}));
    EXPECT_EQ(keys.size(), 0u) << PublicKeyOf(group);
    for (const Json& test : group["tests"]) {
      EXPECT_FALSE(keys.Verify(test["jws"].get<std::string>()).ok()) << test["tcId"];
    }
    ++groups;
  }
  EXPECT_EQ(groups, 14);
}

struct Sample {
  Json key;
  std::string token;
};

Sample ValidSample(std::string_view algorithm) {
  for (const Json& group : Wycheproof()["testGroups"]) {
    const Json key = PublicKeyOf(group);
    if (key.value("alg", "") != algorithm || !key.contains("use")) continue;
    for (const Json& test : group["tests"]) {
      if (test["result"] == "valid") return {key, test["jws"].get<std::string>()};
    }
  }
  return {};
}

TEST(KeySet, AKeyWithoutAlgorithmIsPinnedByItsKind) {
  Sample sample = ValidSample("ES256");
  sample.key.erase("alg");
  ASSERT_OK_AND_ASSIGN(const KeySet keys, SetOf({sample.key}));
  EXPECT_THAT(keys.Verify(sample.token), IsOk());
}

TEST(KeySet, AnUnknownKeyIdIsNotFound) {
  Sample sample = ValidSample("ES256");
  sample.key["kid"] = "another";
  ASSERT_OK_AND_ASSIGN(const KeySet keys, SetOf({sample.key}));
  EXPECT_THAT(keys.Verify(sample.token), StatusIs(absl::StatusCode::kNotFound));
}

TEST(KeySet, AKeyIdOfAnotherAlgorithmIsRefused) {
  const Sample sample = ValidSample("ES256");
  Json rsa = ValidSample("RS256").key;
  rsa["kid"] = sample.key["kid"];
  ASSERT_OK_AND_ASSIGN(const KeySet keys, SetOf({rsa}));
  EXPECT_THAT(keys.Verify(sample.token),
              StatusIs(absl::StatusCode::kPermissionDenied, HasSubstr("algorithm")));
}

// The signed text of a token stays what it was; only what stands around it is changed.
TEST(KeySet, LenientEncodingsOfAValidTokenAreRefused) {
  const Sample sample = ValidSample("ES256");
  ASSERT_OK_AND_ASSIGN(const KeySet keys, SetOf({sample.key}));
  ASSERT_THAT(keys.Verify(sample.token), IsOk());
  const size_t dot = sample.token.rfind('.');
  ASSERT_OK_AND_ASSIGN(const std::string signature,
                       Base64UrlDecode(std::string_view(sample.token).substr(dot + 1)));
  const std::string odd = sample.token.substr(0, dot + 1) + Base64UrlEncode(signature + "x");
  for (const std::string& token :
       {sample.token + "==", sample.token + "\n", " " + sample.token, sample.token + ".", odd,
        sample.token + "=anything"}) {
    EXPECT_FALSE(keys.Verify(token).ok()) << token;
  }
}

TEST(KeySet, CriticalExtensionsAndRepeatedHeadersAreRefused) {
  const Sample sample = ValidSample("ES256");
  ASSERT_OK_AND_ASSIGN(const KeySet keys, SetOf({sample.key}));
  const std::string rest = sample.token.substr(sample.token.find('.'));
  const std::string id = sample.key["kid"].get<std::string>();
  const auto with_header = [&](const std::string& header) {
    return Base64UrlEncode(header) + rest;
  };
  EXPECT_THAT(
      keys.Verify(with_header(R"({"alg":"ES256","crit":["exp"],"kid":")" + id + "\"}")),
      StatusIs(absl::StatusCode::kPermissionDenied, HasSubstr("extensions")));
  EXPECT_THAT(keys.Verify(with_header(R"({"alg":"none","alg":"ES256","kid":")" + id + "\"}")),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(keys.Verify(with_header(R"({"alg":"none","kid":")" + id + "\"}")),
              StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(keys.Verify(with_header(R"({"alg":"ES256","kid":7})")),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(KeySet, WithoutKeyIdTheOnlyKeyOfTheAlgorithmDecides) {
  Json key;
  std::string token;
  for (const Json& group : Wycheproof()["testGroups"]) {
    for (const Json& test : group["tests"]) {
      const std::string text = test["jws"].get<std::string>();
      const auto header = Base64UrlDecode(text.substr(0, text.find('.')));
      const bool fits = test["result"] == "valid" && PublicKeyOf(group).value("alg", "") == "RS256";
      if (!fits || !header.ok() || header->find("kid") != std::string::npos) continue;
      key = PublicKeyOf(group);
      token = text;
    }
  }
  ASSERT_FALSE(token.empty());
  Json second = ValidSample("RS256").key;
  ASSERT_OK_AND_ASSIGN(const KeySet one, SetOf({key, ValidSample("ES256").key}));
  EXPECT_THAT(one.Verify(token), IsOk());
  ASSERT_OK_AND_ASSIGN(const KeySet two, SetOf({key, second}));
  EXPECT_THAT(two.Verify(token), StatusIs(absl::StatusCode::kNotFound));
}

TEST(KeySet, WhatIsNoKeySetIsRefused) {
  for (const char* text : {"", "[]", "{}", R"({"keys":{}})", "{\"keys\":["}) {
    EXPECT_THAT(KeySet::Parse(text), StatusIs(absl::StatusCode::kInvalidArgument)) << text;
  }
  const Json key = ValidSample("ES256").key;
  EXPECT_THAT(SetOf({key, key}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("two keys")));
}

TEST(KeySet, DamagedAndShortKeysAreLeftOut) {
  Json damaged = ValidSample("ES256").key;
  damaged["x"] = damaged["y"];
  Json short_rsa = ValidSample("RS256").key;
  short_rsa["n"] = short_rsa["n"].get<std::string>().substr(0, 100);
  ASSERT_OK_AND_ASSIGN(const KeySet keys, SetOf({damaged, short_rsa, Json("text"), Json::object()}));
  EXPECT_EQ(keys.size(), 0u);
}

}  // namespace
}  // namespace pitlane::rpc
