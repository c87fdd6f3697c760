#include "services/ticket/api/paging.h"

#include "absl/strings/str_cat.h"
#include "libs/base/text.h"
#include "libs/rpc/errors.h"

namespace pitlane::ticket {
namespace {

constexpr size_t kStandardRows = 50;
constexpr size_t kMostRows = 200;

}  // namespace

absl::StatusOr<PageRequest> ParsePage(int32_t page_size, const std::string& page_token,
                                      std::string_view prefix) {
  if (page_size < 0 || static_cast<size_t>(page_size) > kMostRows) {
    return rpc::Invalid("page_size", absl::StrCat("must be 0 to ", kMostRows));
  }
  PageRequest page;
  page.limit = page_size == 0 ? kStandardRows : static_cast<size_t>(page_size);
  if (page_token.empty()) return page;
  auto after = Base64UrlDecode(page_token);
  if (!after.ok() || !std::string_view(*after).starts_with(prefix)) {
    return rpc::Invalid("page_token",
                        "must be the next_page_token of the page before, for the same question");
  }
  page.after = *std::move(after);
  return page;
}

std::string PageToken(const std::optional<std::string>& resume) {
  return resume.has_value() ? Base64UrlEncode(*resume) : std::string();
}

}  // namespace pitlane::ticket
