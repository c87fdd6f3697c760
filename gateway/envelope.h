// The frames in which Connect's streams and gRPC-Web carry messages: one byte of flags, four bytes
// of length (big-endian), the data.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace pitlane::gateway {

inline constexpr uint8_t kCompressedFlag = 0x01;
inline constexpr uint8_t kEndStreamFlag = 0x02;  // Connect: the last frame, JSON
inline constexpr uint8_t kTrailersFlag = 0x80;   // gRPC-Web: the last frame, header lines
inline constexpr size_t kEnvelopePrefixBytes = 5;

struct Envelope {
  uint8_t flags = 0;
  std::string data;
};

std::string MakeEnvelope(uint8_t flags, std::string_view data);

// Takes a body in pieces. Not thread-safe.
class EnvelopeReader {
 public:
  explicit EnvelopeReader(size_t max_bytes) : max_bytes_(max_bytes) {}

  void Append(std::string_view bytes) { bytes_.append(bytes); }
  // nullopt: not all of the next frame is there yet. RESOURCE_EXHAUSTED, MESSAGE_TOO_LARGE: said as
  // soon as the frame's length is known.
  absl::StatusOr<std::optional<Envelope>> Next();
  // Nothing is left over.
  bool empty() const { return bytes_.empty(); }

 private:
  const size_t max_bytes_;
  std::string bytes_;
};

// Standard base64 in pieces, as gRPC-Web's text form sends it: padding may stand between pieces
// that were encoded one by one. Not thread-safe.
class Base64Reader {
 public:
  // What can be decoded by now. INVALID_ARGUMENT, FIELD_INVALID: not base64.
  absl::StatusOr<std::string> Append(std::string_view text);
  // INVALID_ARGUMENT, FIELD_INVALID: the text was cut off.
  absl::Status End() const;

 private:
  std::string rest_;
};

// With padding.
std::string Base64Encode(std::string_view bytes);
// Without padding, as metadata and error details are written.
std::string Base64EncodeUnpadded(std::string_view bytes);
// With padding or without, with '+' and '/' or '-' and '_'. INVALID_ARGUMENT: none of them.
absl::StatusOr<std::string> Base64Decode(std::string_view text);

}  // namespace pitlane::gateway
