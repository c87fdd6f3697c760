#include "libs/rpc/jws.h"

#include <cjose/cjose.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

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
  EXPECT_EQ(groups, 13);
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
  for (const std::string& token : {sample.token + "==", sample.token + "\n", " " + sample.token,
                                   sample.token + ".", odd, sample.token + "=anything"}) {
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
  EXPECT_THAT(keys.Verify(with_header(R"({"alg":"ES256","crit":["exp"],"kid":")" + id + "\"}")),
              StatusIs(absl::StatusCode::kPermissionDenied, HasSubstr("extensions")));
  EXPECT_THAT(keys.Verify(with_header(R"({"alg":"none","alg":"ES256","kid":")" + id + "\"}")),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(keys.Verify(with_header(R"({"alg":"none","kid":")" + id + "\"}")),
              StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(keys.Verify(with_header(R"({"alg":"ES256","kid":7})")),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

// A new ES256 key with this id and a token signed by it whose header has none.
Sample SampleWithoutKeyId(const std::string& id) {
  cjose_err error;
  cjose_jwk_t* key = cjose_jwk_create_EC_random(CJOSE_JWK_EC_P_256, &error);
  char* text = cjose_jwk_to_json(key, /*priv=*/false, &error);
  cjose_header_t* header = cjose_header_new(&error);
  EXPECT_TRUE(cjose_header_set(header, CJOSE_HDR_ALG, "ES256", &error));
  const uint8_t payload[] = {'{', '}'};
  cjose_jws_t* jws = cjose_jws_sign(key, header, payload, sizeof(payload), &error);
  const char* compact = nullptr;
  EXPECT_TRUE(cjose_jws_export(jws, &compact, &error));
  Sample sample{Json::parse(text, nullptr, /*allow_exceptions=*/false), compact};
  sample.key["kid"] = id;
  cjose_jws_release(jws);
  cjose_header_release(header);
  std::free(text);
  cjose_jwk_release(key);
  return sample;
}

TEST(KeySet, WithoutKeyIdTheOnlyKeyOfTheAlgorithmDecides) {
  const Sample sample = SampleWithoutKeyId("a");
  ASSERT_OK_AND_ASSIGN(const KeySet one, SetOf({sample.key, ValidSample("RS256").key}));
  EXPECT_THAT(one.Verify(sample.token), IsOkAndHolds("{}"));
  ASSERT_OK_AND_ASSIGN(const KeySet two, SetOf({sample.key, SampleWithoutKeyId("b").key}));
  EXPECT_THAT(two.Verify(sample.token), StatusIs(absl::StatusCode::kNotFound));
  ASSERT_OK_AND_ASSIGN(const KeySet other, SetOf({SampleWithoutKeyId("c").key}));
  EXPECT_THAT(other.Verify(sample.token), StatusIs(absl::StatusCode::kPermissionDenied));
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
  ASSERT_OK_AND_ASSIGN(const KeySet keys,
                       SetOf({damaged, short_rsa, Json("text"), Json::object()}));
  EXPECT_EQ(keys.size(), 0u);
}

TEST(KeySet, WhatIsNoStrictBase64IsLeftOutBeforeCjoseEndsTheProcessOverIt) {
  for (const char* member : {"x", "y"}) {
    const std::string good = ValidSample("ES256").key[member].get<std::string>();
    for (const std::string& bad : {good.substr(0, 25) + "=" + good.substr(26), good.substr(0, 41),
                                   good + "A=", good + "==", std::string(), std::string("+/")}) {
      Json key = ValidSample("ES256").key;
      key[member] = bad;
      ASSERT_OK_AND_ASSIGN(const KeySet keys, SetOf({key}));
      EXPECT_EQ(keys.size(), 0u) << member << " " << bad;
    }
  }
}

}  // namespace
}  // namespace pitlane::rpc
