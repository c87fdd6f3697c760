// A ticket as it becomes while a command is decided: events are applied to it one by one, and each
// that changes amounts gets the calculation of the ticket as it then is.
#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/ticket/domain/calculation.h"
#include "services/ticket/domain/ticket.h"

namespace pitlane::ticket {

// Lives within one Decide.
class Draft {
 public:
  // `context` must outlive the draft.
  Draft(const v1::TicketState& state, const Context& context) : state_(state), context_(context) {}

  const v1::TicketState& state() const { return state_; }
  const v1::Ticket& ticket() const { return state_.ticket(); }
  // The version that the next event gets.
  uint64_t next_version() const { return state_.ticket().version() + 1; }

  void Add(v1::TicketEvent event);
  // Adds an event after which the ticket has to be calculated anew, by the estimate's rule; the
  // result goes where `calculation_of` says. Refuses AMOUNT_TOO_LARGE.
  absl::Status AddCalculated(v1::TicketEvent event,
                             v1::Calculation* (*calculation_of)(v1::TicketEvent&));

  // The calculation of a ticket. Refuses AMOUNT_TOO_LARGE.
  absl::StatusOr<v1::Calculation> CalculationOf(const v1::Ticket& ticket, Counting counting) const;

  // What the customer has agreed to in all as the ticket now is: everything authorised as it now
  // stands, where jobs that wait for a renewed consent count with what was agreed to before they
  // were changed. Refuses AMOUNT_TOO_LARGE.
  absl::StatusOr<AmountPair> Agreed() const;

  Events TakeEvents() { return std::move(events_); }

 private:
  v1::TicketState state_;
  const Context& context_;
  Events events_;
};

}  // namespace pitlane::ticket
