#include <algorithm>

#include "services/ticket/domain/calculation.h"
#include "services/ticket/domain/core.h"
#include "services/ticket/domain/credit.h"
#include "services/ticket/domain/ticket.h"
#include "services/ticket/domain/ticket_parts.h"

namespace pitlane::ticket {
namespace {

void Apply(v1::Ticket& ticket, const v1::JobAdded& event) { *ticket.add_jobs() = event.job(); }

// A change of a job's lines may leave behind what the customer agreed to or was shown.
template <class Changed>
void Outdate(const Changed& event, v1::Job& job) {
  if (event.outdates_consent()) job.set_consent_outdated(true);
  if (event.outdates_estimate()) job.clear_estimate_version();
}

void Apply(v1::Ticket& ticket, const v1::LineAdded& event) {
  if (event.line().job_id().empty()) {
    *ticket.add_lines() = event.line();
  } else if (v1::Job* job = FindJob(ticket, event.line().job_id())) {
    *job->add_lines() = event.line();
    Outdate(event, *job);
  }
  if (event.has_calculation()) ApplyCalculation(event.calculation(), ticket);
}

void Apply(v1::Ticket& ticket, const v1::LineChanged& event) {
  if (v1::Line* line = FindLine(ticket, event.line().line_id())) *line = event.line();
  if (v1::Job* job = FindJob(ticket, event.line().job_id())) Outdate(event, *job);
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
    Outdate(event, *job);
  }
  if (event.has_calculation()) ApplyCalculation(event.calculation(), ticket);
}

void Apply(v1::Ticket& ticket, const v1::TicketDiscounted& event) {
  *ticket.mutable_discount() = event.discount();
  *ticket.mutable_coupons() = event.coupons();
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

void Apply(v1::Ticket& ticket, const v1::JobScheduled& event) {
  v1::Job* job = FindJob(ticket, event.job_id());
  if (job == nullptr) return;
  job->set_status(v1::JOB_STATUS_SCHEDULED);
  *job->mutable_schedule() = event.schedule();
}

void Apply(v1::Ticket& ticket, const v1::JobHeld& event, const google::protobuf::Timestamp& when) {
  v1::Job* job = FindJob(ticket, event.job_id());
  if (job == nullptr) return;
  job->set_status(StatusOf(event.kind()));
  job->mutable_hold()->set_kind(event.kind());
  job->mutable_hold()->set_reason(event.reason());
  *job->mutable_hold()->mutable_since() = when;
}

void Apply(v1::Ticket& ticket, const v1::JobResumed& event) {
  v1::Job* job = FindJob(ticket, event.job_id());
  if (job == nullptr) return;
  job->set_status(v1::JOB_STATUS_IN_PROGRESS);
  job->clear_hold();
}

void Apply(v1::Ticket& ticket, const v1::JobQualityChecked& event,
           const google::protobuf::Timestamp& when) {
  v1::Job* job = FindJob(ticket, event.job_id());
  if (job == nullptr) return;
  job->set_status(v1::JOB_STATUS_QUALITY_CHECKED);
  job->set_quality_checked_by(event.checked_by());
  *job->mutable_quality_checked_at() = when;
}

void Apply(v1::Ticket& ticket, const v1::JobCancelled& event) {
  if (v1::Job* job = FindJob(ticket, event.job_id())) {
    job->set_status(v1::JOB_STATUS_CANCELLED);
    job->set_cancel_reason(event.reason());
    job->clear_consent_outdated();
    job->clear_hold();
  }
  ticket.set_agreed_excluding_tax_minor(event.agreed_excluding_tax_minor());
  ticket.set_agreed_including_tax_minor(event.agreed_including_tax_minor());
  if (event.has_calculation()) ApplyCalculation(event.calculation(), ticket);
}

// What was presented is what the ticket shows from then on, to the cent.
void ShowAmounts(const google::protobuf::RepeatedPtrField<v1::Line>& presented,
                 v1::Ticket& ticket) {
  for (const v1::Line& line : presented) {
    v1::Line* shown = FindLine(ticket, line.line_id());
    if (shown != nullptr && line.has_amounts()) *shown->mutable_amounts() = line.amounts();
  }
}

void Apply(v1::Ticket& ticket, const v1::EstimatePresented& event, uint64_t version) {
  const v1::EstimateVersion& estimate = event.estimate();
  v1::EstimateSummary& summary = *ticket.add_estimates();
  summary.set_number(estimate.number());
  *summary.mutable_presented_at() = estimate.presented_at();
  summary.set_valid_until(estimate.valid_until());
  const AmountPair amounts = AmountsOf(estimate.totals());
  summary.set_amount_excluding_tax_minor(amounts.excluding_tax_minor);
  summary.set_amount_including_tax_minor(amounts.including_tax_minor);
  summary.set_sha256(estimate.sha256());
  summary.set_ticket_version(version);
  for (const v1::EstimateJob& presented : estimate.jobs()) {
    v1::Job* job = FindJob(ticket, presented.job_id());
    if (job == nullptr) continue;
    job->set_estimate_version(estimate.number());
    ShowAmounts(presented.lines(), ticket);
  }
  ShowAmounts(estimate.lines(), ticket);
  *ticket.mutable_totals() = estimate.totals();
}

void Apply(v1::Ticket& ticket, const v1::TechniciansAssigned& event) {
  v1::Line* line = FindLine(ticket, event.line_id());
  if (line == nullptr) return;
  *line->mutable_technicians() = event.technicians();
  if (!event.technicians().empty()) line->set_technician(event.technicians(0).technician());
}

void Apply(v1::Ticket& ticket, const v1::CoreReturned& event) {
  v1::Line* core = FindLine(ticket, event.line_id());
  if (core != nullptr) {
    MoveCores(*core, event.quantity_milli(), event.outcome(), event.credit_minor());
  }
}

void Apply(v1::Ticket& ticket, const v1::CoreForfeited& event) {
  v1::Line* core = FindLine(ticket, event.line_id());
  if (core != nullptr) MoveCores(*core, event.quantity_milli(), v1::CORE_STATUS_FORFEITED, 0);
}

void Apply(v1::Ticket& ticket, const v1::SpecialOrderPlaced& event) {
  v1::Line* line = FindLine(ticket, event.line_id());
  if (line != nullptr) *line->mutable_special_order() = event.order();
}

void Apply(v1::Ticket& ticket, const v1::SpecialOrderReceived& event) {
  v1::Line* line = FindLine(ticket, event.line_id());
  if (line != nullptr) line->mutable_special_order()->set_state(v1::SpecialOrder::STATE_RECEIVED);
}

void Apply(v1::Ticket& ticket, const v1::TiresRecorded& event) {
  v1::Line* line = FindLine(ticket, event.line_id());
  if (line != nullptr) *line->mutable_tires() = event.tires();
}

void Link(v1::TicketLink::Relation relation, const std::string& ticket_id, v1::Ticket& ticket) {
  v1::TicketLink& link = *ticket.add_links();
  link.set_relation(relation);
  link.set_ticket_id(ticket_id);
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

void Apply(v1::Ticket& ticket, const v1::TaxTreatmentSet& event) {
  ticket.set_delivery_jurisdiction(event.delivery_jurisdiction());
  for (const auto& changed : event.jobs()) {
    if (v1::Job* job = FindJob(ticket, changed.job_id())) job->set_lump_sum(changed.lump_sum());
  }
  for (const auto& changed : event.lines()) {
    v1::Line* line = FindLine(ticket, changed.line_id());
    if (line == nullptr) continue;
    line->set_core_surrendered(changed.core_surrendered());
    line->set_tax_category(changed.tax_category());
  }
  if (event.has_calculation()) ApplyCalculation(event.calculation(), ticket);
}

void Apply(v1::Ticket& ticket, const v1::JobSplit& event) {
  if (event.job_id().empty()) {
    *ticket.mutable_payers() = event.payers();
  } else if (v1::Job* job = FindJob(ticket, event.job_id())) {
    *job->mutable_payers() = event.payers();
  }
  if (event.has_calculation()) ApplyCalculation(event.calculation(), ticket);
}

void Apply(v1::Ticket& ticket, const v1::InvoicePutOnAccount& event) {
  for (v1::PayerInvoice& invoice : *ticket.mutable_invoices()) {
    if (invoice.invoice_number() == event.invoice_number()) invoice.set_on_account(true);
  }
}

void Apply(v1::Ticket& ticket, const v1::ApprovalGiven& event,
           const google::protobuf::Timestamp& when) {
  for (v1::Approval& approval : *ticket.mutable_approvals()) {
    if (approval.approval_id() != event.approval_id()) continue;
    approval.set_approved_by(event.approver());
    approval.set_method(event.method());
    *approval.mutable_approved_at() = when;
  }
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
    case TicketEvent::kEstimatePresented:
      ticket::Apply(ticket, event.estimate_presented(), version);
      break;
    case TicketEvent::kEstimateCancelled:
    case TicketEvent::kEstimateExpired:
      ticket.set_stage(v1::DOCUMENT_STAGE_CLOSED_UNSOLD);
      *ticket.mutable_closed_at() = when;
      break;
    case TicketEvent::kJobScheduled:
      ticket::Apply(ticket, event.job_scheduled());
      break;
    case TicketEvent::kJobHeld:
      ticket::Apply(ticket, event.job_held(), when);
      break;
    case TicketEvent::kJobResumed:
      ticket::Apply(ticket, event.job_resumed());
      break;
    case TicketEvent::kJobQualityChecked:
      ticket::Apply(ticket, event.job_quality_checked(), when);
      break;
    case TicketEvent::kJobCancelled:
      ticket::Apply(ticket, event.job_cancelled());
      break;
    case TicketEvent::kQuoteConverted:
      ticket.set_stage(v1::DOCUMENT_STAGE_CLOSED);
      *ticket.mutable_closed_at() = when;
      Link(v1::TicketLink::RELATION_BECAME, event.quote_converted().ticket_id(), ticket);
      break;
    case TicketEvent::kTicketFollowed:
      Link(v1::TicketLink::RELATION_FOLLOWED_BY, event.ticket_followed().ticket_id(), ticket);
      break;
    case TicketEvent::kTaxTreatmentSet:
      ticket::Apply(ticket, event.tax_treatment_set());
      break;
    case TicketEvent::kJobSplit:
      ticket::Apply(ticket, event.job_split());
      break;
    case TicketEvent::kInvoicePutOnAccount:
      ticket::Apply(ticket, event.invoice_put_on_account());
      break;
    case TicketEvent::kApprovalRequested:
      *ticket.add_approvals() = event.approval_requested().approval();
      break;
    case TicketEvent::kApprovalGiven:
      ticket::Apply(ticket, event.approval_given(), when);
      break;
    case TicketEvent::kCreditMemoIssued:
      ApplyCredit(event.credit_memo_issued().memo(), state);
      break;
    case TicketEvent::kTechniciansAssigned:
      ticket::Apply(ticket, event.technicians_assigned());
      break;
    case TicketEvent::kCoreReturned:
      ticket::Apply(ticket, event.core_returned());
      break;
    case TicketEvent::kCoreForfeited:
      ticket::Apply(ticket, event.core_forfeited());
      break;
    case TicketEvent::kSpecialOrderPlaced:
      ticket::Apply(ticket, event.special_order_placed());
      break;
    case TicketEvent::kSpecialOrderReceived:
      ticket::Apply(ticket, event.special_order_received());
      break;
    case TicketEvent::kWillCallHeld:
      ticket.set_will_call_until(event.will_call_held().until());
      break;
    case TicketEvent::kTiresRecorded:
      ticket::Apply(ticket, event.tires_recorded());
      break;
    case TicketEvent::kVehicleChangedHands:
    case TicketEvent::kPartReplaced:
    case TicketEvent::kOperationDefined:
    case TicketEvent::kLabourPricingSet:
    case TicketEvent::kPartPricingSet:
    case TicketEvent::kCustomerTermsSet:
    case TicketEvent::kKitDefined:
    case TicketEvent::kCannedJobDefined:
    case TicketEvent::kFeeScheduleSet:
    case TicketEvent::kLabourTimesImported:
    case TicketEvent::kLostSaleRecorded:
    case TicketEvent::kLocationConfigured:
    case TicketEvent::kNumberAssigned:
    case TicketEvent::kPriceListed:
    case TicketEvent::kCustomerKnown:
    case TicketEvent::kTaxJurisdictionConfigured:
    case TicketEvent::kExemptionCertificateRecorded:
    case TicketEvent::EVENT_NOT_SET:
      break;
  }
  ticket.set_version(version);
  ticket.set_production(ProductionOf(ticket));
  ticket.set_settlement(SettlementOf(ticket, !state.refund_ids().empty()));
}

}  // namespace pitlane::ticket
