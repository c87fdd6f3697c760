// The way of every command to a ticket that is there, whichever of the area's services has it.
#pragma once

#include "libs/base/status.h"
#include "libs/runtime/command_call.h"
#include "libs/runtime/expected_version.h"
#include "services/ticket/api/commands.h"
#include "services/ticket/api/line_requests.h"
#include "services/ticket/api/requests.h"
#include "services/ticket/api/tax_requests.h"
#include "services/ticket/desk.h"

namespace pitlane::ticket {

template <class Request, class Response>
absl::Status ChangeTicketIn(runtime::Unit& unit, const Request& request, Response* response) {
  ASSIGN_OR_RETURN(Desk desk, Desk::Of(unit, request.ticket_id()));
  ASSIGN_OR_RETURN(const auto command, CommandOf(desk, request));
  RETURN_IF_ERROR(desk.Do(request.ticket_id(), runtime::ExpectedVersion(request), command,
                          response->mutable_ticket()));
  ShowIds(command, *response);
  return absl::OkStatus();
}

template <class Request, class Response>
grpc::ServerUnaryReactor* ChangeTicket(grpc::CallbackServerContext* context,
                                       const runtime::ServiceEnv& env, const Request* request,
                                       Response* response) {
  return runtime::Mutate(
      context, env, request, response, [](const Request& shape) { return CheckShape(shape); },
      ChangeTicketIn<Request, Response>);
}

}  // namespace pitlane::ticket
