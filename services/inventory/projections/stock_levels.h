// Stock by location: "<location id>/<part id>" → StockLevel, as the stream's last event left it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "libs/runtime/projection.h"
#include "libs/runtime/view.h"
#include "pitlane/inventory/v1/events.pb.h"
#include "services/inventory/domain/stock_item.h"

namespace pitlane::inventory {

class StockLevels final : public runtime::TypedProjection<v1::InventoryEvent> {
 public:
  static constexpr std::string_view kView = "stock_levels";

  std::string_view view() const override { return kView; }
  uint32_t schema() const override { return 1; }
  void On(const v1::InventoryEvent& event, runtime::ViewWriter& rows) override;

  static absl::StatusOr<std::optional<v1::StockLevel>> Get(runtime::ViewReader& views,
                                                           const StockKey& key);
};

// The level that an event of a stock stream leaves; nullptr for events without one.
const v1::StockLevel* LevelOf(const v1::InventoryEvent& event);

}  // namespace pitlane::inventory
