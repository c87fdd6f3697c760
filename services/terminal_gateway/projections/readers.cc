#include "services/terminal_gateway/projections/readers.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/text.h"

namespace pitlane::terminal_gateway {

void Readers::On(const v1::TerminalGatewayEvent& event, runtime::ViewWriter& rows) {
  if (!event.has_reader_registered()) return;
  const v1::Reader& reader = event.reader_registered().reader();
  rows.Put(absl::StrCat(reader.location_id(), "/", reader.reader_id()), std::string_view());
}

absl::StatusOr<runtime::IdPage> Readers::List(runtime::ViewReader& views,
                                              std::string_view location_id, size_t limit,
                                              std::optional<std::string> after) {
  return views.ScanIds(kView, {.prefix = absl::StrCat(ToAbsl(location_id), "/"),
                               .after = std::move(after),
                               .limit = limit});
}

}  // namespace pitlane::terminal_gateway
