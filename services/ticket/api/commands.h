// Requests as commands: what a decision needs besides the request is put to it here, inside the
// unit (ids that the caller left to us, prices, numbers). And what an answer says besides the
// ticket.
#pragma once

#include "absl/status/statusor.h"
#include "pitlane/ticket/v1/ticket_service.pb.h"
#include "services/ticket/api/line_commands.h"
#include "services/ticket/desk.h"

namespace pitlane::ticket {

// Most requests are their commands.
template <class Request>
absl::StatusOr<Request> CommandOf(Desk&, const Request& request) {
  return request;
}

absl::StatusOr<OpenTicket> CommandOf(Desk& desk, const v1::OpenTicketRequest& request);
absl::StatusOr<AddJob> CommandOf(Desk& desk, const v1::AddJobRequest& request);
absl::StatusOr<AddLabourLine> CommandOf(Desk& desk, const v1::AddLabourLineRequest& request);
absl::StatusOr<AddPartLine> CommandOf(Desk& desk, const v1::AddPartLineRequest& request);
absl::StatusOr<AddFeeLine> CommandOf(Desk& desk, const v1::AddFeeLineRequest& request);
absl::StatusOr<AddNoteLine> CommandOf(Desk& desk, const v1::AddNoteLineRequest& request);
absl::StatusOr<ChangeLine> CommandOf(Desk& desk, const v1::ChangeLineRequest& request);
absl::StatusOr<ConvertQuote> CommandOf(Desk& desk, const v1::ConvertQuoteRequest& request);
// What follows from a quote that is converted.
absl::StatusOr<OpenFromQuote> OrderOf(Desk& desk, const ConvertQuote& command);
absl::StatusOr<InvoiceTicket> CommandOf(Desk& desk, const v1::InvoiceTicketRequest& request);

// Most answers are the ticket alone.
template <class Command, class Response>
void ShowIds(const Command&, Response&) {}

void ShowIds(const AddJob& command, v1::AddJobResponse& response);
void ShowIds(const AddLabourLine& command, v1::AddLabourLineResponse& response);
void ShowIds(const AddPartLine& command, v1::AddPartLineResponse& response);
void ShowIds(const AddFeeLine& command, v1::AddFeeLineResponse& response);
void ShowIds(const AddNoteLine& command, v1::AddNoteLineResponse& response);

}  // namespace pitlane::ticket
