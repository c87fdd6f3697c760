// What a ticket's tax depends on besides its lines.
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/rpc/errors.h"
#include "services/ticket/domain/draft.h"
#include "services/ticket/domain/refusals.h"
#include "services/ticket/domain/ticket.h"

namespace pitlane::ticket {
namespace {

using Treatment = v1::SetTaxTreatmentRequest::LineTreatment;

// Only a core is handed over, and only what is sold has a category of its own to choose.
absl::Status CheckTreatment(const Treatment& wanted, const v1::Line& line) {
  const bool core = line.kind() == v1::LINE_KIND_CORE;
  const bool note = line.kind() == v1::LINE_KIND_NOTE;
  const char* foreign = wanted.has_core_surrendered() && !core        ? "core_surrendered"
                        : wanted.has_tax_category() && (core || note) ? "tax_category"
                                                                      : nullptr;
  if (foreign == nullptr) return absl::OkStatus();
  return rpc::Refused(v1::NOT_OF_THIS_LINE,
                      absl::StrCat("a ", LineKind_Name(line.kind()), " line has no ", foreign));
}

absl::Status CheckDelivery(const v1::Ticket& ticket, const SetTaxTreatment& command) {
  if (command.request.delivery_jurisdiction().empty()) return absl::OkStatus();
  // A repair is supplied where the vehicle is repaired, wherever its owner lives.
  if (ticket.kind() == v1::TICKET_KIND_REPAIR_ORDER) {
    return rpc::Refused(v1::DELIVERY_NOT_ALLOWED,
                        absl::StrCat("ticket ", ticket.ticket_id(),
                                     " is a repair order; only parts sold by themselves are"
                                     " shipped"));
  }
  if (command.jurisdiction_known) return absl::OkStatus();
  return rpc::NotFound(v1::TAX_JURISDICTION_UNKNOWN,
                       absl::StrCat("there is no tax jurisdiction ",
                                    command.request.delivery_jurisdiction(), "; load it first"));
}

}  // namespace

absl::StatusOr<Events> Decide(const v1::TicketState& state, const SetTaxTreatment& command,
                              const Context& context) {
  const v1::SetTaxTreatmentRequest& request = command.request;
  RETURN_IF_ERROR(CheckOpen(state, request.ticket_id()));
  const v1::Ticket& ticket = state.ticket();
  v1::TicketEvent event;
  v1::TaxTreatmentSet& set = *event.mutable_tax_treatment_set();
  set.set_delivery_jurisdiction(ticket.delivery_jurisdiction());
  for (const auto& wanted : request.jobs()) {
    ASSIGN_OR_RETURN(const v1::Job* job, GetActiveJob(ticket, wanted.job_id()));
    if (job->lump_sum() == wanted.lump_sum()) continue;
    auto& changed = *set.add_jobs();
    changed.set_job_id(wanted.job_id());
    changed.set_lump_sum(wanted.lump_sum());
  }
  for (const Treatment& wanted : request.lines()) {
    ASSIGN_OR_RETURN(const FoundLine found, GetActiveLine(ticket, wanted.line_id()));
    const v1::Line& line = *found.line;
    RETURN_IF_ERROR(CheckTreatment(wanted, line));
    auto& changed = *set.add_lines();
    changed.set_line_id(wanted.line_id());
    changed.set_core_surrendered(wanted.has_core_surrendered() ? wanted.core_surrendered()
                                                               : line.core_surrendered());
    changed.set_tax_category(wanted.has_tax_category() ? wanted.tax_category()
                                                       : line.tax_category());
    if (changed.core_surrendered() == line.core_surrendered() &&
        changed.tax_category() == line.tax_category()) {
      set.mutable_lines()->RemoveLast();
    }
  }
  if (request.has_delivery_jurisdiction()) {
    RETURN_IF_ERROR(CheckDelivery(ticket, command));
    set.set_delivery_jurisdiction(request.delivery_jurisdiction());
  }
  if (set.jobs().empty() && set.lines().empty() &&
      set.delivery_jurisdiction() == ticket.delivery_jurisdiction()) {
    return Events();
  }
  Draft draft(state, context);
  RETURN_IF_ERROR(draft.AddCalculated(std::move(event), [](v1::TicketEvent& treated) {
    return treated.mutable_tax_treatment_set()->mutable_calculation();
  }));
  return draft.TakeEvents();
}

}  // namespace pitlane::ticket
