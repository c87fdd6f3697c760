#include "services/ticket/domain/refusals.h"

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/rpc/errors.h"
#include "pitlane/ticket/v1/ticket_service.pb.h"

namespace pitlane::ticket {
namespace {

// A job that was declined or deferred stands as it was offered, until it is authorised.
absl::Status CheckActive(const v1::Job& job) {
  if (job.status() != v1::JOB_STATUS_DECLINED && job.status() != v1::JOB_STATUS_DEFERRED) {
    return absl::OkStatus();
  }
  return rpc::Refused(v1::JOB_NOT_ACTIVE,
                      absl::StrCat("job ", job.job_id(),
                                   " was declined or deferred; authorise it before changing it"));
}

}  // namespace

absl::Status CheckKnown(const v1::Location& location, std::string_view location_id) {
  if (!location.location_id().empty()) return absl::OkStatus();
  return rpc::NotFound(
      v1::LOCATION_UNKNOWN,
      absl::StrCat("there is no location ", ToAbsl(location_id), "; configure it first"));
}

absl::Status CheckKnown(const v1::TicketState& state, std::string_view ticket_id) {
  if (!state.ticket().ticket_id().empty()) return absl::OkStatus();
  return rpc::NotFound(v1::TICKET_UNKNOWN, absl::StrCat("there is no ticket ", ToAbsl(ticket_id)));
}

absl::Status CheckKnown(const v1::PartPrice& price, std::string_view part_id) {
  if (!price.part_id().empty()) return absl::OkStatus();
  return rpc::NotFound(v1::PART_UNKNOWN, absl::StrCat("the price list has no part ",
                                                      ToAbsl(part_id), "; import it first"));
}

absl::Status CheckOpen(const v1::TicketState& state, std::string_view ticket_id) {
  RETURN_IF_ERROR(CheckKnown(state, ticket_id));
  const v1::Ticket& ticket = state.ticket();
  switch (ticket.stage()) {
    // What was invoiced stands: corrections are made by another document.
    case v1::DOCUMENT_STAGE_INVOICED:
      return rpc::Refused(v1::TICKET_IS_INVOICED,
                          absl::StrCat("ticket ", ticket.ticket_id(), " is invoiced as ",
                                       ticket.invoice_number(), "; open a new ticket"));
    case v1::DOCUMENT_STAGE_CLOSED:
      return rpc::Refused(v1::TICKET_IS_CLOSED, absl::StrCat("ticket ", ticket.ticket_id(),
                                                             " is closed; open a new ticket"));
    case v1::DOCUMENT_STAGE_VOIDED:
      return rpc::Refused(v1::TICKET_IS_VOIDED, absl::StrCat("ticket ", ticket.ticket_id(),
                                                             " was voided; open a new ticket"));
    case v1::DOCUMENT_STAGE_ESTIMATE:
    case v1::DOCUMENT_STAGE_WORK_ORDER:
    case v1::DOCUMENT_STAGE_UNSPECIFIED:
    case v1::DocumentStage_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::DocumentStage_INT_MAX_SENTINEL_DO_NOT_USE_:
      return absl::OkStatus();
  }
  return absl::OkStatus();
}

absl::StatusOr<const v1::Job*> GetJob(const v1::Ticket& ticket, std::string_view job_id) {
  if (const v1::Job* job = FindJob(ticket, job_id)) return job;
  return rpc::NotFound(v1::JOB_UNKNOWN,
                       absl::StrCat("ticket ", ticket.ticket_id(), " has no job ", ToAbsl(job_id)));
}

absl::StatusOr<const v1::Job*> GetActiveJob(const v1::Ticket& ticket, std::string_view job_id) {
  ASSIGN_OR_RETURN(const v1::Job* job, GetJob(ticket, job_id));
  RETURN_IF_ERROR(CheckActive(*job));
  return job;
}

absl::StatusOr<FoundLine> GetActiveLine(const v1::Ticket& ticket, std::string_view line_id) {
  const FoundLine found = FindLine(ticket, line_id);
  if (found.line == nullptr) {
    return rpc::NotFound(v1::LINE_UNKNOWN, absl::StrCat("ticket ", ticket.ticket_id(),
                                                        " has no line ", ToAbsl(line_id)));
  }
  if (found.job != nullptr) RETURN_IF_ERROR(CheckActive(*found.job));
  return found;
}

}  // namespace pitlane::ticket
