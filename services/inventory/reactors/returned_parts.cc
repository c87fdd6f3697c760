#include "services/inventory/reactors/returned_parts.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/base/ids.h"
#include "libs/base/status.h"
#include "libs/money/allocation.h"
#include "services/inventory/projections/ticket_stock.h"
#include "services/inventory/reactors/ticket_lines.h"

namespace pitlane::inventory {
namespace {

absl::StatusOr<v1::TicketStockLine> IssuedLine(runtime::Unit& unit,
                                               const ticket::v1::CreditMemo& memo,
                                               const ticket::v1::CreditLine& line) {
  ASSIGN_OR_RETURN(auto issued, TicketStock::Line(unit.views(), memo.ticket_id(), line.job_id(),
                                                  line.line_id(), line.part_id()));
  if (issued.has_value() && issued->issued_milli() > 0) return *std::move(issued);
  return absl::FailedPreconditionError(
      absl::StrCat("credit memo ", memo.credit_memo_id(), " brings back line ", line.line_id(),
                   " of ticket ", memo.ticket_id(), ", which was not issued; retry when it was"));
}

bool IsTakenIn(const v1::TicketStockLine& line, const std::string& credit_memo_id) {
  const auto& memos = line.credit_memo_ids();
  return std::find(memos.begin(), memos.end(), credit_memo_id) != memos.end();
}

absl::Status TakeUnits(runtime::Unit& unit, const ticket::v1::CreditMemo& memo,
                       const ticket::v1::CreditLine& line, const ticket::v1::ReturnedUnits& units,
                       StockKeeper& keeper) {
  ASSIGN_OR_RETURN(const v1::TicketStockLine issued, IssuedLine(unit, memo, line));
  ASSIGN_OR_RETURN(const v1::Part part, PartOfTicket(unit, line.part_id()));
  const int64_t so_far = issued.returned_milli() + units.quantity_milli();
  if (units.quantity_milli() <= 0 || so_far > issued.issued_milli()) {
    return absl::FailedPreconditionError(absl::StrCat(
        "credit memo ", memo.credit_memo_id(), " brings back ", so_far, " thousandths of line ",
        line.line_id(), "; ", issued.issued_milli(), " were issued"));
  }
  // By the cumulative share: the last unit takes the exact rest of the cost.
  ASSIGN_OR_RETURN(const int64_t cost,
                   CumulativeShare(issued.cost_e4(), issued.issued_milli(), so_far));
  return keeper.Do({.location_id = memo.location_id(), .part_id = line.part_id()},
                   ReturnStock{.ticket_id = memo.ticket_id(),
                               .job_id = line.job_id(),
                               .line_id = line.line_id(),
                               .credit_memo_id = memo.credit_memo_id(),
                               .quantity_milli = units.quantity_milli(),
                               .cost_e4 = cost - issued.returned_cost_e4(),
                               .currency = part.currency(),
                               .disposition = units.disposition()});
}

}  // namespace

absl::Status TakeBack(runtime::Unit& unit, const ticket::v1::CreditMemo& memo) {
  RETURN_IF_ERROR(LocationId::Parse(memo.location_id()).status());
  StockKeeper keeper(unit,
                     {.location_id = memo.location_id(), .business_date = memo.business_date()});
  for (const ticket::v1::CreditLine& line : memo.lines()) {
    if (line.returned().empty()) continue;
    ASSIGN_OR_RETURN(const v1::TicketStockLine issued, IssuedLine(unit, memo, line));
    if (IsTakenIn(issued, memo.credit_memo_id())) continue;
    for (const ticket::v1::ReturnedUnits& units : line.returned()) {
      RETURN_IF_ERROR(TakeUnits(unit, memo, line, units, keeper));
    }
  }
  return absl::OkStatus();
}

}  // namespace pitlane::inventory
