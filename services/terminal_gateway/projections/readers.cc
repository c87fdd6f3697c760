#include "services/terminal_gateway/projections/readers.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/base/text.h"

namespace pitlane::terminal_gateway {

void Readers::On(const v1::TerminalGatewayEvent& event, runtime::ViewWriter& rows) {
  if (!event.has_reader_registered()) return;
  const v1::Reader& reader = event.reader_registered().reader();
  rows.Put(absl::StrCat(reader.location_id(), "/", reader.reader_id()), std::string_view());
}

absl::StatusOr<Readers::Page> Readers::List(runtime::ViewReader& views,
                                            std::string_view location_id, size_t limit,
                                            std::optional<std::string> after) {
  journal::ScanOptions options;
  options.prefix = absl::StrCat(ToAbsl(location_id), "/");
  options.after = std::move(after);
  options.limit = limit;
  ASSIGN_OR_RETURN(journal::ScanPage page, views.Scan(kView, options));
  Page result;
  for (const journal::Row& row : page.rows) {
    result.reader_ids.push_back(row.key.substr(options.prefix.size()));
  }
  result.resume = std::move(page.resume);
  return result;
}

}  // namespace pitlane::terminal_gateway
