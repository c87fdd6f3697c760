#include "services/inventory/reactors/on_ticket_closed.h"

#include "libs/base/ids.h"
#include "libs/base/status.h"
#include "services/inventory/domain/validation.h"
#include "services/inventory/projections/ticket_stock.h"
#include "services/inventory/reactors/returned_parts.h"
#include "services/inventory/reactors/ticket_lines.h"

namespace pitlane::inventory {

namespace {

absl::Status IssueLine(const ticket::v1::Ticket& ticket, const ticket::v1::Job& job,
                       const ticket::v1::Line& line, runtime::Unit& unit, StockKeeper& keeper) {
  ASSIGN_OR_RETURN(const v1::Part part, PartOfTicket(unit, line.part_id()));
  RETURN_IF_ERROR(CheckQuantity("line.quantity_milli", line.quantity_milli()));
  ASSIGN_OR_RETURN(const bool issued,
                   TicketStock::IsIssued(unit.views(), ticket.ticket_id(), job.job_id(),
                                         line.line_id(), line.part_id()));
  if (issued) return absl::OkStatus();
  return keeper.Do({.location_id = ticket.location_id(), .part_id = line.part_id()},
                   IssueStock{.ticket_id = ticket.ticket_id(),
                              .job_id = job.job_id(),
                              .line_id = line.line_id(),
                              .quantity_milli = line.quantity_milli(),
                              .catalogue_cost_e4 = part.unit_cost_e4(),
                              .currency = part.currency()});
}

}  // namespace

absl::Status OnTicketClosed::On(const common::v1::EventMeta& meta,
                                const ticket::v1::TicketClosed& event, runtime::Unit& unit) {
  const ticket::v1::Ticket& ticket = event.ticket();
  RETURN_IF_ERROR(LocationId::Parse(ticket.location_id()).status());
  StockKeeper keeper(
      unit, {.location_id = ticket.location_id(), .business_date = ticket.business_date()});
  for (const ticket::v1::Job& job : ticket.jobs()) {
    for (const ticket::v1::Line& line : job.lines()) {
      if (line.kind() != ticket::v1::LINE_KIND_PART) continue;
      RETURN_IF_ERROR(IssueLine(ticket, job, line, unit, keeper));
    }
  }
  // Kept for a job that was dropped on the way, or for a line that was changed.
  RETURN_IF_ERROR(ReleaseLines(unit, meta, ticket.ticket_id(), std::nullopt, std::nullopt));
  RETURN_IF_ERROR(keeper.OrderWhatRunsLow());
  // Taken back before it had left.
  for (const ticket::v1::CreditMemo& memo : event.credits()) {
    RETURN_IF_ERROR(TakeBack(unit, memo));
  }
  return absl::OkStatus();
}

}  // namespace pitlane::inventory
