#include "services/inventory/reactors/ticket_lines.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/rpc/errors.h"
#include "pitlane/inventory/v1/inventory_service.pb.h"
#include "services/inventory/projections/ticket_stock.h"

namespace pitlane::inventory {

absl::StatusOr<v1::Part> PartOfTicket(runtime::Unit& unit, std::string_view part_id) {
  absl::StatusOr<v1::Part> part = KnownPart(unit, part_id);
  if (part.ok() || !rpc::HasReason(part.status(), v1::PART_UNKNOWN)) return part;
  return rpc::Refused(v1::PART_UNKNOWN,
                      absl::StrCat("a ticket names part \"", ToAbsl(part_id),
                                   "\", which is not in the catalogue; import it, then retry"));
}

absl::Status ReleaseLines(runtime::Unit& unit, const common::v1::EventMeta& meta,
                          std::string_view ticket_id, std::optional<std::string> job_id,
                          std::optional<std::string> line_id) {
  ASSIGN_OR_RETURN(const auto lines, TicketStock::Of(unit.views(), ticket_id, job_id.value_or(""),
                                                     line_id.value_or("")));
  std::set<StockKey> keys;
  for (const v1::TicketStockLine& line : lines) {
    if (line.issued_milli() > 0) continue;
    keys.insert({.location_id = line.location_id(), .part_id = line.part_id()});
  }
  for (const StockKey& key : keys) {
    runtime::EventScope scope = ScopeOf(meta);
    scope.location_id = key.location_id;
    RETURN_IF_ERROR(StockKeeper(unit, scope)
                        .Do(key, ReleaseReservations{.ticket_id = std::string(ticket_id),
                                                     .job_id = job_id,
                                                     .line_id = line_id}));
  }
  return absl::OkStatus();
}

}  // namespace pitlane::inventory
