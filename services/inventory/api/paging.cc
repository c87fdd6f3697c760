#include "services/inventory/api/paging.h"

#include "absl/strings/str_cat.h"
#include "libs/base/text.h"
#include "libs/rpc/errors.h"

namespace pitlane::inventory {

absl::StatusOr<PageRequest> ParsePage(int32_t page_size, std::string_view page_token,
                                      size_t standard, size_t most) {
  if (page_size < 0 || static_cast<size_t>(page_size) > most) {
    return rpc::Invalid("page_size", absl::StrCat("page_size must be 0 to ", most));
  }
  PageRequest page{.limit = page_size == 0 ? standard : static_cast<size_t>(page_size),
                   .after = std::nullopt};
  if (page_token.empty()) return page;
  absl::StatusOr<std::string> after = Base64UrlDecode(page_token);
  if (!after.ok() || after->empty()) {
    return rpc::Invalid("page_token", "page_token must be the next_page_token of the page before");
  }
  page.after = *std::move(after);
  return page;
}

std::string PageToken(const std::optional<std::string>& resume) {
  return resume.has_value() ? Base64UrlEncode(*resume) : std::string();
}

}  // namespace pitlane::inventory
