// The life of cores: refundable deposits on rebuildable parts (handbook 3.3). Every unit of a CORE
// line is in exactly one group: CHARGED → (invoice) AWAITING_RETURN → RETURNED_GOOD,
// RETURNED_DAMAGED or FORFEITED. Pure functions; safe from any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "pitlane/ticket/v1/types.pb.h"

namespace pitlane::ticket {

// A line that charges deposits, not one that gives them back.
bool IsChargedCore(const v1::Line& line);
// Thousandths that are CHARGED or AWAITING_RETURN; all of a line from before there were lives.
int64_t CoresOut(const v1::Line& core);
// Thousandths that came back, and the minor units given back for them, without tax.
int64_t CoresReturned(const v1::Line& core);
int64_t CoreCreditGiven(const v1::Line& core);

// Moves up to `quantity_milli` of what is out into another group; what is awaited longest goes
// first. `credit_minor` is for all of them.
void MoveCores(v1::Line& core, int64_t quantity_milli, v1::CoreStatus to, int64_t credit_minor);
// As many cores as there are parts; what came back stays so. CHECKs that it is no more than that.
void SetCoreQuantity(v1::Line& core, int64_t quantity_milli);
// The document is fixed: what is still out of jobs that count is awaited until `due_date`.
void AwaitCores(v1::Ticket& ticket, const std::string& due_date);
// Thousandths that were due before `date`, and the latest of their days.
int64_t CoresOverdue(const v1::Line& core, std::string_view date, std::string* due_date);

// What a good return of so many more gives back: the charge's share of all returned so far, less
// what was given before, so that the last unit brings the exact rest.
absl::StatusOr<int64_t> CoreCredit(const v1::Line& core, int64_t quantity_milli);

}  // namespace pitlane::ticket
