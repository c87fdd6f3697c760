#include "services/ticket/domain/declined.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/rpc/errors.h"
#include "services/ticket/domain/calculation.h"
#include "services/ticket/domain/refusals.h"
#include "services/ticket/domain/ticket_parts.h"
#include "services/ticket/domain/timestamps.h"

namespace pitlane::ticket {
namespace {

constexpr int kStandardFollowUps[] = {30, 90, 180};
constexpr int kStandardSafetyFollowUp = 7;

absl::CivilDay DayOf(std::string_view date) {
  absl::CivilDay day;
  // Days that do not parse were refused before they were stored.
  (void)absl::ParseCivilTime(ToAbsl(date), &day);
  return day;
}

std::set<absl::CivilDay> FollowUps(const v1::Job& job, const v1::Authorization& decision,
                                   const Context& context) {
  const absl::CivilDay decided = DayOf(context.business_date);
  std::set<absl::CivilDay> days;
  const v1::Location& location = context.location;
  if (location.follow_up_days().empty()) {
    for (const int after : kStandardFollowUps) days.insert(decided + after);
  }
  for (const int32_t after : location.follow_up_days()) days.insert(decided + after);
  if (job.safety_critical()) {
    const int32_t after = location.safety_follow_up_days();
    days.insert(decided + (after == 0 ? kStandardSafetyFollowUp : after));
  }
  if (!decision.has_follow_up_at()) return days;
  // Who named a day is not asked before it.
  const absl::CivilDay own =
      absl::ToCivilDay(FromTimestamp(decision.follow_up_at()), absl::UTCTimeZone());
  days.erase(days.begin(), days.lower_bound(own));
  days.insert(own);
  return days;
}

const v1::LabourRate* RateOf(const v1::Location& location, v1::LabourType type) {
  const auto& rates = location.labour_rates();
  const auto found = std::find_if(rates.begin(), rates.end(), [type](const v1::LabourRate& rate) {
    return rate.labour_type() == type;
  });
  return found == rates.end() ? nullptr : &*found;
}

// Gives a line today's price; false when it cannot have one.
bool Reprice(const v1::Location& location, const PriceList& prices, v1::Line& line) {
  if (line.kind() == v1::LINE_KIND_LABOUR) {
    if (const v1::LabourRate* rate = RateOf(location, line.labour_type())) {
      line.set_rate_minor(rate->rate_minor());
    }
    return true;
  }
  if (line.kind() != v1::LINE_KIND_PART) return true;
  const auto found = prices.find(line.part_id());
  if (found == prices.end() || found->second.part_id().empty() ||
      found->second.currency() != location.currency()) {
    return false;
  }
  line.set_unit_price_minor(found->second.list_price_minor());
  return true;
}

// A ticket with nothing but the job, at today's prices. A core stays away with its part.
v1::Ticket TicketOfToday(const v1::DeclinedWork& work, const v1::Location& location,
                         const PriceList& prices, v1::DeclinedWorkOffer& offer) {
  v1::Ticket ticket;
  ticket.set_ticket_id(work.ticket_id());
  ticket.set_currency(location.currency());
  ticket.set_kind(v1::TICKET_KIND_REPAIR_ORDER);
  v1::Job& job = *ticket.add_jobs();
  job.set_job_id(work.job().job_id());
  job.set_status(v1::JOB_STATUS_PROPOSED);
  std::set<std::string> left_out;
  for (v1::Line line : work.job().lines()) {
    line.clear_amounts();
    line.clear_discount();
    if (left_out.contains(line.for_line_id()) || !Reprice(location, prices, line)) {
      if (line.kind() == v1::LINE_KIND_PART) offer.add_unlisted_line_ids(line.line_id());
      left_out.insert(line.line_id());
      continue;
    }
    *job.add_lines() = std::move(line);
  }
  return ticket;
}

}  // namespace

v1::DeclinedWork WorkOf(const v1::Ticket& ticket, const v1::Job& job,
                        const v1::Authorization& decision, const Context& context) {
  v1::DeclinedWork work;
  work.set_ticket_id(ticket.ticket_id());
  work.set_ticket_number(ticket.number());
  work.set_location_id(ticket.location_id());
  work.set_vehicle_id(ticket.vehicle_id());
  work.set_currency(ticket.currency());
  *work.mutable_job() = job;
  work.set_decision(decision.decision());
  work.set_decided_on(context.business_date);
  work.set_reason(decision.reason());
  for (const absl::CivilDay& day : FollowUps(job, decision, context)) {
    work.add_follow_up_on(absl::FormatCivilTime(day));
  }
  work.set_amount_excluding_tax_minor(decision.amount_excluding_tax_minor());
  work.set_amount_including_tax_minor(decision.amount_including_tax_minor());
  std::set<std::string> codes;
  for (const v1::Line& line : job.lines()) {
    if (!line.operation_code().empty()) codes.insert(line.operation_code());
  }
  for (const std::string& code : codes) work.add_operation_codes(code);
  return work;
}

absl::StatusOr<v1::DeclinedWorkOffer> OfferOf(const v1::DeclinedWork& work,
                                              const v1::Location& location, std::string_view date,
                                              const PriceList& prices) {
  v1::DeclinedWorkOffer offer;
  *offer.mutable_work() = work;
  offer.set_age_days(static_cast<int32_t>(DayOf(date) - DayOf(work.decided_on())));
  const auto next = std::find_if(work.follow_up_on().begin(), work.follow_up_on().end(),
                                 [date](const std::string& day) { return day >= date; });
  if (next != work.follow_up_on().end()) offer.set_next_follow_up_on(*next);
  const v1::Ticket ticket = TicketOfToday(work, location, prices, offer);
  ASSIGN_OR_RETURN(const v1::Calculation calculation,
                   Calculate(ticket, location, date, Counting::kEstimate));
  const AmountPair now = AmountsOf(ticket.jobs(0), calculation);
  offer.set_amount_now_excluding_tax_minor(now.excluding_tax_minor);
  offer.set_amount_now_including_tax_minor(now.including_tax_minor);
  return offer;
}

absl::StatusOr<Events> Decide(const v1::TicketState& state, const TakeUpJob& command,
                              const Context& context) {
  RETURN_IF_ERROR(CheckOpen(state, command.request.ticket_id()));
  // Twice on one ticket would be offered, and done, twice.
  for (const v1::Job& job : state.ticket().jobs()) {
    if (job.taken_up_from().ticket_id() == command.from.ticket_id() &&
        job.taken_up_from().job_id() == command.from.job_id()) {
      return rpc::Refused(v1::WORK_IS_TAKEN_UP,
                          absl::StrCat("job ", job.job_id(), " takes up that work already"));
    }
  }
  ASSIGN_OR_RETURN(Events events, Decide(state, command.request, context));
  for (v1::TicketEvent& event : events) {
    if (!event.has_job_added()) continue;
    *event.mutable_job_added()->mutable_job()->mutable_taken_up_from() = command.from;
  }
  return events;
}

absl::StatusOr<const v1::Job*> DeclinedJob(const v1::TicketState& state, const v1::WorkRef& from,
                                           std::string_view vehicle_id) {
  RETURN_IF_ERROR(CheckKnown(state, from.ticket_id()));
  ASSIGN_OR_RETURN(const v1::Job* job, GetJob(state.ticket(), from.job_id()));
  // What the customer agreed to, or the shop gave up, is not waiting to be asked for again.
  if (job->status() != v1::JOB_STATUS_DECLINED && job->status() != v1::JOB_STATUS_DEFERRED) {
    return rpc::Refused(v1::WORK_NOT_DECLINED,
                        absl::StrCat("job ", from.job_id(), " is neither declined nor deferred"));
  }
  // Work stays with the vehicle.
  if (state.ticket().vehicle_id().empty() || state.ticket().vehicle_id() != vehicle_id) {
    return rpc::Refused(v1::WORK_OF_ANOTHER_VEHICLE,
                        absl::StrCat("job ", from.job_id(), " is for vehicle ",
                                     state.ticket().vehicle_id(), ", not for this one"));
  }
  return job;
}

}  // namespace pitlane::ticket
