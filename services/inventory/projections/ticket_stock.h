// What tickets mean for the stock: "<ticket id>/<job id>/<line id>/<part id>" → TicketStockLine.
//
// A row lives while something is kept or missing for the line, and for ever once it was issued: it
// is what makes an issue, and each return of it, happen exactly once.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/runtime/projection.h"
#include "libs/runtime/view.h"
#include "pitlane/inventory/v1/events.pb.h"
#include "pitlane/inventory/v1/types.pb.h"

namespace pitlane::inventory {

class TicketStock final : public runtime::TypedProjection<v1::InventoryEvent> {
 public:
  static constexpr std::string_view kView = "ticket_stock";

  std::string_view view() const override { return kView; }
  uint32_t schema() const override { return 1; }
  void On(const v1::InventoryEvent& event, runtime::ViewWriter& rows) override;

  // Everything of a ticket, or of one of its jobs, or of one line of that. In the view's order.
  static absl::StatusOr<std::vector<v1::TicketStockLine>> Of(runtime::ViewReader& views,
                                                             std::string_view ticket_id,
                                                             std::string_view job_id = {},
                                                             std::string_view line_id = {});
  // One line's part; nothing when there is no row.
  static absl::StatusOr<std::optional<v1::TicketStockLine>> Line(runtime::ViewReader& views,
                                                                 std::string_view ticket_id,
                                                                 std::string_view job_id,
                                                                 std::string_view line_id,
                                                                 std::string_view part_id);
  // Whether the line's part has left the shelf.
  static absl::StatusOr<bool> IsIssued(runtime::ViewReader& views, std::string_view ticket_id,
                                       std::string_view job_id, std::string_view line_id,
                                       std::string_view part_id);
};

}  // namespace pitlane::inventory
