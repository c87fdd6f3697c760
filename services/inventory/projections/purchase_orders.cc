#include "services/inventory/projections/purchase_orders.h"

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
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

absl::StatusOr<PurchaseOrders::Page> PurchaseOrders::List(runtime::ViewReader& views,
                                                          std::string_view location_id,
                                                          bool open_only, size_t limit,
                                                          std::optional<std::string> after) {
  journal::ScanOptions options;
  options.prefix = Key(open_only ? 'o' : 'a', location_id, "");
  options.after = std::move(after);
  options.reverse = true;
  options.limit = limit;
  ASSIGN_OR_RETURN(journal::ScanPage page, views.Scan(kView, options));
  Page result;
  for (const journal::Row& row : page.rows) {
    result.purchase_order_ids.push_back(row.key.substr(options.prefix.size()));
  }
  result.resume = std::move(page.resume);
  return result;
}

}  // namespace pitlane::inventory
