#include "services/inventory/reactors/on_job_authorized.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "libs/base/ids.h"
#include "libs/base/status.h"
#include "services/inventory/domain/validation.h"
#include "services/inventory/projections/ticket_stock.h"
#include "services/inventory/reactors/ticket_lines.h"

namespace pitlane::inventory {

namespace {

// What the job needs by part, all lines of a part together. Parts it needed before and does not any
// more have no lines: what was kept of them is given back.
using DemandByPart = std::map<std::string, std::vector<LineDemand>>;

absl::Status AddDemand(const common::v1::EventMeta& meta, const ticket::v1::JobAuthorized& event,
                       runtime::Unit& unit, DemandByPart& demand) {
  for (const ticket::v1::PartDemand& part : event.parts()) {
    RETURN_IF_ERROR(PartOfTicket(unit, part.part_id()).status());
    RETURN_IF_ERROR(CheckQuantity("parts.quantity_milli", part.quantity_milli()));
    ASSIGN_OR_RETURN(const bool issued,
                     TicketStock::IsIssued(unit.views(), meta.stream_id(), event.job_id(),
                                           part.line_id(), part.part_id()));
    // Nothing is kept for a part that has left the shelf already.
    if (issued) continue;
    std::vector<LineDemand>& lines = demand[part.part_id()];
    const auto same = std::find_if(lines.begin(), lines.end(), [&](const LineDemand& line) {
      return line.line_id == part.line_id();
    });
    if (same == lines.end()) {
      lines.push_back({.line_id = part.line_id(), .quantity_milli = part.quantity_milli()});
    } else {
      same->quantity_milli += part.quantity_milli();
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status OnJobAuthorized::On(const common::v1::EventMeta& meta,
                                 const ticket::v1::JobAuthorized& event, runtime::Unit& unit) {
  RETURN_IF_ERROR(LocationId::Parse(meta.location_id()).status());
  DemandByPart demand;
  ASSIGN_OR_RETURN(const auto before,
                   TicketStock::Of(unit.views(), meta.stream_id(), event.job_id()));
  for (const v1::TicketStockLine& line : before) demand[line.part_id()];
  RETURN_IF_ERROR(AddDemand(meta, event, unit, demand));
  StockKeeper keeper(unit, ScopeOf(meta));
  for (auto& [part_id, lines] : demand) {
    RETURN_IF_ERROR(keeper.Do(
        {.location_id = meta.location_id(), .part_id = part_id},
        ReserveForJob{
            .ticket_id = meta.stream_id(), .job_id = event.job_id(), .lines = std::move(lines)}));
  }
  return keeper.OrderWhatRunsLow();
}

}  // namespace pitlane::inventory
