// Parts by the words of their description, category and brand: an inverted index.
//
// "w/<word>\0<part id>" → nothing, and "p/<part id>" → all its words, sorted, each followed by a
// zero byte: to take the first away when they change, and to check the other words of a query.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/runtime/projection.h"
#include "libs/runtime/view.h"
#include "pitlane/inventory/v1/events.pb.h"

namespace pitlane::inventory {

class PartWords final : public runtime::TypedProjection<v1::InventoryEvent> {
 public:
  static constexpr std::string_view kView = "part_words";

  std::string_view view() const override { return kView; }
  uint32_t schema() const override { return 1; }
  void On(const v1::InventoryEvent& event, runtime::ViewWriter& rows) override;

  // Parts that have all of `words`, of which the last may be the beginning of a word. The rarest
  // word leads: its parts are gone through in the view's order and looked up for the others, at
  // most a few thousand in one call, so a page may be short and still have a `resume`.
  static absl::StatusOr<runtime::IdPage> Search(runtime::ViewReader& views,
                                                const std::vector<std::string>& words, size_t limit,
                                                std::optional<std::string> after);
};

}  // namespace pitlane::inventory
