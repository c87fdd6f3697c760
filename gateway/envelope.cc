#include "gateway/envelope.h"

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/rpc/errors.h"

namespace pitlane::gateway {
namespace {

constexpr size_t kQuad = 4;

absl::Status NotBase64() { return rpc::Invalid("(body)", "must be base64"); }

}  // namespace

std::string MakeEnvelope(uint8_t flags, std::string_view data) {
  std::string out;
  out.reserve(kEnvelopePrefixBytes + data.size());
  out.push_back(static_cast<char>(flags));
  AppendBigEndian32(out, static_cast<uint32_t>(data.size()));
  out.append(data);
  return out;
}

absl::StatusOr<std::optional<Envelope>> EnvelopeReader::Next() {
  if (bytes_.size() < kEnvelopePrefixBytes) return std::nullopt;
  ASSIGN_OR_RETURN(const uint32_t size,
                   DecodeBigEndian32(std::string_view(bytes_).substr(1, sizeof(uint32_t))));
  if (size > max_bytes_) {
    return rpc::MakeError(absl::StatusCode::kResourceExhausted, common::v1::MESSAGE_TOO_LARGE,
                          absl::StrCat("a message has ", size, " bytes; at most ", max_bytes_));
  }
  if (bytes_.size() < kEnvelopePrefixBytes + size) return std::nullopt;
  Envelope envelope{static_cast<uint8_t>(bytes_[0]), bytes_.substr(kEnvelopePrefixBytes, size)};
  bytes_.erase(0, kEnvelopePrefixBytes + size);
  return std::optional<Envelope>(std::move(envelope));
}

absl::StatusOr<std::string> Base64Reader::Append(std::string_view text) {
  rest_.append(text);
  const size_t whole = rest_.size() / kQuad * kQuad;
  std::string out;
  for (size_t used = 0; used < whole;) {
    // Up to the padding, which ends what was encoded in one go.
    size_t end = rest_.find('=', used);
    end = end >= whole ? whole : (end / kQuad + 1) * kQuad;
    std::string piece;
    if (!absl::Base64Unescape(ToAbsl(std::string_view(rest_).substr(used, end - used)), &piece)) {
      return NotBase64();
    }
    out.append(piece);
    used = end;
  }
  rest_.erase(0, whole);
  return out;
}

absl::Status Base64Reader::End() const { return rest_.empty() ? absl::OkStatus() : NotBase64(); }

std::string Base64Encode(std::string_view bytes) { return absl::Base64Escape(ToAbsl(bytes)); }

std::string Base64EncodeUnpadded(std::string_view bytes) {
  std::string text = Base64Encode(bytes);
  while (!text.empty() && text.back() == '=') text.pop_back();
  return text;
}

absl::StatusOr<std::string> Base64Decode(std::string_view text) {
  while (!text.empty() && text.back() == '=') text.remove_suffix(1);
  const bool plain = std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' ||
           c == '/' || c == '-' || c == '_';
  });
  const std::string standard = absl::StrReplaceAll(ToAbsl(text), {{"-", "+"}, {"_", "/"}});
  std::string bytes;
  if (!plain || !absl::Base64Unescape(standard, &bytes)) {
    return absl::InvalidArgumentError("must be base64");
  }
  return bytes;
}

}  // namespace pitlane::gateway
