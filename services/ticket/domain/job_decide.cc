// Jobs, and the work on them.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/rpc/errors.h"
#include "services/ticket/domain/draft.h"
#include "services/ticket/domain/refusals.h"
#include "services/ticket/domain/ticket.h"
#include "services/ticket/domain/ticket_parts.h"

namespace pitlane::ticket {
namespace {

// Over the counter nobody works, and on a quote nobody works yet.
absl::Status CheckHasWork(const v1::Ticket& ticket) {
  if (ticket.kind() != v1::TICKET_KIND_COUNTER_SALE) return CheckNoQuote(ticket);
  return rpc::Refused(
      v1::COUNTER_SALE_HAS_NO_WORK,
      absl::StrCat("ticket ", ticket.ticket_id(), " is a counter sale; invoice it as it is"));
}

absl::Status CheckAuthorized(const v1::Job& job) {
  if (IsAuthorized(job.status())) return absl::OkStatus();
  RETURN_IF_ERROR(CheckNotCancelled(job));
  return rpc::Refused(v1::JOB_NOT_AUTHORIZED,
                      absl::StrCat("the customer has not agreed to job ", job.job_id(),
                                   "; record the consent first"));
}

// What nobody began neither stands still nor is finished.
absl::Status CheckStarted(const v1::Job& job) {
  if (job.status() != v1::JOB_STATUS_AUTHORIZED && job.status() != v1::JOB_STATUS_SCHEDULED) {
    return absl::OkStatus();
  }
  return rpc::Refused(v1::JOB_NOT_STARTED,
                      absl::StrCat("job ", job.job_id(), " was not started; start it first"));
}

// One technician has it in hand.
absl::Status CheckNotStarted(const v1::Job& job) {
  if (job.status() != v1::JOB_STATUS_IN_PROGRESS && !IsHeld(job.status())) {
    return absl::OkStatus();
  }
  return rpc::Refused(v1::JOB_IS_STARTED,
                      absl::StrCat("job ", job.job_id(), " was started already"));
}

absl::Status CheckIncomplete(const v1::Job& job) {
  if (!IsDone(job.status())) return absl::OkStatus();
  return rpc::Refused(v1::JOB_IS_COMPLETE,
                      absl::StrCat("job ", job.job_id(), " is complete already"));
}

absl::Status CheckNotHeld(const v1::Job& job) {
  if (!IsHeld(job.status())) return absl::OkStatus();
  return rpc::Refused(v1::JOB_IS_HELD,
                      absl::StrCat("job ", job.job_id(), " stands still; resume it first"));
}

// The job of a command that is about work: JOB_UNKNOWN, COUNTER_SALE_HAS_NO_WORK, IS_A_QUOTE,
// JOB_IS_CANCELLED, JOB_NOT_AUTHORIZED.
template <class Command>
absl::StatusOr<const v1::Job*> JobToWorkOn(const v1::TicketState& state, const Command& command) {
  RETURN_IF_ERROR(CheckOpen(state, command.ticket_id()));
  ASSIGN_OR_RETURN(const v1::Job* job, GetJob(state.ticket(), command.job_id()));
  RETURN_IF_ERROR(CheckHasWork(state.ticket()));
  RETURN_IF_ERROR(CheckAuthorized(*job));
  return job;
}

int64_t TaxOf(const AmountPair& amounts) {
  return amounts.including_tax_minor - amounts.excluding_tax_minor;
}

// What remains agreed to without a job: never more than before, whatever became of the rest.
// Shares of a rounded tax move by a cent when jobs come and go, so net and tax go down each by
// itself, and neither below nothing.
absl::StatusOr<AmountPair> AgreedWithout(const v1::Job& job, const Draft& after,
                                         const v1::Ticket& before) {
  const AmountPair agreed{.excluding_tax_minor = before.agreed_excluding_tax_minor(),
                          .including_tax_minor = before.agreed_including_tax_minor()};
  if (!IsAuthorized(job.status())) return agreed;
  ASSIGN_OR_RETURN(const AmountPair now, after.Agreed());
  const AmountPair consent{.excluding_tax_minor = job.authorization().amount_excluding_tax_minor(),
                           .including_tax_minor = job.authorization().amount_including_tax_minor()};
  const auto less = [](int64_t had, int64_t without, int64_t rest) {
    return std::max<int64_t>(0, std::min(rest, had - without));
  };
  const int64_t net =
      less(agreed.excluding_tax_minor, consent.excluding_tax_minor, now.excluding_tax_minor);
  const int64_t tax = less(TaxOf(agreed), TaxOf(consent), TaxOf(now));
  return AmountPair{.excluding_tax_minor = net, .including_tax_minor = net + tax};
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
  job.set_safety_critical(command.safety_critical());
  job.set_status(v1::JOB_STATUS_PROPOSED);
  draft.Add(std::move(event));
  return draft.TakeEvents();
}

absl::StatusOr<Events> Decide(const v1::TicketState& state, const ScheduleJob& command,
                              const Context& context) {
  ASSIGN_OR_RETURN(const v1::Job* job, JobToWorkOn(state, command));
  RETURN_IF_ERROR(CheckNotStarted(*job));
  RETURN_IF_ERROR(CheckIncomplete(*job));
  Draft draft(state, context);
  v1::TicketEvent event;
  event.mutable_job_scheduled()->set_job_id(job->job_id());
  *event.mutable_job_scheduled()->mutable_schedule() = command.schedule();
  draft.Add(std::move(event));
  return draft.TakeEvents();
}

absl::StatusOr<Events> Decide(const v1::TicketState& state, const StartJob& command,
                              const Context& context) {
  ASSIGN_OR_RETURN(const v1::Job* job, JobToWorkOn(state, command));
  RETURN_IF_ERROR(CheckNotStarted(*job));
  RETURN_IF_ERROR(CheckIncomplete(*job));
  Draft draft(state, context);
  v1::TicketEvent event;
  event.mutable_work_started()->set_job_id(job->job_id());
  event.mutable_work_started()->set_technician(command.technician().empty() ? context.actor
                                                                            : command.technician());
  draft.Add(std::move(event));
  return draft.TakeEvents();
}

absl::StatusOr<Events> Decide(const v1::TicketState& state, const HoldJob& command,
                              const Context& context) {
  ASSIGN_OR_RETURN(const v1::Job* job, JobToWorkOn(state, command));
  RETURN_IF_ERROR(CheckStarted(*job));
  RETURN_IF_ERROR(CheckIncomplete(*job));
  RETURN_IF_ERROR(CheckNotHeld(*job));
  Draft draft(state, context);
  v1::TicketEvent event;
  event.mutable_job_held()->set_job_id(job->job_id());
  event.mutable_job_held()->set_kind(command.kind());
  event.mutable_job_held()->set_reason(command.reason());
  draft.Add(std::move(event));
  return draft.TakeEvents();
}

absl::StatusOr<Events> Decide(const v1::TicketState& state, const ResumeJob& command,
                              const Context& context) {
  ASSIGN_OR_RETURN(const v1::Job* job, JobToWorkOn(state, command));
  RETURN_IF_ERROR(CheckStarted(*job));
  RETURN_IF_ERROR(CheckIncomplete(*job));
  // What goes on need not be told to.
  if (!IsHeld(job->status())) {
    return rpc::Refused(v1::JOB_NOT_HELD,
                        absl::StrCat("job ", job->job_id(), " does not stand still"));
  }
  Draft draft(state, context);
  v1::TicketEvent event;
  event.mutable_job_resumed()->set_job_id(job->job_id());
  draft.Add(std::move(event));
  return draft.TakeEvents();
}

absl::StatusOr<Events> Decide(const v1::TicketState& state, const CompleteJob& command,
                              const Context& context) {
  ASSIGN_OR_RETURN(const v1::Job* job, JobToWorkOn(state, command));
  RETURN_IF_ERROR(CheckStarted(*job));
  RETURN_IF_ERROR(CheckIncomplete(*job));
  RETURN_IF_ERROR(CheckNotHeld(*job));
  Draft draft(state, context);
  v1::TicketEvent event;
  v1::JobCompleted& completed = *event.mutable_job_completed();
  completed.set_job_id(job->job_id());
  completed.set_cause(command.cause().empty() ? job->cause() : command.cause());
  completed.set_correction(command.correction());
  draft.Add(std::move(event));
  return draft.TakeEvents();
}

absl::StatusOr<Events> Decide(const v1::TicketState& state, const CheckQuality& command,
                              const Context& context) {
  ASSIGN_OR_RETURN(const v1::Job* job, JobToWorkOn(state, command));
  // There has to be something to look at.
  if (!IsDone(job->status())) {
    return rpc::Refused(v1::JOB_NOT_COMPLETE,
                        absl::StrCat("job ", job->job_id(), " is not complete; complete it first"));
  }
  // Once is enough.
  if (job->status() == v1::JOB_STATUS_QUALITY_CHECKED) {
    return rpc::Refused(v1::JOB_IS_CHECKED,
                        absl::StrCat("job ", job->job_id(), " was checked already"));
  }
  Draft draft(state, context);
  v1::TicketEvent event;
  event.mutable_job_quality_checked()->set_job_id(job->job_id());
  event.mutable_job_quality_checked()->set_checked_by(context.actor);
  event.mutable_job_quality_checked()->set_note(command.note());
  draft.Add(std::move(event));
  return draft.TakeEvents();
}

absl::StatusOr<Events> Decide(const v1::TicketState& state, const CancelJob& command,
                              const Context& context) {
  RETURN_IF_ERROR(CheckOpen(state, command.ticket_id()));
  // What the customer declined or put off is not the shop's to cancel.
  ASSIGN_OR_RETURN(const v1::Job* job, GetActiveJob(state.ticket(), command.job_id()));
  // Work that was done is owed to somebody.
  RETURN_IF_ERROR(CheckIncomplete(*job));
  v1::TicketEvent event;
  v1::JobCancelled& cancelled = *event.mutable_job_cancelled();
  cancelled.set_job_id(job->job_id());
  cancelled.set_reason(command.reason());
  Draft after(state, context);
  after.Add(event);
  ASSIGN_OR_RETURN(*cancelled.mutable_calculation(),
                   after.CalculationOf(after.ticket(), Counting::kEstimate));
  ASSIGN_OR_RETURN(const AmountPair agreed, AgreedWithout(*job, after, state.ticket()));
  cancelled.set_agreed_excluding_tax_minor(agreed.excluding_tax_minor);
  cancelled.set_agreed_including_tax_minor(agreed.including_tax_minor);
  return Events{std::move(event)};
}

}  // namespace pitlane::ticket
