// Refusals that several commands have in common. Pure functions; safe from any thread.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "pitlane/ticket/v1/state.pb.h"
#include "pitlane/ticket/v1/types.pb.h"
#include "services/ticket/domain/ticket_parts.h"

namespace pitlane::ticket {

// LOCATION_UNKNOWN for a location that was never configured (its default state).
absl::Status CheckKnown(const v1::Location& location, std::string_view location_id);
// TICKET_UNKNOWN for a ticket that was never opened.
absl::Status CheckKnown(const v1::TicketState& state, std::string_view ticket_id);
// PART_UNKNOWN for a part that the price list does not have.
absl::Status CheckKnown(const v1::PartPrice& price, std::string_view part_id);

// A customer that nobody sells to: CUSTOMER_UNKNOWN, CUSTOMER_ERASED.
absl::Status CheckKnownCustomer(const v1::KnownCustomer& customer, std::string_view customer_id);
// CUSTOMER_ERASED.
absl::Status CheckNotErased(const v1::KnownCustomer& customer);
// VEHICLE_REQUIRED, VEHICLE_NOT_ALLOWED; a quote may have one or not.
absl::Status CheckVehicle(v1::TicketKind kind, const std::string& vehicle_id);

// The document is still written: TICKET_UNKNOWN, TICKET_IS_INVOICED, TICKET_IS_CLOSED,
// TICKET_IS_VOIDED, TICKET_IS_UNSOLD.
absl::Status CheckOpen(const v1::TicketState& state, std::string_view ticket_id);

// Cores, government fees and notes are not: NOT_DISCOUNTABLE.
absl::Status CheckDiscountable(const v1::Line& line);

// A quote is neither agreed to nor invoiced: IS_A_QUOTE.
absl::Status CheckNoQuote(const v1::Ticket& ticket);
// JOB_IS_CANCELLED.
absl::Status CheckNotCancelled(const v1::Job& job);
// Money in the till belongs to somebody: MONEY_WAS_RECEIVED.
absl::Status CheckNoMoney(const v1::Ticket& ticket);

// The job: JOB_UNKNOWN.
absl::StatusOr<const v1::Job*> GetJob(const v1::Ticket& ticket, std::string_view job_id);
// The job, if its lines may change: JOB_UNKNOWN, JOB_IS_CANCELLED, JOB_NOT_ACTIVE.
absl::StatusOr<const v1::Job*> GetActiveJob(const v1::Ticket& ticket, std::string_view job_id);
// The line, if it may change: LINE_UNKNOWN, JOB_IS_CANCELLED, JOB_NOT_ACTIVE.
absl::StatusOr<FoundLine> GetActiveLine(const v1::Ticket& ticket, std::string_view line_id);

}  // namespace pitlane::ticket
