#include "libs/rpc/identity.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <sstream>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "libs/base/clock.h"
#include "libs/base/ids.h"
#include "libs/base/status_matchers.h"
#include "libs/base/text.h"
#include "libs/rpc/claims.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/testing/test_identity.h"
#include "libs/rpc/token_cache.h"
#include "libs/rpc/token_issuer.h"

namespace pitlane::rpc {
namespace {

using common::v1::KEYS_UNAVAILABLE;
using common::v1::TOKEN_EXPIRED;
using common::v1::TOKEN_MALFORMED;
using common::v1::TOKEN_NOT_YET_VALID;
using common::v1::TOKEN_REJECTED;
using ::testing::ElementsAre;
using testing::GrantOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Ne;
using ::testing::SizeIs;
using testing::TempFolder;
using testing::TestIdentity;

std::string ReadFile(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

void WriteFile(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::trunc) << text;
}

std::unique_ptr<TokenIssuer> IssuerIn(const TempFolder& folder, Clock& clock,
                                      const std::string& issuer = "https://id.test",
                                      const std::string& audience = "pitlane") {
  auto opened = TokenIssuer::Open(folder.path(), issuer, audience, clock);
  EXPECT_THAT(opened, IsOk());
  return *std::move(opened);
}

class TokenVerifierTest : public ::testing::Test {
 protected:
  // What the verifier says about these claims, with `iss`, `aud` and `exp` made good unless given.
  absl::Status Try(const std::string& claims) {
    auto token = identity_.issuer().Sign(claims);
    if (!token.ok()) return token.status();
    return identity_.verifier().Verify(*token).status();
  }
  std::string Good(const std::string& more = "") const {
    return absl::StrCat(R"({"iss":"https://id.test","aud":"pitlane","sub":"usr-1","exp":)",
                        absl::ToUnixSeconds(start_) + 3600, more, "}");
  }
  static void ExpectRefused(const absl::Status& status, CommonReason reason) {
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kUnauthenticated));
    EXPECT_TRUE(HasReason(status, reason)) << status;
  }

  FakeClock clock_;
  const absl::Time start_ = clock_.Now();
  TestIdentity identity_{clock_};
};

TEST_F(TokenVerifierTest, AMintedTokenGivesItsCaller) {
  SeededEntropy entropy(1);
  const std::string location = LocationId::Make(clock_, entropy, 5).text();
  const Caller caller{.subject = "usr-7",
                      .tenant = "chain-1",
                      .grants = {GrantOf(Role::kAdvisor, location), GrantOf(Role::kAuditor, "*")},
                      .device_id = "tablet-3"};
  ASSERT_OK_AND_ASSIGN(const std::string token, identity_.issuer().Mint(caller, absl::Hours(1)));
  ASSERT_OK_AND_ASSIGN(const auto verified, identity_.verifier().Verify(token));
  EXPECT_EQ(*verified, caller);
}

TEST_F(TokenVerifierTest, WhatIsNoTokenIsMalformed) {
  for (const std::string& text :
       {std::string(), std::string("x"), std::string("a.b.c"),
        std::string("eyJhbGciOiJub25lIn0.e30."), std::string(9000, 'a')}) {
    ExpectRefused(identity_.verifier().Verify(text).status(), TOKEN_MALFORMED);
  }
}

TEST_F(TokenVerifierTest, MissingAndMalformedClaimsAreNamed) {
  EXPECT_THAT(Try(Good()), IsOk());
  ExpectRefused(Try("[]"), TOKEN_MALFORMED);
  ExpectRefused(Try(R"({"iss":"https://id.test","aud":"pitlane","exp":9e9})"), TOKEN_MALFORMED);
  ExpectRefused(Try(R"({"iss":"https://id.test","aud":"pitlane","sub":"u"})"), TOKEN_MALFORMED);
  for (const char* more :
       {R"(,"sub":7)", R"(,"nbf":"now")", R"(,"exp":-1)", R"(,"exp":1e300)", R"(,"aud":[1])",
        R"(,"roles":{})", R"(,"roles":[7])", R"(,"roles":["owner"],"locations":["loc_1"])",
        R"(,"jti":7)", R"(,"sid":[])", R"(,"roles":[{"role":"owner"}])",
        R"(,"roles":[{"role":"owner","locations":["loc_1"]}])",
        R"(,"roles":[{"role":"owner","locations":"*"}])", R"(,"device_id":1)"}) {
    ExpectRefused(Try(Good(more)), TOKEN_MALFORMED);
  }
  EXPECT_THAT(Try(Good(R"(,"roles":{})")).message(), HasSubstr("'roles'"));
}

TEST_F(TokenVerifierTest, UnknownRolesGrantNothing) {
  ASSERT_OK_AND_ASSIGN(
      const std::string token,
      identity_.issuer().Sign(Good(R"(,"roles":[{"role":"emperor","locations":["*"]}])")));
  ASSERT_OK_AND_ASSIGN(const auto caller, identity_.verifier().Verify(token));
  EXPECT_TRUE(caller->grants.empty());
}

TEST_F(TokenVerifierTest, RolesByNameHoldWhereTheLocationsClaimSays) {
  const std::string location = LocationId::Make(clock_, Entropy::System(), 7).text();
  const auto grants = [&](const std::string& more) {
    const auto token = identity_.issuer().Sign(Good(more));
    EXPECT_THAT(token, IsOk());
    const auto caller = identity_.verifier().Verify(*token);
    EXPECT_THAT(caller, IsOk());
    return (*caller)->grants;
  };
  EXPECT_THAT(grants(R"(,"roles":["owner"])"), IsEmpty());
  EXPECT_THAT(grants(R"(,"roles":"owner","locations":"*")"),
              ElementsAre(Grant{.role = Role::kOwner, .everywhere = true}));
  EXPECT_THAT(grants(absl::StrCat(R"(,"roles":["advisor","emperor","cashier"],"locations":[")",
                                  location, R"("])")),
              ElementsAre(Grant{.role = Role::kAdvisor, .location_id = location},
                          Grant{.role = Role::kCashier, .location_id = location}));
}

TEST_F(TokenVerifierTest, ClaimsAreReadWhereTheIssuerPutsThem) {
  TokenVerifierOptions options = identity_.issuer().VerifierOptions();
  options.claims = {.roles = "/realm_access/roles",
                    .locations = "https://shop.test/locations",
                    .role_names = {{"shop-lead", "manager"}}};
  ASSERT_OK_AND_ASSIGN(const auto verifier, TokenVerifier::Create(options, clock_));
  ASSERT_OK_AND_ASSIGN(const std::string token,
                       identity_.issuer().Sign(Good(
                           R"(,"realm_access":{"roles":["shop-lead","offline_access","parts"]},)"
                           R"("https://shop.test/locations":["*"],)"
                           R"("roles":[{"role":"owner","locations":["*"]}])")));
  ASSERT_OK_AND_ASSIGN(const auto caller, verifier->Verify(token));
  EXPECT_THAT(caller->grants, ElementsAre(Grant{.role = Role::kManager, .everywhere = true},
                                          Grant{.role = Role::kParts, .everywhere = true}));
  options.claims.roles = "/realm~access";
  EXPECT_THAT(TokenVerifier::Create(options, clock_),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("JSON Pointer")));
  options.claims = {.role_names = {{"shop-lead", "boss"}}};
  EXPECT_THAT(TokenVerifier::Create(options, clock_),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("'boss', which is no role")));
}

class RevocationTest : public TokenVerifierTest {
 protected:
  void SetUp() override {
    WriteFile(list(), "# nobody yet\n");
    TokenVerifierOptions options = identity_.issuer().VerifierOptions();
    options.revoked = list();
    ASSERT_OK_AND_ASSIGN(verifier_, TokenVerifier::Create(options, clock_));
    ASSERT_OK_AND_ASSIGN(token_, identity_.issuer().Sign(Good(R"(,"jti":"t-1","sid":"s-1")")));
    ASSERT_OK_AND_ASSIGN(other_, identity_.issuer().Sign(Good(R"(,"jti":"t-2")")));
  }
  std::string list() const { return folder_.path() + "/revoked"; }

  const TempFolder folder_;
  std::unique_ptr<TokenVerifier> verifier_;
  std::string token_, other_;
};

TEST_F(RevocationTest, ATokenOrItsSessionIsRefusedWithinSeconds) {
  for (const char* id : {"t-1  # the till that was stolen\n", "s-1"}) {
    WriteFile(list(), "");
    clock_.Advance(absl::Seconds(5));
    EXPECT_THAT(verifier_->Verify(token_), IsOk());
    WriteFile(list(), absl::StrCat("x-9\n", id));
    clock_.Advance(absl::Seconds(5));
    ExpectRefused(verifier_->Verify(token_).status(), TOKEN_REJECTED);
    EXPECT_THAT(verifier_->Verify(other_), IsOk());
  }
}

TEST_F(RevocationTest, ADamagedListLeavesTheOneFromBeforeAndIsNotStartedWith) {
  WriteFile(list(), "t-1\n");
  clock_.Advance(absl::Seconds(5));
  ExpectRefused(verifier_->Verify(token_).status(), TOKEN_REJECTED);
  WriteFile(list(), "{\"revoked\": \"t-2\"}\n");
  clock_.Advance(absl::Seconds(5));
  ExpectRefused(verifier_->Verify(token_).status(), TOKEN_REJECTED);
  TokenVerifierOptions options = identity_.issuer().VerifierOptions();
  options.revoked = list();
  EXPECT_THAT(TokenVerifier::Create(options, clock_),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("line 1")));
  options.revoked = list() + "-of-nowhere";
  EXPECT_THAT(TokenVerifier::Create(options, clock_), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(RevocationTest, MintedTokensHaveIdsOfTheirOwn) {
  ASSERT_OK_AND_ASSIGN(const std::string one,
                       identity_.issuer().Mint({.subject = "usr-1"}, absl::Hours(1)));
  ASSERT_OK_AND_ASSIGN(const std::string two,
                       identity_.issuer().Mint({.subject = "usr-2"}, absl::Hours(1)));
  ASSERT_OK_AND_ASSIGN(const std::string id, TokenIdOf(one));
  EXPECT_THAT(id, SizeIs(24));
  EXPECT_THAT(TokenIdOf(two), IsOkAndHolds(Ne(id)));
  for (const char* none : {"", "a.b", "a.b.c", "a.e30.c"}) {
    EXPECT_THAT(TokenIdOf(none), StatusIs(absl::StatusCode::kInvalidArgument)) << none;
  }
  WriteFile(list(), id);
  clock_.Advance(absl::Seconds(5));
  ExpectRefused(verifier_->Verify(one).status(), TOKEN_REJECTED);
  EXPECT_THAT(verifier_->Verify(two), IsOk());
}

TEST_F(TokenVerifierTest, AnotherIssuerOrAudienceIsRejected) {
  const std::string exp = absl::StrCat(",\"exp\":", absl::ToUnixSeconds(start_) + 60, "}");
  ExpectRefused(Try(R"({"iss":"https://evil.test","aud":"pitlane","sub":"u")" + exp),
                TOKEN_REJECTED);
  ExpectRefused(Try(R"({"iss":"https://id.test","aud":"other","sub":"u")" + exp), TOKEN_REJECTED);
  ExpectRefused(Try(R"({"iss":"https://id.test","aud":[],"sub":"u")" + exp), TOKEN_REJECTED);
  EXPECT_THAT(Try(R"({"iss":"https://id.test","aud":["other","pitlane"],"sub":"u")" + exp), IsOk());
}

TEST_F(TokenVerifierTest, NotBeforeHasALeeway) {
  const auto nbf = [&](int64_t seconds) {
    return Try(Good(absl::StrCat(",\"nbf\":", absl::ToUnixSeconds(start_) + seconds)));
  };
  EXPECT_THAT(nbf(30), IsOk());
  ExpectRefused(nbf(31), TOKEN_NOT_YET_VALID);
}

TEST_F(TokenVerifierTest, AnExpiredTokenIsRefusedAlsoWhenItWasRemembered) {
  ASSERT_OK_AND_ASSIGN(const std::string token, identity_.issuer().Sign(Good()));
  EXPECT_THAT(identity_.verifier().Verify(token), IsOk());
  clock_.Advance(absl::Seconds(3600 + 29));
  EXPECT_THAT(identity_.verifier().Verify(token), IsOk());
  clock_.Advance(absl::Seconds(1));
  ExpectRefused(identity_.verifier().Verify(token).status(), TOKEN_EXPIRED);
}

TEST_F(TokenVerifierTest, ATokenSignedByAnotherKeyIsRejected) {
  const TempFolder elsewhere;
  const auto forger = IssuerIn(elsewhere, clock_);
  ASSERT_OK_AND_ASSIGN(const std::string forged, forger->Sign(Good()));
  const absl::Status status = identity_.verifier().Verify(forged).status();
  ExpectRefused(status, TOKEN_REJECTED);
  EXPECT_EQ(status.message().find(forged.substr(0, 16)), absl::string_view::npos);
}

TEST_F(TokenVerifierTest, ANewKeyInTheFileIsFoundWhenATokenNamesIt) {
  const TempFolder next_folder;
  const auto next = IssuerIn(next_folder, clock_);
  ASSERT_OK_AND_ASSIGN(const std::string old_token, identity_.issuer().Sign(Good()));
  ASSERT_OK_AND_ASSIGN(const std::string token, next->Sign(Good()));
  EXPECT_THAT(identity_.verifier().Verify(old_token), IsOk());
  WriteFile(identity_.issuer().jwks_path(), ReadFile(next->jwks_path()));
  EXPECT_THAT(identity_.verifier().Verify(token), IsOk());
  ExpectRefused(identity_.verifier().Verify(old_token).status(), TOKEN_REJECTED);
}

TEST_F(TokenVerifierTest, UnknownKeysAreLookedForOnceAMinute) {
  const TempFolder next_folder;
  const auto next = IssuerIn(next_folder, clock_);
  ASSERT_OK_AND_ASSIGN(const std::string token, next->Sign(Good()));
  ExpectRefused(identity_.verifier().Verify(token).status(), TOKEN_REJECTED);
  WriteFile(identity_.issuer().jwks_path(), ReadFile(next->jwks_path()));
  clock_.Advance(absl::Seconds(59));
  ExpectRefused(identity_.verifier().Verify(token).status(), TOKEN_REJECTED);
  clock_.Advance(absl::Seconds(1));
  EXPECT_THAT(identity_.verifier().Verify(token), IsOk());
}

TEST_F(TokenVerifierTest, ARemovedKeyStopsWorkingWithinAMinuteWithoutUnknownKeys) {
  const TempFolder next_folder;
  const auto next = IssuerIn(next_folder, clock_);
  ASSERT_OK_AND_ASSIGN(const std::string token, identity_.issuer().Sign(Good()));
  EXPECT_THAT(identity_.verifier().Verify(token), IsOk());
  WriteFile(identity_.issuer().jwks_path(), ReadFile(next->jwks_path()));
  clock_.Advance(absl::Minutes(1));
  ExpectRefused(identity_.verifier().Verify(token).status(), TOKEN_REJECTED);
}

TEST_F(TokenVerifierTest, ADamagedFileLeavesTheKeysFromBefore) {
  ASSERT_OK_AND_ASSIGN(const std::string token, identity_.issuer().Sign(Good()));
  WriteFile(identity_.issuer().jwks_path(), "{");
  clock_.Advance(absl::Minutes(2));
  EXPECT_THAT(identity_.verifier().Verify(token), IsOk());
}

TEST(TokenVerifier, WithoutKeysItIsNotMade) {
  FakeClock clock;
  const TempFolder folder;
  const TokenVerifierOptions missing{
      .jwks = folder.path() + "/none.json", .issuer = "i", .audience = "a"};
  EXPECT_THAT(TokenVerifier::Create(missing, clock),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("none.json")));
  TokenVerifierOptions empty = missing;
  empty.jwks = folder.path() + "/empty.json";
  WriteFile(empty.jwks, R"({"keys":[]})");
  EXPECT_THAT(TokenVerifier::Create(empty, clock),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("no usable key")));
  for (std::string TokenVerifierOptions::*member :
       {&TokenVerifierOptions::jwks, &TokenVerifierOptions::issuer,
        &TokenVerifierOptions::audience}) {
    TokenVerifierOptions options = missing;
    (options.*member).clear();
    EXPECT_THAT(TokenVerifier::Create(options, clock),
                StatusIs(absl::StatusCode::kFailedPrecondition));
  }
}

// Answers every connection with the same document until it is destroyed.
class TinyHttpServer {
 public:
  TinyHttpServer() : socket_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    socklen_t length = sizeof(address);
    getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &length);
    port_ = ntohs(address.sin_port);
    listen(socket_, 8);
    thread_ = std::thread([this] { Serve(); });
  }
  ~TinyHttpServer() {
    shutdown(socket_, SHUT_RDWR);
    thread_.join();
    close(socket_);
  }

  std::string url() const { return absl::StrCat("http://127.0.0.1:", port_, "/jwks.json"); }
  int requests() const { return requests_; }
  void SetBody(std::string body) {
    absl::MutexLock lock(&mutex_);
    body_ = std::move(body);
  }

 private:
  void Serve() {
    for (int peer = accept(socket_, nullptr, nullptr); peer >= 0;
         peer = accept(socket_, nullptr, nullptr)) {
      char request[4096];
      EXPECT_GT(read(peer, request, sizeof(request)), 0);
      std::string answer;
      {
        absl::MutexLock lock(&mutex_);
        answer =
            absl::StrCat("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: ", body_.size(),
                         "\r\n\r\n", body_);
      }
      ++requests_;
      EXPECT_EQ(write(peer, answer.data(), answer.size()), static_cast<ssize_t>(answer.size()));
      close(peer);
    }
  }

  const int socket_;
  int port_ = 0;
  std::atomic<int> requests_{0};
  absl::Mutex mutex_;
  std::string body_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

// The answer once no key look-up is under way.
absl::Status Settled(TokenVerifier& verifier, const std::string& token) {
  const absl::Time end = absl::Now() + absl::Seconds(10);
  absl::Status status = verifier.Verify(token).status();
  while (absl::IsUnavailable(status) && absl::Now() < end) {
    std::this_thread::yield();
    status = verifier.Verify(token).status();
  }
  return status;
}

TEST(TokenVerifierWithUrl, FetchesKeysAndFollowsTheirRotation) {
  FakeClock clock;
  const TempFolder first_folder;
  const TempFolder second_folder;
  const auto first = IssuerIn(first_folder, clock);
  const auto second = IssuerIn(second_folder, clock);
  const Caller caller{.subject = "usr-1"};
  ASSERT_OK_AND_ASSIGN(const std::string first_token, first->Mint(caller, absl::Hours(1)));
  ASSERT_OK_AND_ASSIGN(const std::string second_token, second->Mint(caller, absl::Hours(1)));
  TinyHttpServer server;
  server.SetBody(ReadFile(first->jwks_path()));
  TokenVerifierOptions options = first->VerifierOptions();
  options.jwks = server.url();
  ASSERT_OK_AND_ASSIGN(const auto verifier, TokenVerifier::Create(options, clock));

  EXPECT_THAT(Settled(*verifier, first_token), IsOk());
  EXPECT_EQ(server.requests(), 1);
  EXPECT_TRUE(HasReason(Settled(*verifier, second_token), TOKEN_REJECTED));
  EXPECT_EQ(server.requests(), 2);
  EXPECT_TRUE(HasReason(Settled(*verifier, second_token), TOKEN_REJECTED));
  EXPECT_EQ(server.requests(), 2) << "unknown keys are looked for once a minute";

  server.SetBody(ReadFile(second->jwks_path()));
  clock.Advance(absl::Minutes(1));
  const absl::Status pending = verifier->Verify(second_token).status();
  EXPECT_TRUE(HasReason(pending, KEYS_UNAVAILABLE)) << pending;
  EXPECT_TRUE(RetryAfter(pending).has_value());
  EXPECT_THAT(Settled(*verifier, second_token), IsOk());
  EXPECT_TRUE(HasReason(Settled(*verifier, first_token), TOKEN_REJECTED));
  EXPECT_EQ(server.requests(), 3);
}

TEST(TokenVerifierWithUrl, AFailedFetchLeavesTheKeysFromBefore) {
  FakeClock clock;
  const TempFolder folder;
  const auto issuer = IssuerIn(folder, clock);
  ASSERT_OK_AND_ASSIGN(const std::string token, issuer->Mint({.subject = "usr-1"}, absl::Hours(1)));
  TinyHttpServer server;
  TokenVerifierOptions options = issuer->VerifierOptions();
  options.jwks = server.url();
  server.SetBody(ReadFile(issuer->jwks_path()));
  ASSERT_OK_AND_ASSIGN(const auto verifier, TokenVerifier::Create(options, clock));
  EXPECT_THAT(Settled(*verifier, token), IsOk());
  server.SetBody("nonsense");
  clock.Advance(absl::Minutes(11));
  const absl::Time end = absl::Now() + absl::Seconds(10);
  while (server.requests() < 2 && absl::Now() < end) {
    EXPECT_THAT(verifier->Verify(token), IsOk());
  }
  EXPECT_GE(server.requests(), 2);
  EXPECT_THAT(verifier->Verify(token), IsOk());
}

TEST(TokenVerifierWithUrl, WhileTheIssuerIsDownTokensAreUnavailable) {
  FakeClock clock;
  const TempFolder folder;
  const auto issuer = IssuerIn(folder, clock);
  ASSERT_OK_AND_ASSIGN(const std::string token, issuer->Mint({.subject = "usr-1"}, absl::Hours(1)));
  std::string url;
  { url = TinyHttpServer().url(); }
  TokenVerifierOptions options = issuer->VerifierOptions();
  options.jwks = url;
  ASSERT_OK_AND_ASSIGN(const auto verifier, TokenVerifier::Create(options, clock));
  const absl::Status status = verifier->Verify(token).status();
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_TRUE(HasReason(status, KEYS_UNAVAILABLE));
}

TEST(TokenVerifierWithUrl, AnExpiredTokenIsGoodForTheGraceOnlyWhileTheIssuerIsDown) {
  FakeClock clock;
  const TempFolder folder;
  const auto issuer = IssuerIn(folder, clock);
  ASSERT_OK_AND_ASSIGN(const std::string token,
                       issuer->Mint({.subject = "usr-1"}, absl::Minutes(5)));
  TokenVerifierOptions options = issuer->VerifierOptions();
  options.offline_grace = absl::Hours(1);
  std::unique_ptr<TokenVerifier> verifier;
  {
    TinyHttpServer server;
    server.SetBody(ReadFile(issuer->jwks_path()));
    options.jwks = server.url();
    ASSERT_OK_AND_ASSIGN(verifier, TokenVerifier::Create(options, clock));
    EXPECT_THAT(Settled(*verifier, token), IsOk());
    clock.Advance(absl::Minutes(6));
    EXPECT_TRUE(HasReason(Settled(*verifier, token), TOKEN_EXPIRED)) << "the issuer answers";
  }
  clock.Advance(absl::Minutes(1));
  EXPECT_THAT(Settled(*verifier, token), IsOk());
  clock.Advance(absl::Minutes(50));
  EXPECT_THAT(verifier->Verify(token), IsOk()) << "and no second is lost to looking again";
  clock.Advance(absl::Minutes(10));
  EXPECT_TRUE(HasReason(verifier->Verify(token).status(), TOKEN_EXPIRED));
}

TEST(TokenVerifierWithUrl, WhileTheRevocationListWasNeverReadTokensAreUnavailable) {
  FakeClock clock;
  const TempFolder folder;
  const auto issuer = IssuerIn(folder, clock);
  ASSERT_OK_AND_ASSIGN(const std::string token, issuer->Mint({.subject = "usr-1"}, absl::Hours(1)));
  TokenVerifierOptions options = issuer->VerifierOptions();
  { options.revoked = TinyHttpServer().url(); }
  ASSERT_OK_AND_ASSIGN(const auto verifier, TokenVerifier::Create(options, clock));
  EXPECT_TRUE(HasReason(verifier->Verify(token).status(), KEYS_UNAVAILABLE));
}

TEST(TokenIssuer, KeepsItsKeyAndItsSecret) {
  FakeClock clock;
  const TempFolder folder;
  const auto first = IssuerIn(folder, clock);
  const std::string key_path = folder.path() + "/issuer_key.json";
  struct stat info = {};
  ASSERT_EQ(stat(key_path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  EXPECT_EQ(ReadFile(first->jwks_path()).find("\"d\""), std::string::npos);
  ASSERT_OK_AND_ASSIGN(const std::string token, first->Mint({.subject = "usr-1"}, absl::Hours(1)));
  const auto second = IssuerIn(folder, clock);
  ASSERT_OK_AND_ASSIGN(const auto verifier,
                       TokenVerifier::Create(second->VerifierOptions(), clock));
  EXPECT_THAT(verifier->Verify(token), IsOk());
}

TEST(TokenIssuer, AKeyThatOthersMayReadIsRefused) {
  FakeClock clock;
  const TempFolder folder;
  IssuerIn(folder, clock);
  ASSERT_EQ(chmod((folder.path() + "/issuer_key.json").c_str(), 0640), 0);
  EXPECT_THAT(TokenIssuer::Open(folder.path(), "i", "a", clock),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("chmod 600")));
}

TEST(TokenIssuer, AFileThatHoldsNoKeyIsRefused) {
  FakeClock clock;
  const TempFolder folder;
  const std::string path = folder.path() + "/issuer_key.json";
  WriteFile(path, "{}");
  ASSERT_EQ(chmod(path.c_str(), 0600), 0);
  EXPECT_THAT(TokenIssuer::Open(folder.path(), "i", "a", clock),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("no P-256 key")));
}

TEST(Claims, ParsingWhatIsFormattedGivesTheClaims) {
  const Claims claims{.caller = {.subject = "usr-1",
                                 .tenant = "t",
                                 .grants = {GrantOf(Role::kParts, "*")},
                                 .device_id = "d"},
                      .issuer = "i",
                      .audiences = {"a", "b"},
                      .not_before = absl::FromUnixSeconds(5),
                      .expires = absl::FromUnixSeconds(9)};
  ASSERT_OK_AND_ASSIGN(const Claims back, ParseClaims(FormatClaims(claims)));
  EXPECT_EQ(back.caller, claims.caller);
  EXPECT_EQ(back.audiences, claims.audiences);
  EXPECT_EQ(back.not_before, claims.not_before);
  EXPECT_EQ(back.expires, claims.expires);
}

TEST(TokenCache, ForgetsTheLeastRecentlyUsed) {
  TokenCache cache(2);
  cache.Put("a", {.key_generation = 1});
  cache.Put("b", {.key_generation = 2});
  EXPECT_TRUE(cache.Get("a").has_value());
  cache.Put("c", {.key_generation = 3});
  EXPECT_FALSE(cache.Get("b").has_value());
  EXPECT_EQ(cache.Get("a")->key_generation, 1u);
  cache.Put("a", {.key_generation = 4});
  EXPECT_EQ(cache.Get("a")->key_generation, 4u);
  EXPECT_EQ(cache.size(), 2u);
}

}  // namespace
}  // namespace pitlane::rpc
