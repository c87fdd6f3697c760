// The one calculation: what a ticket comes to. Estimate, invoice, receipt and, later, refund read
// its result; nothing else in the service multiplies, discounts, taxes or rounds.
//
// Order (domain handbook 3.5): 1 line extensions; 2 line discounts, amount then percentage, never
// below 0; 3 the ticket's discounts, shared over labour and parts by largest remainder; 4
// percentage fees on net amounts, then their bounds; 5 flat fees and cores; 6 tax; 7 total. All
// amounts are minor units of the ticket's currency, every rounding is ties away from zero, and ties
// of an allocation go to the line that comes first in the document (jobs in order, then the
// ticket's own lines), so ids never matter.
//
// Tax (4.1, 4.3): each rule of the place of supply that covers a line's tax category and is in
// force on the date taxes the line's net, as far as its payers are not exempt; a compound rule
// taxes the taxes of the rules before it, too. DOCUMENT sums the bases per (authority, rate),
// rounds once, and allocates that amount back to the lines by largest remainder on their bases; a
// line's tax is the sum of its shares over all authorities. LINE rounds each line per rule and
// sums. Where prices include tax (4.4), gross amounts and discounts do, and the tax is taken out of
// what is left.
//
// Payers: a job's split is carried through to its lines before tax (payer.h), and each payer's part
// of a line is taxed by itself; so line, ticket, tax and payers add up by construction.
//
// Pure functions; safe from any thread.
#pragma once

#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "pitlane/ticket/v1/events.pb.h"
#include "pitlane/ticket/v1/types.pb.h"
#include "services/ticket/domain/tax_rules.h"

namespace pitlane::ticket {

// Which jobs count. The ticket's own lines always do.
enum class Counting {
  kEstimate,  // all but declined, deferred and cancelled ones: what the customer is asked to agree
              // to
  kInvoice,   // authorised ones: what the customer owes
};

// The customer has agreed to it and it was not given up.
bool IsAuthorized(v1::JobStatus status);
bool Counts(v1::JobStatus status, Counting counting);

// `date` (YYYY-MM-DD) chooses the tax rules. Notes get no amounts; nor do lines of jobs that do not
// count. OUT_OF_RANGE when an amount does not fit in 64 bits.
absl::StatusOr<v1::Calculation> Calculate(const v1::Ticket& ticket, const TaxSetting& setting,
                                          std::string_view date, Counting counting);
// By the location's own tax rules.
inline absl::StatusOr<v1::Calculation> Calculate(const v1::Ticket& ticket,
                                                 const v1::Location& location,
                                                 std::string_view date, Counting counting) {
  return Calculate(ticket, TaxSetting{.location = location}, date, counting);
}

// Writes a calculation into the ticket: totals, and every line's amounts or their absence.
void ApplyCalculation(const v1::Calculation& calculation, v1::Ticket& ticket);

struct AmountPair {
  int64_t excluding_tax_minor = 0;
  int64_t including_tax_minor = 0;
  friend bool operator==(const AmountPair&, const AmountPair&) = default;
};

// Of one job's lines; zeros for a job that does not count.
AmountPair AmountsOf(const v1::Job& job, const v1::Calculation& calculation);
// Of everything that counts.
AmountPair AmountsOf(const v1::Totals& totals);

// Whether a ticket's discount of that scope is shared over lines of that kind.
bool SharesTicketDiscount(v1::LineKind kind, v1::DiscountScope scope);

// What a discount takes off `amount_minor` (>= 0): the amount first, then the percentage of what is
// left; never more than all of it.
absl::StatusOr<int64_t> DiscountOn(const v1::Discount& discount, int64_t amount_minor);

// How far an invoice may go without new consent when `agreed_minor` was agreed to (2.5):
// agreed + the lesser or larger of a share and an amount, capped. A share is rounded down.
absl::StatusOr<int64_t> OverageCeiling(const v1::OveragePolicy& policy, int64_t agreed_minor);

}  // namespace pitlane::ticket
