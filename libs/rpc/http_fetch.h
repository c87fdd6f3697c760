// One GET over http or https; for the issuer's key set.
#pragma once

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace pitlane::rpc {

// The body of a 200 answer. Blocks for at most `timeout`. Follows no redirects and checks
// certificates. UNAVAILABLE: no or another answer, or a body longer than `max_bytes`. Thread-safe.
absl::StatusOr<std::string> HttpGet(const std::string& url, absl::Duration timeout,
                                    size_t max_bytes);

}  // namespace pitlane::rpc
