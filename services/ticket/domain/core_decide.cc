// Old parts that come back or do not, and storage.
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/rpc/errors.h"
#include "services/ticket/domain/core.h"
#include "services/ticket/domain/fee_schedule.h"
#include "services/ticket/domain/line_decide_tools.h"
#include "services/ticket/domain/refusals.h"

namespace pitlane::ticket {
namespace {

absl::Status CheckCharged(const v1::Line& line) {
  if (IsChargedCore(line)) return absl::OkStatus();
  return rpc::Refused(v1::NOT_OF_THIS_LINE,
                      absl::StrCat("line ", line.line_id(), " charges no core"));
}

absl::Status NotOut(const v1::Line& line) {
  return rpc::Refused(v1::CORE_NOT_OUT, absl::StrCat("of line ", line.line_id(), " ",
                                                     CoresOut(line), " thousandths are still out"));
}

// What the shop gives back: all that was charged for a good one, no more than that for a damaged
// one.
absl::StatusOr<int64_t> CreditFor(const ReturnCore& command, const v1::Line& core,
                                  int64_t quantity_milli) {
  ASSIGN_OR_RETURN(const int64_t charged, CoreCredit(core, quantity_milli));
  if (command.outcome() == v1::CORE_STATUS_RETURNED_GOOD) return charged;
  if (command.credit_minor() <= charged) return command.credit_minor();
  return rpc::Refused(v1::CORE_CREDIT_TOO_LARGE,
                      absl::StrCat(command.credit_minor(), " is more than the ", charged,
                                   " minor units that were charged for them"));
}

v1::Line CreditLineOf(const ReturnCore& command, const v1::Line& core, int64_t quantity_milli,
                      int64_t credit_minor) {
  v1::Line line;
  line.set_line_id(command.credit_line_id());
  line.set_job_id(core.job_id());
  line.set_kind(v1::LINE_KIND_CORE);
  line.set_description(absl::StrCat("Returned: ", core.description()));
  line.set_quantity_milli(quantity_milli);
  line.set_unit(core.unit());
  line.set_tax_category(v1::TAX_CATEGORY_CORE);
  line.set_part_number(core.part_number());
  line.set_brand(core.brand());
  line.set_for_line_id(core.line_id());
  line.set_fixed_extension_minor(-credit_minor);
  return line;
}

// The ticket's own line of that fee; nullptr: none yet.
const v1::Line* FindFee(const v1::Ticket& ticket, const std::string& fee_id) {
  for (const v1::Line& line : ticket.lines()) {
    if (line.fee_id() == fee_id) return &line;
  }
  return nullptr;
}

}  // namespace

absl::StatusOr<Events> Decide(const v1::TicketState& state, const ReturnCore& command,
                              const Context& context) {
  RETURN_IF_ERROR(CheckOpen(state, command.ticket_id()));
  ASSIGN_OR_RETURN(const FoundLine found, GetActiveLine(state.ticket(), command.line_id()));
  RETURN_IF_ERROR(CheckNewLine(state.ticket(), command.credit_line_id(), 1));
  const v1::Line& core = *found.line;
  RETURN_IF_ERROR(CheckCharged(core));
  const int64_t out = CoresOut(core);
  const int64_t quantity = command.quantity_milli() == 0 ? out : command.quantity_milli();
  // Nobody brings back more old parts than new ones were sold.
  if (quantity == 0 || quantity > out) return NotOut(core);
  ASSIGN_OR_RETURN(const int64_t credit, CreditFor(command, core, quantity));
  Draft draft(state, context);
  v1::TicketEvent event;
  v1::CoreReturned& returned = *event.mutable_core_returned();
  returned.set_line_id(core.line_id());
  returned.set_quantity_milli(quantity);
  returned.set_outcome(command.outcome());
  returned.set_credit_minor(credit);
  returned.set_note(command.note());
  returned.set_part_number(core.part_number());
  v1::Line line = CreditLineOf(command, core, quantity, credit);
  draft.Add(std::move(event));
  // Paying less needs nobody's consent.
  RETURN_IF_ERROR(AddLine(draft, std::move(line), {}));
  return draft.TakeEvents();
}

absl::StatusOr<Events> Decide(const v1::TicketState& state, const ForfeitCore& command,
                              const Context& context) {
  RETURN_IF_ERROR(CheckKnown(state, command.ticket_id()));
  const v1::Line* core = FindLine(state.ticket(), command.line_id()).line;
  if (core == nullptr) {
    return rpc::NotFound(v1::LINE_UNKNOWN, absl::StrCat("ticket ", command.ticket_id(),
                                                        " has no line ", command.line_id()));
  }
  RETURN_IF_ERROR(CheckCharged(*core));
  if (CoresOut(*core) == 0) return NotOut(*core);
  // Until its day the deposit is the customer's.
  std::string due_date;
  const int64_t overdue = CoresOverdue(*core, context.business_date, &due_date);
  if (overdue == 0) {
    return rpc::Refused(v1::CORE_NOT_DUE, absl::StrCat("the cores of line ", command.line_id(),
                                                       " may still be brought back"));
  }
  Draft draft(state, context);
  v1::TicketEvent event;
  v1::CoreForfeited& forfeited = *event.mutable_core_forfeited();
  forfeited.set_line_id(core->line_id());
  forfeited.set_quantity_milli(overdue);
  forfeited.set_due_date(due_date);
  draft.Add(std::move(event));
  return draft.TakeEvents();
}

absl::StatusOr<Events> Decide(const v1::TicketState& state, const ChargeStorage& command,
                              const Context& context) {
  RETURN_IF_ERROR(CheckOpen(state, command.ticket_id()));
  const v1::Ticket& ticket = state.ticket();
  const v1::Line* charged = FindFee(ticket, command.fee_id());
  if (charged == nullptr) RETURN_IF_ERROR(CheckNewLine(ticket, command.line_id(), 1));
  ASSIGN_OR_RETURN(const v1::ScheduledFee* fee,
                   StorageFee(context.menu, command.fee_id(), context.business_date));
  ASSIGN_OR_RETURN(const int64_t days,
                   StorageDays(command.from_date(), command.to_date(), fee->free_working_days()));
  // Nobody pays for the days in which a car is usually fetched.
  if (days == 0) {
    return rpc::Refused(v1::STORAGE_IS_FREE,
                        absl::StrCat("the first ", fee->free_working_days(), " working days after ",
                                     command.from_date(), " are free"));
  }
  v1::Line line = FeeLineOf(*fee, *context.menu.fees);
  line.set_quantity_milli(days * 1000);
  Draft draft(state, context);
  if (charged == nullptr) {
    line.set_line_id(command.line_id());
    RETURN_IF_ERROR(AddLine(draft, std::move(line), {}));
  } else {
    line.set_line_id(charged->line_id());
    RETURN_IF_ERROR(ReplaceLine(draft, std::move(line), {}));
  }
  return draft.TakeEvents();
}

}  // namespace pitlane::ticket
