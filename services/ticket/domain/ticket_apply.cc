#include <algorithm>

#include "services/ticket/domain/calculation.h"
#include "services/ticket/domain/ticket.h"
#include "services/ticket/domain/ticket_parts.h"

namespace pitlane::ticket {
namespace {

void Apply(v1::Ticket& ticket, const v1::JobAdded& event) { *ticket.add_jobs() = event.job(); }

void Apply(v1::Ticket& ticket, const v1::LineAdded& event) {
  if (event.line().job_id().empty()) {
    *ticket.add_lines() = event.line();
  } else if (v1::Job* job = FindJob(ticket, event.line().job_id())) {
    *job->add_lines() = event.line();
    if (event.outdates_consent()) job->set_consent_outdated(true);
  }
  if (event.has_calculation()) ApplyCalculation(event.calculation(), ticket);
}

void Apply(v1::Ticket& ticket, const v1::LineChanged& event) {
  if (v1::Line* line = FindLine(ticket, event.line().line_id())) *line = event.line();
  if (v1::Job* job = FindJob(ticket, event.line().job_id())) {
    if (event.outdates_consent()) job->set_consent_outdated(true);
  }
  if (event.has_calculation()) ApplyCalculation(event.calculation(), ticket);
}

void RemoveLineFrom(google::protobuf::RepeatedPtrField<v1::Line>& lines, const std::string& id) {
  lines.erase(std::remove_if(lines.begin(), lines.end(),
                             [&id](const v1::Line& line) { return line.line_id() == id; }),
              lines.end());
}

void Apply(v1::Ticket& ticket, const v1::LineRemoved& event) {
  RemoveLineFrom(*ticket.mutable_lines(), event.line_id());
  if (v1::Job* job = FindJob(ticket, event.job_id())) {
    RemoveLineFrom(*job->mutable_lines(), event.line_id());
    if (event.outdates_consent()) job->set_consent_outdated(true);
  }
  if (event.has_calculation()) ApplyCalculation(event.calculation(), ticket);
}

void Apply(v1::Ticket& ticket, const v1::TicketDiscounted& event) {
  *ticket.mutable_discount() = event.discount();
  if (event.has_calculation()) ApplyCalculation(event.calculation(), ticket);
}

void Apply(v1::Ticket& ticket, const v1::JobAuthorized& event) {
  if (v1::Job* job = FindJob(ticket, event.job_id())) {
    *job->mutable_authorization() = event.authorization();
    job->set_consent_outdated(false);
    if (!IsAuthorized(job->status())) job->set_status(v1::JOB_STATUS_AUTHORIZED);
  }
  ticket.set_stage(v1::DOCUMENT_STAGE_WORK_ORDER);
  ticket.set_agreed_excluding_tax_minor(event.agreed_excluding_tax_minor());
  ticket.set_agreed_including_tax_minor(event.agreed_including_tax_minor());
  if (event.has_calculation()) ApplyCalculation(event.calculation(), ticket);
}

// Declined and deferred: the same change with another outcome.
template <class Decided>
void ApplyRefusal(v1::Ticket& ticket, const Decided& event, v1::JobStatus status) {
  if (v1::Job* job = FindJob(ticket, event.job_id())) {
    *job->mutable_authorization() = event.authorization();
    job->set_status(status);
  }
  if (event.has_calculation()) ApplyCalculation(event.calculation(), ticket);
}

void Apply(v1::Ticket& ticket, const v1::WorkStarted& event,
           const google::protobuf::Timestamp& when) {
  v1::Job* job = FindJob(ticket, event.job_id());
  if (job == nullptr) return;
  job->set_status(v1::JOB_STATUS_IN_PROGRESS);
  job->set_technician(event.technician());
  *job->mutable_started_at() = when;
  for (v1::Line& line : *job->mutable_lines()) {
    if (line.kind() == v1::LINE_KIND_LABOUR && line.technician().empty()) {
      line.set_technician(event.technician());
    }
  }
}

void Apply(v1::Ticket& ticket, const v1::JobCompleted& event,
           const google::protobuf::Timestamp& when) {
  v1::Job* job = FindJob(ticket, event.job_id());
  if (job == nullptr) return;
  job->set_status(v1::JOB_STATUS_COMPLETE);
  job->set_cause(event.cause());
  job->set_correction(event.correction());
  *job->mutable_completed_at() = when;
}

void Apply(v1::TicketState& state, const v1::MoneyReceived& event) {
  state.add_payment_ids(event.payment_id());
  v1::Ticket& ticket = *state.mutable_ticket();
  ticket.set_paid_minor(ticket.paid_minor() + event.applied_minor());
}

void Apply(v1::TicketState& state, const v1::MoneyReturned& event) {
  state.add_refund_ids(event.refund_id());
  v1::Ticket& ticket = *state.mutable_ticket();
  ticket.set_paid_minor(ticket.paid_minor() - event.refunded_minor());
}

void Apply(v1::Ticket& ticket, const v1::TicketClosed& event) {
  ticket.set_stage(v1::DOCUMENT_STAGE_CLOSED);
  *ticket.mutable_closed_at() = event.ticket().closed_at();
}

}  // namespace

void TicketAggregate::Apply(v1::TicketState& state, const v1::TicketEvent& event) {
  using v1::TicketEvent;
  v1::Ticket& ticket = *state.mutable_ticket();
  const uint64_t version = ticket.version() + 1;
  const google::protobuf::Timestamp& when = event.meta().occurred_at();
  switch (event.event_case()) {
    case TicketEvent::kTicketOpened:
      ticket = event.ticket_opened().ticket();
      break;
    case TicketEvent::kJobAdded:
      ticket::Apply(ticket, event.job_added());
      break;
    case TicketEvent::kLineAdded:
      ticket::Apply(ticket, event.line_added());
      break;
    case TicketEvent::kLineChanged:
      ticket::Apply(ticket, event.line_changed());
      break;
    case TicketEvent::kLineRemoved:
      ticket::Apply(ticket, event.line_removed());
      break;
    case TicketEvent::kTicketDiscounted:
      ticket::Apply(ticket, event.ticket_discounted());
      break;
    case TicketEvent::kJobAuthorized:
      ticket::Apply(ticket, event.job_authorized());
      break;
    case TicketEvent::kJobDeclined:
      ApplyRefusal(ticket, event.job_declined(), v1::JOB_STATUS_DECLINED);
      break;
    case TicketEvent::kJobDeferred:
      ApplyRefusal(ticket, event.job_deferred(), v1::JOB_STATUS_DEFERRED);
      break;
    case TicketEvent::kWorkStarted:
      ticket::Apply(ticket, event.work_started(), when);
      break;
    case TicketEvent::kJobCompleted:
      ticket::Apply(ticket, event.job_completed(), when);
      break;
    case TicketEvent::kTicketInvoiced:
      ticket = event.ticket_invoiced().ticket();
      break;
    case TicketEvent::kMoneyReceived:
      ticket::Apply(state, event.money_received());
      break;
    case TicketEvent::kMoneyReturned:
      ticket::Apply(state, event.money_returned());
      break;
    case TicketEvent::kTicketClosed:
      ticket::Apply(ticket, event.ticket_closed());
      break;
    case TicketEvent::kTicketVoided:
      ticket.set_stage(v1::DOCUMENT_STAGE_VOIDED);
      break;
    case TicketEvent::kLocationConfigured:
    case TicketEvent::kNumberAssigned:
    case TicketEvent::kPriceListed:
    case TicketEvent::kCustomerKnown:
    case TicketEvent::EVENT_NOT_SET:
      break;
  }
  ticket.set_version(version);
  ticket.set_production(ProductionOf(ticket));
  ticket.set_settlement(SettlementOf(ticket, !state.refund_ids().empty()));
}

}  // namespace pitlane::ticket
