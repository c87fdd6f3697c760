// The customer's decisions about jobs, and the record that the law wants of them.
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/rpc/errors.h"
#include "services/ticket/domain/consent_rules.h"
#include "services/ticket/domain/declined.h"
#include "services/ticket/domain/draft.h"
#include "services/ticket/domain/refusals.h"
#include "services/ticket/domain/ticket.h"
#include "services/ticket/domain/ticket_parts.h"
#include "services/ticket/domain/timestamps.h"

namespace pitlane::ticket {
namespace {

// The fields that all three decisions have in common.
template <class Request>
v1::Authorization DecisionOf(const Request& request, const v1::Ticket& ticket, const v1::Job& job,
                             const AmountPair& amounts, const Context& context) {
  v1::Authorization decision;
  decision.set_amount_excluding_tax_minor(amounts.excluding_tax_minor);
  decision.set_amount_including_tax_minor(amounts.including_tax_minor);
  decision.set_person_ref(request.person_ref());
  decision.set_channel(request.channel());
  *decision.mutable_decided_at() =
      request.has_decided_at() ? request.decided_at() : ToTimestamp(context.now);
  decision.set_taken_by(context.actor);
  decision.set_evidence_id(request.evidence_id());
  decision.set_contact_ref(request.contact_ref());
  if (const v1::EstimateSummary* shown = FindEstimate(ticket, job.estimate_version())) {
    decision.set_estimate_version(shown->number());
    decision.set_estimate_sha256(shown->sha256());
  }
  return decision;
}

template <class Request>
v1::Authorization RefusalOf(const Request& request, v1::ConsentDecision decided,
                            const v1::Ticket& ticket, const v1::Job& job, const Context& context) {
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
  v1::Authorization decision = DecisionOf(request, ticket, job, amounts, context);
  decision.set_decision(decided);
  decision.set_reason(request.reason());
  if (request.has_follow_up_at()) *decision.mutable_follow_up_at() = request.follow_up_at();
  return decision;
}

// Handbook 2.4: who, by which channel, at which number or address, and the proof of it.
absl::Status CheckComplete(const v1::Ticket& ticket, const AuthorizeJob& command) {
  std::string missing;
  if (command.person_ref().empty()) absl::StrAppend(&missing, " person_ref");
  if (command.channel() == v1::AUTHORIZATION_CHANNEL_UNSPECIFIED) {
    absl::StrAppend(&missing, " channel");
  }
  // Who was not there was reached somewhere.
  if (command.channel() != v1::AUTHORIZATION_CHANNEL_IN_PERSON_SIGNATURE &&
      command.contact_ref().empty()) {
    absl::StrAppend(&missing, " contact_ref");
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
  if (!IsAuthorized(job.status())) return CheckNotCancelled(job);
  return rpc::Refused(v1::JOB_IS_AUTHORIZED,
                      absl::StrCat("the customer agreed to job ", job.job_id(),
                                   "; remove its lines, or void the ticket"));
}

// A consent is to what was put before the customer, where something was or has to be.
absl::Status CheckPresented(const v1::Ticket& ticket, const v1::Job& job,
                            const AuthorizeJob& command, int64_t total_minor,
                            const Context& context) {
  const int32_t named = command.estimate_version();
  if (named != 0 && FindEstimate(ticket, named) == nullptr) {
    return rpc::NotFound(v1::ESTIMATE_UNKNOWN, absl::StrCat("ticket ", ticket.ticket_id(),
                                                            " has no estimate version ", named));
  }
  if (ticket.estimates().empty()) {
    const v1::ConsentRule* rule =
        WrittenEstimateRule(context.location, context.business_date, ticket.kind(), total_minor);
    if (rule == nullptr) return absl::OkStatus();
    return rpc::Refused(v1::ESTIMATE_REQUIRED,
                        absl::StrCat("at ", total_minor, " minor units ", rule->citation(),
                                     " wants the estimate presented before work is agreed to"),
                        {{"rule_id", rule->rule_id()}});
  }
  // Nobody agrees to a page that says something else.
  if (job.estimate_version() == 0 || (named != 0 && named != job.estimate_version())) {
    return rpc::Refused(v1::ESTIMATE_OUTDATED,
                        absl::StrCat("job ", job.job_id(), " is not in estimate version ",
                                     named == 0 ? ticket.estimates_size() : named,
                                     " as it stands; present the estimate again"));
  }
  const v1::EstimateSummary* shown = FindEstimate(ticket, job.estimate_version());
  // A price holds until the day that was promised.
  if (shown != nullptr && shown->valid_until() < context.business_date) {
    return rpc::Refused(v1::ESTIMATE_EXPIRED,
                        absl::StrCat("estimate version ", shown->number(), " held until ",
                                     shown->valid_until(), "; present the estimate again"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Events> Decide(const v1::TicketState& state, const AuthorizeJob& command,
                              const Context& context) {
  RETURN_IF_ERROR(CheckOpen(state, command.ticket_id()));
  ASSIGN_OR_RETURN(const v1::Job* job, GetJob(state.ticket(), command.job_id()));
  RETURN_IF_ERROR(CheckComplete(state.ticket(), command));
  RETURN_IF_ERROR(CheckNoQuote(state.ticket()));
  RETURN_IF_ERROR(CheckNotCancelled(*job));

  // The amounts depend on which jobs count, so they are looked at with this one authorised.
  v1::TicketEvent event;
  v1::JobAuthorized& authorized = *event.mutable_job_authorized();
  authorized.set_job_id(job->job_id());
  Draft after(state, context);
  after.Add(event);
  ASSIGN_OR_RETURN(v1::Calculation calculation,
                   after.CalculationOf(after.ticket(), Counting::kEstimate));
  RETURN_IF_ERROR(
      CheckPresented(state.ticket(), *job, command, calculation.totals().total_minor(), context));
  ASSIGN_OR_RETURN(const AmountPair agreed, after.Agreed());

  v1::Authorization& decision = *authorized.mutable_authorization();
  decision = DecisionOf(command, state.ticket(), *job, AmountsOf(*job, calculation), context);
  decision.set_decision(v1::CONSENT_DECISION_APPROVE);
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
  *event.mutable_job_declined()->mutable_authorization() =
      RefusalOf(command, v1::CONSENT_DECISION_DECLINE, state.ticket(), *job, context);
  KeepForLater(state.ticket(), *job, context, *event.mutable_job_declined());
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
  *event.mutable_job_deferred()->mutable_authorization() =
      RefusalOf(command, v1::CONSENT_DECISION_DEFER, state.ticket(), *job, context);
  KeepForLater(state.ticket(), *job, context, *event.mutable_job_deferred());
  RETURN_IF_ERROR(draft.AddCalculated(std::move(event), [](v1::TicketEvent& deferred) {
    return deferred.mutable_job_deferred()->mutable_calculation();
  }));
  return draft.TakeEvents();
}

}  // namespace pitlane::ticket
