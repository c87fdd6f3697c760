// Parts by number: "<stripped number>\0<brand in lower case>" → part id. One row per part.
//
// Serves the natural key of imports (a point read) and the search by the beginning of a number (a
// range read).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "libs/runtime/projection.h"
#include "libs/runtime/view.h"
#include "pitlane/inventory/v1/events.pb.h"

namespace pitlane::inventory {

class PartNumbers final : public runtime::TypedProjection<v1::InventoryEvent> {
 public:
  static constexpr std::string_view kView = "part_numbers";

  std::string_view view() const override { return kView; }
  uint32_t schema() const override { return 1; }
  void On(const v1::InventoryEvent& event, runtime::ViewWriter& rows) override;

  // The part of that brand and number, if there is one.
  static absl::StatusOr<std::optional<std::string>> Find(runtime::ViewReader& views,
                                                         std::string_view brand,
                                                         std::string_view number);
  // Parts whose stripped number begins with `stripped_prefix`, by number, then brand.
  static absl::StatusOr<runtime::IdPage> Search(runtime::ViewReader& views,
                                                std::string_view stripped_prefix, size_t limit,
                                                std::optional<std::string> after);
};

}  // namespace pitlane::inventory
