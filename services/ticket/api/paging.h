// Pages of lists: how many rows, and where the next page begins. Pure functions; safe from any
// thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace pitlane::ticket {

struct PageRequest {
  size_t limit = 0;
  std::optional<std::string> after;  // key of the last row of the page before
};

// 0 rows stand for 50; at most 200. INVALID_ARGUMENT (page_size, page_token), also for a token of
// another question: one whose key does not begin with `prefix`.
absl::StatusOr<PageRequest> ParsePage(int32_t page_size, const std::string& page_token,
                                      std::string_view prefix);
// Empty when that was all.
std::string PageToken(const std::optional<std::string>& resume);

}  // namespace pitlane::ticket
