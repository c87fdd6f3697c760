// The way of every command to a ticket that is there, for services beside TicketService.
#pragma once

#include "libs/runtime/command_call.h"
#include "libs/runtime/expected_version.h"
#include "services/ticket/api/commands.h"
#include "services/ticket/desk.h"

namespace pitlane::ticket {

// CommandOf and ShowIds are found where the request or the command is declared.
template <class Request, class Response>
absl::Status DoToTicket(runtime::Unit& unit, const Request& request, Response* response) {
  ASSIGN_OR_RETURN(Desk desk, Desk::Of(unit, request.ticket_id()));
  ASSIGN_OR_RETURN(const auto command, CommandOf(desk, request));
  RETURN_IF_ERROR(desk.Do(request.ticket_id(), runtime::ExpectedVersion(request), command,
                          response->mutable_ticket()));
  ShowIds(command, *response);
  return absl::OkStatus();
}

}  // namespace pitlane::ticket
