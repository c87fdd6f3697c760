#include "services/inventory/projections/stock_places.h"

#include "absl/strings/str_cat.h"
#include "libs/runtime/view.h"

namespace pitlane::inventory {

void StockPlaces::On(const v1::InventoryEvent& event, runtime::ViewWriter& rows) {
  // Of a stock stream ("<location id>/<part id>") the first event is enough.
  const std::string& stream_id = event.meta().stream_id();
  const size_t slash = stream_id.find('/');
  if (event.meta().version() != 1 || slash == std::string::npos) return;
  rows.Put(absl::StrCat(stream_id.substr(slash + 1), "/", stream_id.substr(0, slash)),
           std::string_view());
}

}  // namespace pitlane::inventory
