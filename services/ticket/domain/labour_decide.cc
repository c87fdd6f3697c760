// Overlap of two jobs, and who does a labour line.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/rpc/errors.h"
#include "services/ticket/domain/labour.h"
#include "services/ticket/domain/line_decide_tools.h"
#include "services/ticket/domain/refusals.h"

namespace pitlane::ticket {
namespace {

// The line whose rate the shared hours are taken off at; nullptr: nothing of it is billed by the
// hour.
const v1::Line* HourlyLine(const v1::Job& job) {
  const auto found = std::find_if(job.lines().begin(), job.lines().end(), [](const v1::Line& line) {
    return line.kind() == v1::LINE_KIND_LABOUR && line.overlaps_job_id().empty() &&
           !line.has_fixed_extension_minor();
  });
  return found == job.lines().end() ? nullptr : &*found;
}

absl::Status NothingShared(const std::string& job_id) {
  return rpc::Refused(v1::OVERLAP_TOO_LONG,
                      absl::StrCat("job ", job_id, " has no labour by the hour to share"));
}

}  // namespace

absl::StatusOr<Events> Decide(const v1::TicketState& state, const AddOverlap& command,
                              const Context& context) {
  RETURN_IF_ERROR(CheckOpen(state, command.ticket_id()));
  const v1::Ticket& ticket = state.ticket();
  ASSIGN_OR_RETURN(const v1::Job* job, GetActiveJob(ticket, command.job_id()));
  ASSIGN_OR_RETURN(const v1::Job* other, GetActiveJob(ticket, command.other_job_id()));
  RETURN_IF_ERROR(CheckNewLine(ticket, command.line_id(), 1));
  // Only hours that are billed by the hour can be billed twice.
  const v1::Line* hourly = HourlyLine(*job);
  if (hourly == nullptr) return NothingShared(command.job_id());
  if (HourlyLine(*other) == nullptr) return NothingShared(command.other_job_id());
  v1::Line line;
  line.set_line_id(command.line_id());
  line.set_job_id(command.job_id());
  line.set_kind(v1::LINE_KIND_LABOUR);
  line.set_description(command.description());
  line.set_tax_category(v1::TAX_CATEGORY_LABOUR);
  line.set_labour_type(hourly->labour_type());
  line.set_labour_mode(v1::LABOUR_MODE_FLAT_RATE);
  line.set_hours_centi(-command.hours_centi());
  line.set_rate_minor(hourly->rate_minor());
  line.set_overlaps_job_id(command.other_job_id());
  Draft draft(state, context);
  RETURN_IF_ERROR(AddLine(draft, std::move(line), {}));
  return draft.TakeEvents();
}

absl::StatusOr<Events> Decide(const v1::TicketState& state, const AssignTechnicians& command,
                              const Context& context) {
  RETURN_IF_ERROR(CheckOpen(state, command.ticket_id()));
  ASSIGN_OR_RETURN(const FoundLine found, GetActiveLine(state.ticket(), command.line_id()));
  RETURN_IF_ERROR(CheckKind(*found.line, v1::LINE_KIND_LABOUR, "technicians"));
  v1::TicketEvent event;
  v1::TechniciansAssigned& assigned = *event.mutable_technicians_assigned();
  assigned.set_line_id(command.line_id());
  *assigned.mutable_technicians() = command.technicians();
  // Who does it alone does all of it.
  if (assigned.technicians_size() == 1 && assigned.technicians(0).hours_centi() == 0) {
    assigned.mutable_technicians(0)->set_hours_centi(found.line->hours_centi());
  }
  RETURN_IF_ERROR(CheckFlagHours(assigned.technicians(), found.line->hours_centi()));
  Draft draft(state, context);
  draft.Add(std::move(event));
  return draft.TakeEvents();
}

}  // namespace pitlane::ticket
