#include "services/ticket/domain/draft.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/rpc/errors.h"

namespace pitlane::ticket {
namespace {

// An event that shows a line shows what the line then comes to.
void ShowAmounts(const v1::Calculation& calculation, v1::Line& line) {
  const auto found = calculation.lines().find(line.line_id());
  if (found == calculation.lines().end()) {
    line.clear_amounts();
  } else {
    *line.mutable_amounts() = found->second;
  }
}

}  // namespace

void Draft::Add(v1::TicketEvent event) {
  TicketAggregate::Apply(state_, event);
  events_.push_back(std::move(event));
}

absl::Status Draft::AddCalculated(v1::TicketEvent event,
                                  v1::Calculation* (*calculation_of)(v1::TicketEvent&)) {
  TicketAggregate::Apply(state_, event);
  ASSIGN_OR_RETURN(v1::Calculation calculation, CalculationOf(ticket(), Counting::kEstimate));
  ApplyCalculation(calculation, *state_.mutable_ticket());
  if (event.has_line_added()) ShowAmounts(calculation, *event.mutable_line_added()->mutable_line());
  if (event.has_line_changed()) {
    ShowAmounts(calculation, *event.mutable_line_changed()->mutable_line());
  }
  *calculation_of(event) = std::move(calculation);
  events_.push_back(std::move(event));
  return absl::OkStatus();
}

absl::StatusOr<v1::Calculation> Draft::CalculationOf(const v1::Ticket& ticket,
                                                     Counting counting) const {
  const TaxSetting setting{.location = context_.location,
                           .jurisdictions = context_.jurisdictions,
                           .certificates = context_.certificates};
  auto calculation = Calculate(ticket, setting, context_.business_date, counting);
  if (calculation.ok()) return calculation;
  return rpc::Refused(
      v1::AMOUNT_TOO_LARGE,
      absl::StrCat("ticket ", ticket.ticket_id(), " comes to more than fits (",
                   calculation.status().message(), "); check quantities, prices and rates"));
}

absl::StatusOr<AmountPair> Draft::Agreed() const {
  ASSIGN_OR_RETURN(const v1::Calculation calculation, CalculationOf(ticket(), Counting::kInvoice));
  AmountPair agreed = AmountsOf(calculation.totals());
  for (const v1::Job& job : ticket().jobs()) {
    if (!IsAuthorized(job.status()) || !job.consent_outdated()) continue;
    const AmountPair now = AmountsOf(job, calculation);
    agreed.excluding_tax_minor +=
        job.authorization().amount_excluding_tax_minor() - now.excluding_tax_minor;
    agreed.including_tax_minor +=
        job.authorization().amount_including_tax_minor() - now.including_tax_minor;
  }
  return agreed;
}

}  // namespace pitlane::ticket
