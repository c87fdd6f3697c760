#include "services/ticket/domain/draft.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/rpc/errors.h"

namespace pitlane::ticket {

void Draft::Add(v1::TicketEvent event) {
  TicketAggregate::Apply(state_, event);
  events_.push_back(std::move(event));
}

absl::Status Draft::AddCalculated(v1::TicketEvent event,
                                  v1::Calculation* (*calculation_of)(v1::TicketEvent&)) {
  TicketAggregate::Apply(state_, event);
  ASSIGN_OR_RETURN(v1::Calculation calculation, CalculationOf(ticket(), Counting::kEstimate));
  ApplyCalculation(calculation, *state_.mutable_ticket());
  *calculation_of(event) = std::move(calculation);
  events_.push_back(std::move(event));
  return absl::OkStatus();
}

absl::StatusOr<v1::Calculation> Draft::CalculationOf(const v1::Ticket& ticket,
                                                     Counting counting) const {
  auto calculation = Calculate(ticket, context_.location, context_.business_date, counting);
  if (calculation.ok()) return calculation;
  return rpc::Refused(v1::AMOUNT_TOO_LARGE,
                      absl::StrCat("ticket ", ticket.ticket_id(), " comes to more than fits (",
                                   calculation.status().message(),
                                   "); check quantities, prices and rates"));
}

}  // namespace pitlane::ticket
