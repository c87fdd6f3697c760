// Parts by bar code: "g/<14 digits>/<part id>" → nothing, and "p/<part id>" → its 14 digits, to
// take the first away when they change. Several parts may carry one code.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "libs/runtime/projection.h"
#include "libs/runtime/view.h"
#include "pitlane/inventory/v1/events.pb.h"

namespace pitlane::inventory {

class PartGtins final : public runtime::TypedProjection<v1::InventoryEvent> {
 public:
  static constexpr std::string_view kView = "part_gtins";

  std::string_view view() const override { return kView; }
  uint32_t schema() const override { return 1; }
  void On(const v1::InventoryEvent& event, runtime::ViewWriter& rows) override;

  // Parts with this code, by part id. `gtin14` has 14 digits.
  static absl::StatusOr<runtime::IdPage> Search(runtime::ViewReader& views, std::string_view gtin14,
                                                size_t limit, std::optional<std::string> after);
};

}  // namespace pitlane::inventory
