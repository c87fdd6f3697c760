// Declined and deferred work (domain handbook 2.6): what stays with the vehicle, when to ask again,
// and what it would cost today. Pure functions; safe from any thread.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "pitlane/ticket/v1/declined.pb.h"
#include "services/ticket/domain/ticket.h"

namespace pitlane::ticket {

// The job as it was offered, on a ticket with a vehicle. Days to ask again are the customer's own
// (of `decision`, in UTC) and then the location's policy: 30, 90 and 180 days, and after 7 what is
// safety-critical, unless configured otherwise.
v1::DeclinedWork WorkOf(const v1::Ticket& ticket, const v1::Job& job,
                        const v1::Authorization& decision, const Context& context);

// Writes the work into a JobDeclined or JobDeferred whose authorization is set; nothing without a
// vehicle, or from a quote.
template <class Event>
void KeepForLater(const v1::Ticket& ticket, const v1::Job& job, const Context& context,
                  Event& event) {
  if (ticket.vehicle_id().empty() || ticket.kind() == v1::TICKET_KIND_QUOTE) return;
  *event.mutable_work() = WorkOf(ticket, job, event.authorization(), context);
}

// Today's price list; empty prices are of parts that are not in it (any more).
using PriceList = std::map<std::string, v1::PartPrice>;

// The work as it is offered on `date` (YYYY-MM-DD) at a location: list prices and standard labour
// rates of the day, and its taxes. OUT_OF_RANGE when an amount does not fit in 64 bits.
absl::StatusOr<v1::DeclinedWorkOffer> OfferOf(const v1::DeclinedWork& work,
                                              const v1::Location& location, std::string_view date,
                                              const PriceList& prices);

// A job of a new ticket that takes up declined work.
struct TakeUpJob {
  v1::AddJobRequest request;
  v1::WorkRef from;
};

// As AddJob; WORK_IS_TAKEN_UP.
absl::StatusOr<Events> Decide(const v1::TicketState&, const TakeUpJob&, const Context&);
// The declined job may be taken up on a ticket of `vehicle_id`: TICKET_UNKNOWN, JOB_UNKNOWN,
// WORK_NOT_DECLINED, WORK_OF_ANOTHER_VEHICLE.
absl::StatusOr<const v1::Job*> DeclinedJob(const v1::TicketState& state, const v1::WorkRef& from,
                                           std::string_view vehicle_id);

}  // namespace pitlane::ticket
