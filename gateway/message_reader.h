// The messages of a request, out of its body as it arrives.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gateway/envelope.h"
#include "gateway/methods.h"
#include "gateway/plan.h"

namespace pitlane::gateway {

// Not thread-safe. `plan` and `method` must outlive it. After an error it is of no use any more.
class MessageReader {
 public:
  MessageReader(const Plan& plan, const Method& method, size_t max_message_bytes);

  // RESOURCE_EXHAUSTED, MESSAGE_TOO_LARGE; INVALID_ARGUMENT: not base64.
  absl::Status Append(std::string_view body);
  // The body is complete. INVALID_ARGUMENT: it was cut off within a message.
  absl::Status End();

  // The next message in binary form; nullopt: it is not all there yet, or there is none any more.
  // INVALID_ARGUMENT: does not decode (the field is named), or a frame that no client may send.
  // RESOURCE_EXHAUSTED, MESSAGE_TOO_LARGE: also when it is decompressed. UNIMPLEMENTED,
  // METHOD_UNKNOWN: JSON of a method that this build does not know. INTERNAL: a compressed frame
  // without a compression, for which the protocols demand this code.
  absl::StatusOr<std::optional<std::string>> Next();

 private:
  absl::StatusOr<std::string> Decode(std::string bytes, bool compressed);

  const Plan& plan_;
  const Method& method_;
  const size_t max_bytes_;
  bool ended_ = false;
  bool taken_ = false;  // the one message of a body without frames
  std::string body_;    // ... itself
  Base64Reader text_;
  EnvelopeReader envelopes_;
};

}  // namespace pitlane::gateway
