// Estimates: presented, given up, expired; and quotes, which become something else.
#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/rpc/errors.h"
#include "services/ticket/domain/consent_rules.h"
#include "services/ticket/domain/draft.h"
#include "services/ticket/domain/estimate.h"
#include "services/ticket/domain/estimate_form.h"
#include "services/ticket/domain/refusals.h"
#include "services/ticket/domain/ticket.h"
#include "services/ticket/domain/ticket_parts.h"
#include "services/ticket/domain/timestamps.h"

namespace pitlane::ticket {
namespace {

bool HasOffer(const v1::Job& job) {
  return Counts(job.status(), Counting::kEstimate) &&
         std::any_of(job.lines().begin(), job.lines().end(),
                     [](const v1::Line& line) { return line.kind() != v1::LINE_KIND_NOTE; });
}

// Who agreed to work has a work order, which is voided, not forgotten.
absl::Status CheckNothingAuthorized(const v1::Ticket& ticket) {
  if (ticket.stage() == v1::DOCUMENT_STAGE_ESTIMATE) return absl::OkStatus();
  return rpc::Refused(v1::ESTIMATE_IS_AUTHORIZED,
                      absl::StrCat("something was authorised on ticket ", ticket.ticket_id(),
                                   "; void it, or cancel its jobs"));
}

bool HasExpired(const v1::Ticket& ticket, const Context& context) {
  if (ticket.estimates().empty()) return false;
  return ticket.estimates(ticket.estimates_size() - 1).valid_until() < context.business_date;
}

// Copies a line under a new id and remembers which one it was.
class LineCopier {
 public:
  explicit LineCopier(const std::vector<std::string>& ids) : ids_(ids) {}

  v1::Line Copy(const v1::Line& line, const std::string& job_id) {
    v1::Line copy = line;
    copy.set_line_id(ids_[next_++]);
    copy.set_job_id(job_id);
    copies_.emplace_back(line.line_id(), copy.line_id());
    return copy;
  }

  // A core follows its part.
  void Relink(v1::Job& job) const {
    for (v1::Line& line : *job.mutable_lines()) {
      for (const auto& [before, after] : copies_) {
        if (line.for_line_id() == before) line.set_for_line_id(after);
        if (line.replaces_line_id() == before) line.set_replaces_line_id(after);
        if (line.kit().kit_line_id() == before) line.mutable_kit()->set_kit_line_id(after);
      }
    }
  }

 private:
  const std::vector<std::string>& ids_;
  size_t next_ = 0;
  std::vector<std::pair<std::string, std::string>> copies_;
};

v1::Ticket OrderFrom(const OpenFromQuote& command, const Context& context) {
  const v1::Ticket& quote = command.quote;
  v1::Ticket ticket;
  ticket.set_ticket_id(command.request.new_ticket_id());
  ticket.set_kind(command.request.kind());
  ticket.set_location_id(quote.location_id());
  ticket.set_currency(quote.currency());
  ticket.set_number(command.number);
  ticket.set_customer_id(quote.customer_id());
  ticket.set_vehicle_id(command.request.vehicle_id());
  ticket.set_stage(v1::DOCUMENT_STAGE_ESTIMATE);
  ticket.set_settlement(v1::SETTLEMENT_UNPAID);
  if (command.request.has_odometer_in()) ticket.set_odometer_in(command.request.odometer_in());
  *ticket.mutable_opened_at() = ToTimestamp(context.now);
  ticket.set_advisor(context.actor);
  ticket.set_version(1);
  ticket.set_cash_increment_minor(context.location.cash_increment_minor());
  ticket.set_return_old_parts(quote.return_old_parts());
  if (quote.has_discount()) *ticket.mutable_discount() = quote.discount();
  *ticket.mutable_coupons() = quote.coupons();
  *ticket.mutable_payers() = quote.payers();
  if (ticket.kind() == v1::TICKET_KIND_COUNTER_SALE) {
    ticket.set_delivery_jurisdiction(quote.delivery_jurisdiction());
  }
  v1::TicketLink& link = *ticket.add_links();
  link.set_relation(v1::TicketLink::RELATION_FROM_QUOTE);
  link.set_ticket_id(quote.ticket_id());
  return ticket;
}

// Jobs share access with each other's copies; what was turned down shares nothing.
void RelinkOverlaps(const v1::Ticket& quote, v1::Ticket& ticket) {
  std::map<std::string, std::string> copies;
  int next = 0;
  for (const v1::Job& job : quote.jobs()) {
    if (Counts(job.status(), Counting::kEstimate)) {
      copies[job.job_id()] = ticket.jobs(next++).job_id();
    }
  }
  for (v1::Job& job : *ticket.mutable_jobs()) {
    auto& lines = *job.mutable_lines();
    lines.erase(std::remove_if(lines.begin(), lines.end(),
                               [&copies](const v1::Line& line) {
                                 return !line.overlaps_job_id().empty() &&
                                        !copies.contains(line.overlaps_job_id());
                               }),
                lines.end());
    for (v1::Line& line : lines) {
      if (!line.overlaps_job_id().empty()) {
        line.set_overlaps_job_id(copies[line.overlaps_job_id()]);
      }
    }
  }
}

// What the customer turned down on the quote stays there.
void CopyOffer(const OpenFromQuote& command, v1::Ticket& ticket) {
  LineCopier copier(command.line_ids);
  size_t next_job = 0;
  for (const v1::Job& job : command.quote.jobs()) {
    if (!Counts(job.status(), Counting::kEstimate)) continue;
    v1::Job& copy = *ticket.add_jobs();
    copy.set_job_id(command.job_ids[next_job++]);
    copy.set_title(job.title());
    copy.set_complaint(job.complaint());
    copy.set_cause(job.cause());
    copy.set_status(v1::JOB_STATUS_PROPOSED);
    copy.set_lump_sum(job.lump_sum());
    *copy.mutable_payers() = job.payers();
    for (const v1::Line& line : job.lines()) *copy.add_lines() = copier.Copy(line, copy.job_id());
    copier.Relink(copy);
  }
  RelinkOverlaps(command.quote, ticket);
  for (const v1::Line& line : command.quote.lines()) *ticket.add_lines() = copier.Copy(line, "");
}

bool HasLabour(const v1::Ticket& ticket) {
  return std::any_of(ticket.jobs().begin(), ticket.jobs().end(), [](const v1::Job& job) {
    return std::any_of(job.lines().begin(), job.lines().end(), [](const v1::Line& line) {
      return line.kind() == v1::LINE_KIND_LABOUR || line.kind() == v1::LINE_KIND_SUBLET;
    });
  });
}

}  // namespace

absl::StatusOr<Events> Decide(const v1::TicketState& state, const PresentEstimate& command,
                              const Context& context) {
  RETURN_IF_ERROR(CheckOpen(state, command.ticket_id()));
  const v1::Ticket& ticket = state.ticket();
  // An empty page is no estimate.
  if (std::none_of(ticket.jobs().begin(), ticket.jobs().end(), HasOffer)) {
    return rpc::Refused(v1::NOTHING_TO_PRESENT,
                        absl::StrCat("no job of ticket ", ticket.ticket_id(),
                                     " that counts has a line with a price; add one"));
  }
  // Every version stays on the ticket for ever.
  if (ticket.estimates_size() >= kMaxEstimates) {
    return rpc::Refused(v1::TOO_MANY_ESTIMATES,
                        absl::StrCat("a ticket has at most ", kMaxEstimates,
                                     " presented versions; open another ticket"));
  }
  Draft draft(state, context);
  ASSIGN_OR_RETURN(const v1::Calculation calculation,
                   draft.CalculationOf(ticket, Counting::kEstimate));
  v1::TicketEvent event;
  v1::EstimateVersion& estimate = *event.mutable_estimate_presented()->mutable_estimate();
  estimate = EstimateOf(ticket, calculation);
  estimate.set_number(ticket.estimates_size() + 1);
  *estimate.mutable_presented_at() = ToTimestamp(context.now);
  estimate.set_valid_until(ValidUntil(context.location, context.business_date));
  estimate.set_presented_by(context.actor);
  estimate.set_presented_to_ref(command.presented_to_ref());
  estimate.set_channel(command.channel());
  if (!ticket.estimates().empty()) {
    estimate.set_previous_sha256(ticket.estimates(ticket.estimates_size() - 1).sha256());
  }
  estimate.set_sha256(EstimateHash(estimate));
  draft.Add(std::move(event));
  return draft.TakeEvents();
}

absl::StatusOr<Events> Decide(const v1::TicketState& state, const CancelEstimate& command,
                              const Context& context) {
  RETURN_IF_ERROR(CheckOpen(state, command.ticket_id()));
  RETURN_IF_ERROR(CheckNoMoney(state.ticket()));
  RETURN_IF_ERROR(CheckNothingAuthorized(state.ticket()));
  Draft draft(state, context);
  v1::TicketEvent event;
  event.mutable_estimate_cancelled()->set_reason(command.reason());
  draft.Add(std::move(event));
  return draft.TakeEvents();
}

absl::StatusOr<Events> Decide(const v1::TicketState& state, const ExpireEstimate& command,
                              const Context& context) {
  RETURN_IF_ERROR(CheckOpen(state, command.ticket_id()));
  const v1::Ticket& ticket = state.ticket();
  RETURN_IF_ERROR(CheckNoMoney(ticket));
  // A price holds until the day that was promised.
  if (!HasExpired(ticket, context)) {
    return rpc::Refused(v1::ESTIMATE_STILL_VALID,
                        absl::StrCat("no presented estimate of ticket ", ticket.ticket_id(),
                                     " has run out; cancel it instead"));
  }
  RETURN_IF_ERROR(CheckNothingAuthorized(ticket));
  const v1::EstimateSummary& last = ticket.estimates(ticket.estimates_size() - 1);
  Draft draft(state, context);
  v1::TicketEvent event;
  event.mutable_estimate_expired()->set_estimate_version(last.number());
  event.mutable_estimate_expired()->set_valid_until(last.valid_until());
  draft.Add(std::move(event));
  return draft.TakeEvents();
}

absl::StatusOr<Events> Decide(const v1::TicketState& state, const ConvertQuote& command,
                              const Context& context) {
  RETURN_IF_ERROR(CheckOpen(state, command.request.ticket_id()));
  const v1::Ticket& ticket = state.ticket();
  // Estimates become work orders by themselves, with the first consent.
  if (ticket.kind() != v1::TICKET_KIND_QUOTE) {
    return rpc::Refused(v1::NOT_A_QUOTE, absl::StrCat("ticket ", ticket.ticket_id(),
                                                      " is no quote; authorise its jobs"));
  }
  // An old price is not taken over unseen.
  if (HasExpired(ticket, context)) {
    return rpc::Refused(v1::ESTIMATE_EXPIRED, absl::StrCat("quote ", ticket.ticket_id(),
                                                           " has run out; present it again"));
  }
  Draft draft(state, context);
  v1::TicketEvent event;
  event.mutable_quote_converted()->set_ticket_id(command.request.new_ticket_id());
  draft.Add(std::move(event));
  return draft.TakeEvents();
}

absl::StatusOr<Events> Decide(const v1::TicketState& state, const OpenFromQuote& command,
                              const Context& context) {
  // An id names one ticket for ever.
  if (!state.ticket().ticket_id().empty()) {
    return rpc::AlreadyExists(
        v1::TICKET_EXISTS, absl::StrCat("ticket ", state.ticket().ticket_id(), " exists already"));
  }
  RETURN_IF_ERROR(CheckNotErased(command.customer));
  RETURN_IF_ERROR(CheckVehicle(command.request.kind(), command.request.vehicle_id()));
  v1::Ticket ticket = OrderFrom(command, context);
  CopyOffer(command, ticket);
  // Over the counter nobody works.
  if (ticket.kind() == v1::TICKET_KIND_COUNTER_SALE && HasLabour(ticket)) {
    return rpc::Refused(v1::COUNTER_SALE_HAS_NO_WORK,
                        absl::StrCat("quote ", command.quote.ticket_id(),
                                     " has labour; make a repair order of it"));
  }
  Draft draft(state, context);
  ASSIGN_OR_RETURN(const v1::Calculation calculation,
                   draft.CalculationOf(ticket, Counting::kEstimate));
  ApplyCalculation(calculation, ticket);
  v1::TicketEvent event;
  *event.mutable_ticket_opened()->mutable_ticket() = std::move(ticket);
  draft.Add(std::move(event));
  return draft.TakeEvents();
}

}  // namespace pitlane::ticket
