// gzip (RFC 1952) with a limit on what comes out. Pure functions; safe from any thread.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace pitlane::gateway {

std::string Gzip(std::string_view bytes);

// INVALID_ARGUMENT, FIELD_INVALID: not gzip, or cut off. RESOURCE_EXHAUSTED, MESSAGE_TOO_LARGE:
// more than `max_bytes` would come out; not much more than that is ever held. No bytes are no
// bytes.
absl::StatusOr<std::string> Gunzip(std::string_view bytes, size_t max_bytes);

}  // namespace pitlane::gateway
