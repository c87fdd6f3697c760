#include "libs/rpc/jws.h"

#include <cjose/cjose.h>

#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "nlohmann/json.hpp"

namespace pitlane::rpc {
namespace {

using Json = nlohmann::json;

constexpr size_t kMinRsaBits = 2048;
constexpr size_t kEs256SignatureBytes = 64;
constexpr std::string_view kEs256 = "ES256";
constexpr std::string_view kRs256 = "RS256";

struct ReleaseJwk {
  void operator()(cjose_jwk_t* jwk) const { cjose_jwk_release(jwk); }
};
struct ReleaseJws {
  void operator()(cjose_jws_t* jws) const { cjose_jws_release(jws); }
};
using Jwk = std::unique_ptr<cjose_jwk_t, ReleaseJwk>;
using Jws = std::unique_ptr<cjose_jws_t, ReleaseJws>;

// Text of a string member; empty when it is missing or something else.
std::string Text(const Json& object, const char* name) {
  const auto member = object.find(name);
  return member != object.end() && member->is_string() ? member->get<std::string>() : "";
}

bool MeantForVerifying(const Json& key) {
  if (key.contains("use") && Text(key, "use") != "sig") return false;
  const auto operations = key.find("key_ops");
  if (operations == key.end()) return true;
  if (!operations->is_array()) return false;
  for (const Json& operation : *operations) {
    if (operation == "verify") return true;
  }
  return false;
}

// The one algorithm a key may be used with; empty when it is none of ours.
std::string_view AlgorithmOf(const Json& key) {
  const std::string kind = Text(key, "kty");
  std::string_view algorithm;
  if (kind == "EC" && Text(key, "crv") == "P-256") algorithm = kEs256;
  if (kind == "RSA") algorithm = kRs256;
  if (key.contains("alg") && Text(key, "alg") != algorithm) return {};
  return algorithm;
}

// The public members only: a private key in the set must not get into memory here. cjose ends the
// process over some texts that are no base64, so what is not strict is left out before. nullptr: no
// key.
Jwk ImportPublic(const Json& key) {
  Json wanted = Json::object();
  for (const char* name : {"kty", "crv", "kid"}) {
    if (key.contains(name)) wanted[name] = key[name];
  }
  for (const char* name : {"x", "y", "n", "e"}) {
    if (!key.contains(name)) continue;
    const auto bytes = Base64UrlDecode(Text(key, name));
    if (!bytes.ok() || bytes->empty()) return nullptr;
    wanted[name] = key[name];
  }
  const std::string text = wanted.dump(-1, ' ', false, Json::error_handler_t::replace);
  cjose_err error;
  return Jwk(cjose_jwk_import(text.data(), text.size(), &error));
}

struct Segments {
  std::string header;
  std::string payload;
  std::string signature;
};

// cjose stops at '=' wherever it stands and ignores an odd byte at the end of an ECDSA signature;
// whatever it would read leniently is refused before it gets there.
absl::StatusOr<Segments> Split(std::string_view compact) {
  const std::vector<absl::string_view> parts = absl::StrSplit(ToAbsl(compact), '.');
  if (parts.size() != 3) return absl::InvalidArgumentError("a token has three parts");
  Segments segments;
  ASSIGN_OR_RETURN(segments.header, Base64UrlDecode(ToStd(parts[0])));
  ASSIGN_OR_RETURN(segments.payload, Base64UrlDecode(ToStd(parts[1])));
  ASSIGN_OR_RETURN(segments.signature, Base64UrlDecode(ToStd(parts[2])));
  if (segments.header.empty() || segments.signature.empty()) {
    return absl::InvalidArgumentError("header and signature must not be empty");
  }
  return segments;
}

absl::StatusOr<Json> ParseHeader(const std::string& text) {
  std::set<std::string> seen;
  bool repeated = false;
  const auto note = [&](int depth, Json::parse_event_t event, Json& parsed) {
    if (depth == 1 && event == Json::parse_event_t::key) {
      repeated |= !seen.insert(parsed.get<std::string>()).second;
    }
    return true;
  };
  Json header = Json::parse(text, note, /*allow_exceptions=*/false);
  if (!header.is_object() || repeated) {
    return absl::InvalidArgumentError("the header is not a JSON object with members of one name");
  }
  return header;
}

}  // namespace

struct KeySet::Key {
  std::string id;  // empty when the key has none
  std::string_view algorithm;
  Jwk jwk;
};

KeySet::KeySet(std::vector<Key> keys) : keys_(std::move(keys)) {}
KeySet::~KeySet() = default;
KeySet::KeySet(KeySet&&) noexcept = default;
KeySet& KeySet::operator=(KeySet&&) noexcept = default;

size_t KeySet::size() const { return keys_.size(); }

absl::StatusOr<KeySet> KeySet::Parse(std::string_view jwks_json) {
  const Json document = Json::parse(jwks_json, nullptr, /*allow_exceptions=*/false);
  if (!document.is_object() || !document.contains("keys") || !document["keys"].is_array()) {
    return absl::InvalidArgumentError(
        "not a JSON Web Key Set: expected an object with a list 'keys'");
  }
  std::vector<Key> keys;
  std::set<std::string> ids;
  for (const Json& entry : document["keys"]) {
    if (!entry.is_object() || !MeantForVerifying(entry)) continue;
    const std::string_view algorithm = AlgorithmOf(entry);
    if (algorithm.empty()) continue;
    Jwk jwk = ImportPublic(entry);
    cjose_err error;
    if (jwk == nullptr) continue;
    if (algorithm == kRs256 && cjose_jwk_get_keysize(jwk.get(), &error) < kMinRsaBits) continue;
    std::string id = Text(entry, "kid");
    if (!id.empty() && !ids.insert(id).second) {
      return absl::InvalidArgumentError(absl::StrCat("two keys with kid '", id, "'"));
    }
    keys.push_back({std::move(id), algorithm, std::move(jwk)});
  }
  return KeySet(std::move(keys));
}

absl::StatusOr<std::string> KeySet::Verify(std::string_view compact) const {
  ASSIGN_OR_RETURN(Segments segments, Split(compact));
  ASSIGN_OR_RETURN(const Json header, ParseHeader(segments.header));
  const std::string algorithm = Text(header, "alg");
  if (header.contains("kid") && !header["kid"].is_string()) {
    return absl::InvalidArgumentError("kid is not a string");
  }
  const Key* key = nullptr;
  int candidates = 0;
  for (const Key& known : keys_) {
    const bool matches =
        header.contains("kid") ? known.id == Text(header, "kid") : known.algorithm == algorithm;
    if (!matches) continue;
    key = &known;
    ++candidates;
  }
  if (candidates != 1) return absl::NotFoundError("no key, or more than one, for this token");
  if (algorithm != key->algorithm) {
    return absl::PermissionDeniedError("the token's algorithm is not its key's");
  }
  if (header.contains("crit") || header.contains("b64")) {
    return absl::PermissionDeniedError("the token demands extensions that are not understood");
  }
  if (algorithm == kEs256 && segments.signature.size() != kEs256SignatureBytes) {
    return absl::PermissionDeniedError("the signature has the wrong length");
  }
  cjose_err error;
  const Jws jws(cjose_jws_import(compact.data(), compact.size(), &error));
  if (jws == nullptr) return absl::InvalidArgumentError("not a JWS");
  if (!cjose_jws_verify(jws.get(), key->jwk.get(), &error)) {
    return absl::PermissionDeniedError("the signature does not hold");
  }
  return std::move(segments.payload);
}

}  // namespace pitlane::rpc
