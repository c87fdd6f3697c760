// Where a part has ever been: "<part id>/<location id>" → nothing. The levels themselves are in
// stock_levels.
#pragma once

#include <string_view>

#include "libs/runtime/projection.h"
#include "pitlane/inventory/v1/events.pb.h"

namespace pitlane::inventory {

class StockPlaces final : public runtime::TypedProjection<v1::InventoryEvent> {
 public:
  static constexpr std::string_view kView = "stock_places";

  std::string_view view() const override { return kView; }
  uint32_t schema() const override { return 1; }
  void On(const v1::InventoryEvent& event, runtime::ViewWriter& rows) override;
};

}  // namespace pitlane::inventory
