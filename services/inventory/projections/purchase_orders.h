// Orders by location: "a/<location id>/<order id>" for all, "o/<location id>/<order id>" for those
// that are neither closed nor cancelled; no values. Order ids sort by the time they were made. The
// orders themselves are read from their streams' snapshots.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "libs/runtime/projection.h"
#include "libs/runtime/view.h"
#include "pitlane/inventory/v1/events.pb.h"

namespace pitlane::inventory {

class PurchaseOrders final : public runtime::TypedProjection<v1::InventoryEvent> {
 public:
  static constexpr std::string_view kView = "purchase_orders";

  std::string_view view() const override { return kView; }
  uint32_t schema() const override { return 1; }
  void On(const v1::InventoryEvent& event, runtime::ViewWriter& rows) override;

  // Newest first.
  static absl::StatusOr<runtime::IdPage> List(runtime::ViewReader& views,
                                              std::string_view location_id, bool open_only,
                                              size_t limit, std::optional<std::string> after);
};

}  // namespace pitlane::inventory
