// Jobs: what the customer decides on, and what is then done.
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/rpc/errors.h"
#include "services/ticket/domain/draft.h"
#include "services/ticket/domain/refusals.h"
#include "services/ticket/domain/ticket.h"
#include "services/ticket/domain/ticket_parts.h"
#include "services/ticket/domain/timestamps.h"

namespace pitlane::ticket {
namespace {

// The fields that all three decisions have in common.
template <class Request>
v1::Authorization DecisionOf(const Request& request, const AmountPair& amounts,
                             const Context& context) {
  v1::Authorization decision;
  decision.set_amount_excluding_tax_minor(amounts.excluding_tax_minor);
  decision.set_amount_including_tax_minor(amounts.including_tax_minor);
  decision.set_person_ref(request.person_ref());
  decision.set_channel(request.channel());
  *decision.mutable_decided_at() =
      request.has_decided_at() ? request.decided_at() : ToTimestamp(context.now);
  decision.set_taken_by(context.actor);
  decision.set_evidence_id(request.evidence_id());
  return decision;
}

template <class Request>
v1::Authorization RefusalOf(const Request& request, const v1::Job& job, const Context& context) {
  AmountPair amounts;
  for (const v1::Line& line : job.lines()) {
    amounts.excluding_tax_minor += line.amounts().net_minor();
    amounts.including_tax_minor += line.amounts().net_minor() + line.amounts().tax_minor();
  }
  // Asked again about something that stood aside already: the offer is still the old one.
  if (job.status() != v1::JOB_STATUS_PROPOSED) {
    amounts = {job.authorization().amount_excluding_tax_minor(),
               job.authorization().amount_including_tax_minor()};
  }
  v1::Authorization decision = DecisionOf(request, amounts, context);
  decision.set_reason(request.reason());
  if (request.has_follow_up_at()) *decision.mutable_follow_up_at() = request.follow_up_at();
  return decision;
}

// Handbook 2.4: who, by which channel, and the proof of it.
absl::Status CheckComplete(const v1::Ticket& ticket, const AuthorizeJob& command) {
  std::string missing;
  if (command.person_ref().empty()) absl::StrAppend(&missing, " person_ref");
  if (command.channel() == v1::AUTHORIZATION_CHANNEL_UNSPECIFIED) {
    absl::StrAppend(&missing, " channel");
  }
  // Over the counter the customer stands there and takes the parts along.
  if (ticket.kind() == v1::TICKET_KIND_REPAIR_ORDER && command.evidence_id().empty()) {
    absl::StrAppend(&missing, " evidence_id");
  }
  if (missing.empty()) return absl::OkStatus();
  return rpc::Refused(
      v1::AUTHORIZATION_INCOMPLETE,
      absl::StrCat("the record of consent to job ", command.job_id(), " lacks:", missing));
}

// A customer who agreed takes it back by having lines removed, which gives the parts back.
absl::Status CheckUndecided(const v1::Job& job) {
  if (!IsAuthorized(job.status())) return absl::OkStatus();
  return rpc::Refused(v1::JOB_IS_AUTHORIZED,
                      absl::StrCat("the customer agreed to job ", job.job_id(),
                                   "; remove its lines, or void the ticket"));
}

absl::Status CheckHasWork(const v1::Ticket& ticket) {
  if (ticket.kind() == v1::TICKET_KIND_REPAIR_ORDER) return absl::OkStatus();
  return rpc::Refused(
      v1::COUNTER_SALE_HAS_NO_WORK,
      absl::StrCat("ticket ", ticket.ticket_id(), " is a counter sale; invoice it as it is"));
}

absl::Status CheckAuthorized(const v1::Job& job) {
  if (IsAuthorized(job.status())) return absl::OkStatus();
  return rpc::Refused(v1::JOB_NOT_AUTHORIZED,
                      absl::StrCat("the customer has not agreed to job ", job.job_id(),
                                   "; record the consent first"));
}

absl::Status CheckIncomplete(const v1::Job& job) {
  if (job.status() != v1::JOB_STATUS_COMPLETE) return absl::OkStatus();
  return rpc::Refused(v1::JOB_IS_COMPLETE,
                      absl::StrCat("job ", job.job_id(), " is complete already"));
}

// What is agreed to in all with this consent: everything authorised as it now stands, where jobs
// that wait for a renewed consent count with what was agreed to before they were changed.
absl::StatusOr<AmountPair> Agreed(const Draft& draft) {
  ASSIGN_OR_RETURN(const v1::Calculation calculation,
                   draft.CalculationOf(draft.ticket(), Counting::kInvoice));
  AmountPair agreed = AmountsOf(calculation.totals());
  for (const v1::Job& job : draft.ticket().jobs()) {
    if (!IsAuthorized(job.status()) || !job.consent_outdated()) continue;
    const AmountPair now = AmountsOf(job, calculation);
    agreed.excluding_tax_minor +=
        job.authorization().amount_excluding_tax_minor() - now.excluding_tax_minor;
    agreed.including_tax_minor +=
        job.authorization().amount_including_tax_minor() - now.including_tax_minor;
  }
  return agreed;
}

}  // namespace

absl::StatusOr<Events> Decide(const v1::TicketState& state, const AddJob& command,
                              const Context& context) {
  RETURN_IF_ERROR(CheckOpen(state, command.ticket_id()));
  // An id names one job for ever.
  if (FindJob(state.ticket(), command.job_id()) != nullptr) {
    return rpc::AlreadyExists(v1::JOB_EXISTS,
                              absl::StrCat("job ", command.job_id(), " exists already"));
  }
  // A ticket stays readable for who has to sign it.
  if (state.ticket().jobs_size() >= kMaxJobs) {
    return rpc::Refused(v1::TOO_MANY_JOBS, absl::StrCat("a ticket has at most ", kMaxJobs,
                                                        " jobs; open another ticket"));
  }
  Draft draft(state, context);
  v1::TicketEvent event;
  v1::Job& job = *event.mutable_job_added()->mutable_job();
  job.set_job_id(command.job_id());
  job.set_title(command.title());
  job.set_complaint(command.complaint());
  job.set_cause(command.cause());
  job.set_status(v1::JOB_STATUS_PROPOSED);
  draft.Add(std::move(event));
  return draft.TakeEvents();
}

absl::StatusOr<Events> Decide(const v1::TicketState& state, const AuthorizeJob& command,
                              const Context& context) {
  RETURN_IF_ERROR(CheckOpen(state, command.ticket_id()));
  ASSIGN_OR_RETURN(const v1::Job* job, GetJob(state.ticket(), command.job_id()));
  RETURN_IF_ERROR(CheckComplete(state.ticket(), command));

  // The amounts depend on which jobs count, so they are looked at with this one authorised.
  v1::TicketEvent event;
  v1::JobAuthorized& authorized = *event.mutable_job_authorized();
  authorized.set_job_id(job->job_id());
  Draft after(state, context);
  after.Add(event);
  ASSIGN_OR_RETURN(v1::Calculation calculation,
                   after.CalculationOf(after.ticket(), Counting::kEstimate));
  ASSIGN_OR_RETURN(const AmountPair agreed, Agreed(after));

  *authorized.mutable_authorization() = DecisionOf(command, AmountsOf(*job, calculation), context);
  for (const v1::Line& line : job->lines()) {
    if (line.kind() != v1::LINE_KIND_PART) continue;
    v1::PartDemand& demand = *authorized.add_parts();
    demand.set_line_id(line.line_id());
    demand.set_part_id(line.part_id());
    demand.set_quantity_milli(line.quantity_milli());
  }
  *authorized.mutable_calculation() = std::move(calculation);
  authorized.set_agreed_excluding_tax_minor(agreed.excluding_tax_minor);
  authorized.set_agreed_including_tax_minor(agreed.including_tax_minor);
  return Events{std::move(event)};
}

absl::StatusOr<Events> Decide(const v1::TicketState& state, const DeclineJob& command,
                              const Context& context) {
  RETURN_IF_ERROR(CheckOpen(state, command.ticket_id()));
  ASSIGN_OR_RETURN(const v1::Job* job, GetJob(state.ticket(), command.job_id()));
  RETURN_IF_ERROR(CheckUndecided(*job));
  Draft draft(state, context);
  v1::TicketEvent event;
  event.mutable_job_declined()->set_job_id(job->job_id());
  *event.mutable_job_declined()->mutable_authorization() = RefusalOf(command, *job, context);
  RETURN_IF_ERROR(draft.AddCalculated(std::move(event), [](v1::TicketEvent& declined) {
    return declined.mutable_job_declined()->mutable_calculation();
  }));
  return draft.TakeEvents();
}

absl::StatusOr<Events> Decide(const v1::TicketState& state, const DeferJob& command,
                              const Context& context) {
  RETURN_IF_ERROR(CheckOpen(state, command.ticket_id()));
  ASSIGN_OR_RETURN(const v1::Job* job, GetJob(state.ticket(), command.job_id()));
  RETURN_IF_ERROR(CheckUndecided(*job));
  Draft draft(state, context);
  v1::TicketEvent event;
  event.mutable_job_deferred()->set_job_id(job->job_id());
  *event.mutable_job_deferred()->mutable_authorization() = RefusalOf(command, *job, context);
  RETURN_IF_ERROR(draft.AddCalculated(std::move(event), [](v1::TicketEvent& deferred) {
    return deferred.mutable_job_deferred()->mutable_calculation();
  }));
  return draft.TakeEvents();
}

absl::StatusOr<Events> Decide(const v1::TicketState& state, const StartJob& command,
                              const Context& context) {
  RETURN_IF_ERROR(CheckOpen(state, command.ticket_id()));
  ASSIGN_OR_RETURN(const v1::Job* job, GetJob(state.ticket(), command.job_id()));
  RETURN_IF_ERROR(CheckHasWork(state.ticket()));
  RETURN_IF_ERROR(CheckAuthorized(*job));
  // One technician has it in hand.
  if (job->status() == v1::JOB_STATUS_IN_PROGRESS) {
    return rpc::Refused(v1::JOB_IS_STARTED,
                        absl::StrCat("job ", job->job_id(), " was started already"));
  }
  RETURN_IF_ERROR(CheckIncomplete(*job));
  Draft draft(state, context);
  v1::TicketEvent event;
  event.mutable_work_started()->set_job_id(job->job_id());
  event.mutable_work_started()->set_technician(command.technician().empty() ? context.actor
                                                                            : command.technician());
  draft.Add(std::move(event));
  return draft.TakeEvents();
}

absl::StatusOr<Events> Decide(const v1::TicketState& state, const CompleteJob& command,
                              const Context& context) {
  RETURN_IF_ERROR(CheckOpen(state, command.ticket_id()));
  ASSIGN_OR_RETURN(const v1::Job* job, GetJob(state.ticket(), command.job_id()));
  RETURN_IF_ERROR(CheckHasWork(state.ticket()));
  RETURN_IF_ERROR(CheckAuthorized(*job));
  // What nobody began is not finished.
  if (job->status() == v1::JOB_STATUS_AUTHORIZED) {
    return rpc::Refused(v1::JOB_NOT_STARTED,
                        absl::StrCat("job ", job->job_id(), " was not started; start it first"));
  }
  RETURN_IF_ERROR(CheckIncomplete(*job));
  Draft draft(state, context);
  v1::TicketEvent event;
  v1::JobCompleted& completed = *event.mutable_job_completed();
  completed.set_job_id(job->job_id());
  completed.set_cause(command.cause().empty() ? job->cause() : command.cause());
  completed.set_correction(command.correction());
  draft.Add(std::move(event));
  return draft.TakeEvents();
}

}  // namespace pitlane::ticket
