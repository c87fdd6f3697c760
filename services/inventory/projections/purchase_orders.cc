#include "services/inventory/projections/purchase_orders.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/text.h"

namespace pitlane::inventory {
namespace {

std::string Key(char list, std::string_view location_id, std::string_view purchase_order_id) {
  return absl::StrCat(absl::string_view(&list, 1), "/", ToAbsl(location_id), "/",
                      ToAbsl(purchase_order_id));
}

}  // namespace

void PurchaseOrders::On(const v1::InventoryEvent& event, runtime::ViewWriter& rows) {
  const std::string& location_id = event.meta().location_id();
  const std::string& purchase_order_id = event.meta().stream_id();
  if (event.has_purchase_order_raised()) {
    rows.Put(Key('a', location_id, purchase_order_id), std::string_view());
    rows.Put(Key('o', location_id, purchase_order_id), std::string_view());
  }
  if (event.has_purchase_order_failed() || event.has_purchase_order_closed()) {
    rows.Delete(Key('o', location_id, purchase_order_id));
  }
}

absl::StatusOr<runtime::IdPage> PurchaseOrders::List(runtime::ViewReader& views,
                                                     std::string_view location_id, bool open_only,
                                                     size_t limit,
                                                     std::optional<std::string> after) {
  return views.ScanIds(kView, {.prefix = Key(open_only ? 'o' : 'a', location_id, ""),
                               .after = std::move(after),
                               .reverse = true,
                               .limit = limit});
}

}  // namespace pitlane::inventory
