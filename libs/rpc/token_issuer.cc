#include "libs/rpc/token_issuer.h"

#include <cjose/cjose.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/rpc/claims.h"
#include "nlohmann/json.hpp"

namespace pitlane::rpc {
namespace {

using Json = nlohmann::json;

constexpr const char* kAlgorithm = "ES256";

struct ReleaseJwk {
  void operator()(cjose_jwk_t* jwk) const { cjose_jwk_release(jwk); }
};
struct ReleaseJws {
  void operator()(cjose_jws_t* jws) const { cjose_jws_release(jws); }
};
struct ReleaseHeader {
  void operator()(cjose_header_t* header) const { cjose_header_release(header); }
};
using Jwk = std::unique_ptr<cjose_jwk_t, ReleaseJwk>;
using Jws = std::unique_ptr<cjose_jws_t, ReleaseJws>;
using Header = std::unique_ptr<cjose_header_t, ReleaseHeader>;

absl::Status CjoseFailure(const char* what, const cjose_err& error) {
  return absl::InternalError(absl::StrCat(what, ": ", error.message));
}

absl::Status FileFailure(const std::string& path) {
  return absl::UnavailableError(absl::StrCat(path, ": ", std::strerror(errno)));
}

absl::StatusOr<Json> Export(const cjose_jwk_t* jwk, bool with_private) {
  cjose_err error;
  const std::unique_ptr<char, decltype(&std::free)> text(
      cjose_jwk_to_json(jwk, with_private, &error), &std::free);
  if (text == nullptr) return CjoseFailure("exporting the key", error);
  return Json::parse(text.get(), nullptr, /*allow_exceptions=*/false);
}

// RFC 7638: the same key has the same id wherever it is computed.
std::string Thumbprint(const Json& key) {
  const Json members = {{"crv", key["crv"]}, {"kty", key["kty"]}, {"x", key["x"]}, {"y", key["y"]}};
  return Base64UrlEncode(Sha256(members.dump()));
}

absl::Status WriteAll(const std::string& path, const std::string& text, mode_t mode) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  if (file < 0) return FileFailure(path);
  size_t written = 0;
  while (written < text.size()) {
    const ssize_t count = write(file, text.data() + written, text.size() - written);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) break;
    written += static_cast<size_t>(count);
  }
  const bool good = written == text.size() && fsync(file) == 0;
  if (close(file) != 0 || !good) return FileFailure(path);
  return absl::OkStatus();
}

absl::StatusOr<std::string> MakePrivateKey() {
  cjose_err error;
  const Jwk jwk(cjose_jwk_create_EC_random(CJOSE_JWK_EC_P_256, &error));
  if (jwk == nullptr) return CjoseFailure("making a key", error);
  ASSIGN_OR_RETURN(Json key, Export(jwk.get(), /*with_private=*/true));
  key["kid"] = Thumbprint(key);
  return key.dump();
}

// Several processes may start on one folder at once: a link never replaces, so one key wins.
absl::Status MakeKeyFileIfMissing(const std::string& path) {
  if (access(path.c_str(), F_OK) == 0) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::string key, MakePrivateKey());
  const std::string fresh = absl::StrCat(path, ".", getpid(), ".new");
  unlink(fresh.c_str());
  RETURN_IF_ERROR(WriteAll(fresh, key, 0600));
  const bool linked = link(fresh.c_str(), path.c_str()) == 0 || errno == EEXIST;
  const absl::Status status = linked ? absl::OkStatus() : FileFailure(path);
  unlink(fresh.c_str());
  return status;
}

absl::Status CheckSecret(const std::string& path) {
  struct stat info = {};
  if (stat(path.c_str(), &info) != 0) return FileFailure(path);
  if ((info.st_mode & 0077) != 0) {
    return absl::FailedPreconditionError(
        absl::StrCat(path, " can be read by others; chmod 600 it, or remove it to get a new key"));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> ReadAll(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (!file || !(text << file.rdbuf())) return FileFailure(path);
  return text.str();
}

absl::Status WriteKeySet(const std::string& path, const Json& public_key) {
  Json key = public_key;
  key["alg"] = kAlgorithm;
  key["use"] = "sig";
  const std::string text = Json{{"keys", {key}}}.dump();
  if (auto present = ReadAll(path); present.ok() && *present == text) return absl::OkStatus();
  const std::string fresh = absl::StrCat(path, ".", getpid(), ".new");
  unlink(fresh.c_str());
  RETURN_IF_ERROR(WriteAll(fresh, text, 0644));
  if (rename(fresh.c_str(), path.c_str()) != 0) return FileFailure(path);
  return absl::OkStatus();
}

}  // namespace

struct TokenIssuer::Impl {
  std::string issuer;
  std::string audience;
  std::string jwks_path;
  std::string key_id;
  Clock* clock = nullptr;
  Jwk key;
};

absl::StatusOr<std::unique_ptr<TokenIssuer>> TokenIssuer::Open(std::string_view directory,
                                                               std::string issuer,
                                                               std::string audience, Clock& clock) {
  const std::string folder(directory);
  std::error_code failure;
  std::filesystem::create_directories(folder, failure);
  if (failure) {
    return absl::UnavailableError(absl::StrCat(folder, ": ", failure.message()));
  }
  const std::string key_path = absl::StrCat(folder, "/issuer_key.json");
  RETURN_IF_ERROR(MakeKeyFileIfMissing(key_path));
  RETURN_IF_ERROR(CheckSecret(key_path));
  ASSIGN_OR_RETURN(const std::string text, ReadAll(key_path));
  auto impl = std::make_unique<Impl>();
  cjose_err error;
  impl->key.reset(cjose_jwk_import(text.data(), text.size(), &error));
  const bool usable = impl->key != nullptr &&
                      cjose_jwk_get_kty(impl->key.get(), &error) == CJOSE_JWK_KTY_EC &&
                      cjose_jwk_get_keysize(impl->key.get(), &error) == 256;
  if (!usable) {
    return absl::InvalidArgumentError(
        absl::StrCat(key_path, " holds no P-256 key; remove it to get a new one"));
  }
  ASSIGN_OR_RETURN(Json public_key, Export(impl->key.get(), /*with_private=*/false));
  impl->key_id = Thumbprint(public_key);
  public_key["kid"] = impl->key_id;
  impl->jwks_path = absl::StrCat(folder, "/jwks.json");
  RETURN_IF_ERROR(WriteKeySet(impl->jwks_path, public_key));
  impl->issuer = std::move(issuer);
  impl->audience = std::move(audience);
  impl->clock = &clock;
  return std::unique_ptr<TokenIssuer>(new TokenIssuer(std::move(impl)));
}

TokenIssuer::TokenIssuer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TokenIssuer::~TokenIssuer() = default;

absl::StatusOr<std::string> TokenIssuer::Mint(const Caller& caller, absl::Duration lifetime) const {
  const absl::Time now = impl_->clock->Now();
  Claims claims{.caller = caller,
                .issuer = impl_->issuer,
                .audiences = {impl_->audience},
                .not_before = now,
                .expires = now + lifetime};
  // Two tokens of one moment that say the same are one token.
  claims.token_id = absl::BytesToHexString(
      Sha256(absl::StrCat(absl::ToUnixNanos(now), FormatClaims(claims))).substr(0, 12));
  return Sign(FormatClaims(claims));
}

absl::StatusOr<std::string> TokenIssuer::Sign(std::string_view claims_json) const {
  cjose_err error;
  const Header header(cjose_header_new(&error));
  if (header == nullptr || !cjose_header_set(header.get(), CJOSE_HDR_ALG, kAlgorithm, &error) ||
      !cjose_header_set(header.get(), CJOSE_HDR_KID, impl_->key_id.c_str(), &error)) {
    return CjoseFailure("making a header", error);
  }
  const Jws jws(cjose_jws_sign(impl_->key.get(), header.get(),
                               reinterpret_cast<const uint8_t*>(claims_json.data()),
                               claims_json.size(), &error));
  const char* compact = nullptr;
  if (jws == nullptr || !cjose_jws_export(jws.get(), &compact, &error)) {
    return CjoseFailure("signing a token", error);
  }
  return std::string(compact);
}

const std::string& TokenIssuer::jwks_path() const { return impl_->jwks_path; }

TokenVerifierOptions TokenIssuer::VerifierOptions() const {
  return {.jwks = impl_->jwks_path, .issuer = impl_->issuer, .audience = impl_->audience};
}

absl::StatusOr<std::string> TokenIdOf(std::string_view token) {
  const std::vector<absl::string_view> parts = absl::StrSplit(ToAbsl(token), '.');
  std::string json;
  if (parts.size() != 3 || !absl::WebSafeBase64Unescape(parts[1], &json)) {
    return absl::InvalidArgumentError("that is no token");
  }
  ASSIGN_OR_RETURN(Claims claims, ParseClaims(json));
  if (claims.token_id.empty()) return absl::InvalidArgumentError("the token has no jti");
  return std::move(claims.token_id);
}

}  // namespace pitlane::rpc
