// Small text and byte helpers that several libraries need. Pure functions; safe from any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

struct evp_md_ctx_st;  // OpenSSL's EVP_MD_CTX

namespace pitlane {

// Debian builds Abseil for C++14, where absl::string_view is a class of its own; these go between
// the two: absl::StrCat("no part ", ToAbsl(code)), std::string(ToStd(status.message())).
inline absl::string_view ToAbsl(std::string_view text) { return {text.data(), text.size()}; }
inline std::string_view ToStd(absl::string_view text) { return {text.data(), text.size()}; }

// Two lower-case hex digits per byte.
std::string HexEncode(std::string_view bytes);

// RFC 4648 section 5 without padding.
std::string Base64UrlEncode(std::string_view bytes);
// Accepts exactly what Base64UrlEncode makes: padding, white space, the characters '+' and '/', and
// left-over bits that are not zero are INVALID_ARGUMENT. So equal bytes have one text only.
absl::StatusOr<std::string> Base64UrlDecode(std::string_view text);

// The 32 raw bytes of the SHA-256 digest.
std::string Sha256(std::string_view bytes);

// SHA-256 over input that arrives in pieces. Not thread-safe; movable.
class Sha256Hasher {
 public:
  Sha256Hasher();
  ~Sha256Hasher();
  Sha256Hasher(Sha256Hasher&&) noexcept;
  Sha256Hasher& operator=(Sha256Hasher&&) noexcept;

  void Update(std::string_view bytes);
  // The 32 raw bytes over everything since construction or the last Finish; starts over.
  std::string Finish();

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const;
  };
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

// Big-endian integers, so that keys sort as their numbers do.
std::string EncodeBigEndian64(uint64_t value);
std::string EncodeBigEndian32(uint32_t value);
void AppendBigEndian64(std::string& out, uint64_t value);
void AppendBigEndian32(std::string& out, uint32_t value);
// INVALID_ARGUMENT unless `bytes` has exactly 8 or 4 bytes.
absl::StatusOr<uint64_t> DecodeBigEndian64(std::string_view bytes);
absl::StatusOr<uint32_t> DecodeBigEndian32(std::string_view bytes);

// Keeps ASCII letters (upper-cased) and digits, drops everything else: "pf-1127 / b" -> "PF1127B".
// How part numbers, plates and the like are compared.
std::string StripToAlnumUpper(std::string_view text);

}  // namespace pitlane
