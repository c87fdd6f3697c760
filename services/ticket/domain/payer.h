// Who pays for what: a job's split carried through to its lines, and one invoice for each payer.
// Pure functions; safe from any thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "pitlane/ticket/v1/types.pb.h"

namespace pitlane::ticket {

using PayerShares = google::protobuf::RepeatedPtrField<v1::PayerShare>;

// What each payer pays of each line of a job, by line and then by share: every line's parts sum to
// its amount, and every payer's to what the split gives them. Shares by amount are taken first and
// never exceed what is there; then rates of the whole; the rest gets what is left. Within a payer's
// amount, lines share by largest remainder. `shares` is not empty.
absl::StatusOr<std::vector<std::vector<int64_t>>> SplitLines(const PayerShares& shares,
                                                             absl::Span<const int64_t> amounts);

// Whether shares by amount come to more than `amount_minor`.
bool ExceedsAmount(const PayerShares& shares, int64_t amount_minor);

// Everybody who pays for something that counts on an invoice, each once; customers first, otherwise
// in document order. Two orders of one payer's are two.
std::vector<v1::Payer> InvoicedPayers(const v1::Ticket& ticket);

// Fills in the invoices of a ticket whose lines have their amounts, one number for each of
// InvoicedPayers, and what the customer owes. Nothing happens when the customer pays for it all.
void AddInvoices(const std::vector<std::string>& numbers, bool others_on_account,
                 v1::Ticket& ticket);

// What of the total is owed at the till.
int64_t CustomerOwes(const v1::Ticket& ticket);
// Another payer's invoice that is neither paid nor on their account.
bool AnyOtherOpen(const v1::Ticket& ticket);
bool AnyOnAccount(const v1::Ticket& ticket);

}  // namespace pitlane::ticket
