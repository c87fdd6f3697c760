// Suppliers by name: the folded name → supplier id. A name belongs to one supplier only.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "libs/runtime/projection.h"
#include "libs/runtime/view.h"
#include "pitlane/inventory/v1/events.pb.h"

namespace pitlane::inventory {

class SupplierNames final : public runtime::TypedProjection<v1::InventoryEvent> {
 public:
  static constexpr std::string_view kView = "supplier_names";

  std::string_view view() const override { return kView; }
  uint32_t schema() const override { return 1; }
  void On(const v1::InventoryEvent& event, runtime::ViewWriter& rows) override;

  // Id of the supplier of that name, if there is one.
  static absl::StatusOr<std::optional<std::string>> Find(runtime::ViewReader& views,
                                                         std::string_view name);
};

}  // namespace pitlane::inventory
