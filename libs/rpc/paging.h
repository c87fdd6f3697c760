// Pages of lists: how many rows, and where the next page begins. Pure functions; safe from any
// thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace pitlane::rpc {

struct PageRequest {
  size_t limit = 0;
  std::optional<std::string> after;  // key of the last row of the page before
};

// INVALID_ARGUMENT (page_size, page_token) unless 0 (`standard`) to `most`, and a token that
// PageToken made.
absl::StatusOr<PageRequest> ParsePage(int32_t page_size, std::string_view page_token,
                                      size_t standard, size_t most);
// Empty when that was all.
std::string PageToken(const std::optional<std::string>& resume);

}  // namespace pitlane::rpc
