#include "services/ticket/domain/refusals.h"

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/rpc/errors.h"
#include "pitlane/ticket/v1/ticket_service.pb.h"

namespace pitlane::ticket {
namespace {

// A job that was declined or deferred stands as it was offered, until it is authorised; a cancelled
// one for ever.
absl::Status CheckActive(const v1::Job& job) {
  RETURN_IF_ERROR(CheckNotCancelled(job));
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

absl::Status CheckKnownCustomer(const v1::KnownCustomer& customer, std::string_view customer_id) {
  // Nobody sells to a customer the shop has never heard of.
  if (customer.customer_id().empty()) {
    return rpc::Refused(v1::CUSTOMER_UNKNOWN,
                        absl::StrCat("there is no customer ", ToAbsl(customer_id),
                                     " here yet; register them and pass on the position token"));
  }
  return CheckNotErased(customer);
}

absl::Status CheckNotErased(const v1::KnownCustomer& customer) {
  // Who asked to be forgotten is not written up again under the old id.
  if (!customer.erased()) return absl::OkStatus();
  return rpc::Refused(v1::CUSTOMER_ERASED, absl::StrCat("customer ", customer.customer_id(),
                                                        " was erased; register them anew"));
}

absl::Status CheckVehicle(v1::TicketKind kind, const std::string& vehicle_id) {
  // A repair order is work on a vehicle.
  if (kind == v1::TICKET_KIND_REPAIR_ORDER && vehicle_id.empty()) {
    return rpc::Refused(v1::VEHICLE_REQUIRED,
                        "a repair order is for a vehicle; name it or open a counter sale");
  }
  // A counter sale is parts over the counter, into nobody's car.
  if (kind == v1::TICKET_KIND_COUNTER_SALE && !vehicle_id.empty()) {
    return rpc::Refused(v1::VEHICLE_NOT_ALLOWED,
                        "a counter sale has no vehicle; open a repair order for work on one");
  }
  return absl::OkStatus();
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
    // Prices and parts have moved on since; the customer gets a new estimate.
    case v1::DOCUMENT_STAGE_CLOSED_UNSOLD:
      return rpc::Refused(v1::TICKET_IS_UNSOLD,
                          absl::StrCat("the estimate ", ticket.ticket_id(),
                                       " expired or was cancelled; open a new ticket"));
    case v1::DOCUMENT_STAGE_ESTIMATE:
    case v1::DOCUMENT_STAGE_WORK_ORDER:
    case v1::DOCUMENT_STAGE_UNSPECIFIED:
    case v1::DocumentStage_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::DocumentStage_INT_MAX_SENTINEL_DO_NOT_USE_:
      return absl::OkStatus();
  }
  return absl::OkStatus();
}

// What is owed to the state, or lent for an old part, is nobody's to give away; text has no price.
absl::Status CheckDiscountable(const v1::Line& line) {
  const bool sold = line.kind() == v1::LINE_KIND_LABOUR || line.kind() == v1::LINE_KIND_PART ||
                    line.kind() == v1::LINE_KIND_FEE || line.kind() == v1::LINE_KIND_SUBLET;
  if (sold && line.tax_category() != v1::TAX_CATEGORY_GOVERNMENT_FEE) return absl::OkStatus();
  return rpc::Refused(v1::NOT_DISCOUNTABLE,
                      absl::StrCat("line ", line.line_id(),
                                   " is a core, a government fee or a note; it has no discount"));
}

absl::Status CheckNoQuote(const v1::Ticket& ticket) {
  if (ticket.kind() != v1::TICKET_KIND_QUOTE) return absl::OkStatus();
  return rpc::Refused(v1::IS_A_QUOTE, absl::StrCat("ticket ", ticket.ticket_id(),
                                                   " is a quote, which only offers; convert it"));
}

absl::Status CheckNotCancelled(const v1::Job& job) {
  if (job.status() != v1::JOB_STATUS_CANCELLED) return absl::OkStatus();
  return rpc::Refused(v1::JOB_IS_CANCELLED,
                      absl::StrCat("job ", job.job_id(), " was cancelled; add a new one"));
}

absl::Status CheckNoMoney(const v1::Ticket& ticket) {
  if (ticket.paid_minor() == 0) return absl::OkStatus();
  return rpc::Refused(v1::MONEY_WAS_RECEIVED,
                      absl::StrCat("ticket ", ticket.ticket_id(), " has received ",
                                   ticket.paid_minor(), " minor units; refund them first"));
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
