// Reads that go back: how a ticket was, where its amounts come from, what was presented and agreed.
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/rpc/errors.h"
#include "services/ticket/api/history.h"
#include "services/ticket/api/requests.h"
#include "services/ticket/api/ticket_service.h"
#include "services/ticket/domain/estimate.h"
#include "services/ticket/domain/explanation.h"
#include "services/ticket/domain/refusals.h"
#include "services/ticket/domain/ticket.h"
#include "services/ticket/domain/ticket_parts.h"

namespace pitlane::ticket {
namespace {

using runtime::ReadContext;

// Its current state. TICKET_UNKNOWN.
absl::StatusOr<v1::Ticket> TicketOf(ReadContext& read, const std::string& ticket_id) {
  auto found = read.Get<TicketAggregate>(ticket_id);
  if (absl::IsNotFound(found.status())) return CheckKnown(v1::TicketState(), ticket_id);
  RETURN_IF_ERROR(found.status());
  return std::move(*found->state.mutable_ticket());
}

absl::Status GetTicketFrom(ReadContext& read, const v1::GetTicketRequest& request,
                           v1::GetTicketResponse* response) {
  RETURN_IF_ERROR(CheckShape(request));
  if (request.at_case() == v1::GetTicketRequest::AT_NOT_SET) {
    ASSIGN_OR_RETURN(*response->mutable_ticket(), TicketOf(read, request.ticket_id()));
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const v1::TicketState state, TicketAt(read.reader(), request));
  RETURN_IF_ERROR(CheckKnown(state, request.ticket_id()));
  *response->mutable_ticket() = state.ticket();
  return absl::OkStatus();
}

absl::Status ExplainTicketFrom(ReadContext& read, const v1::ExplainTicketRequest& request,
                               v1::ExplainTicketResponse* response) {
  RETURN_IF_ERROR(CheckShape(request));
  ASSIGN_OR_RETURN(const v1::Ticket ticket, TicketOf(read, request.ticket_id()));
  if (!request.line_id().empty() && FindLine(ticket, request.line_id()).line == nullptr) {
    return rpc::NotFound(v1::LINE_UNKNOWN, absl::StrCat("ticket ", ticket.ticket_id(),
                                                        " has no line ", request.line_id()));
  }
  ASSIGN_OR_RETURN(const std::vector<LocationVersion> locations,
                   LocationVersions(read.reader(), ticket.location_id()));
  Explanation explanation(locations);
  RETURN_IF_ERROR(ForEachEvent(read.reader(), request.ticket_id(),
                               [&](const journal::Record&, const v1::TicketEvent& event) {
                                 explanation.On(event);
                                 return true;
                               }));
  *response = explanation.Explain(request.line_id());
  return AddJurisdictionRules(read.reader(), *response);
}

// ESTIMATE_UNKNOWN.
absl::StatusOr<v1::EstimateVersion> EstimateOf(ReadContext& read, const v1::Ticket& ticket,
                                               int32_t number) {
  const v1::EstimateSummary* summary = FindEstimate(ticket, number);
  if (summary == nullptr) {
    return rpc::NotFound(v1::ESTIMATE_UNKNOWN, absl::StrCat("ticket ", ticket.ticket_id(),
                                                            " has no estimate version ", number));
  }
  return EstimateFrom(read.reader(), ticket.ticket_id(), *summary);
}

absl::Status GetEstimateFrom(ReadContext& read, const v1::GetEstimateRequest& request,
                             v1::GetEstimateResponse* response) {
  RETURN_IF_ERROR(CheckShape(request));
  ASSIGN_OR_RETURN(const v1::Ticket ticket, TicketOf(read, request.ticket_id()));
  const int32_t number = request.number() == 0 ? ticket.estimates_size() : request.number();
  ASSIGN_OR_RETURN(*response->mutable_estimate(), EstimateOf(read, ticket, number));
  return absl::OkStatus();
}

absl::StatusOr<EstimateSide> SideOf(ReadContext& read, const v1::Ticket& ticket, int32_t number,
                                    const EstimateSide& otherwise) {
  if (number == 0) return otherwise;
  ASSIGN_OR_RETURN(const v1::EstimateVersion estimate, EstimateOf(read, ticket, number));
  return VersionSide(estimate);
}

absl::Status CompareEstimatesFrom(ReadContext& read, const v1::CompareEstimatesRequest& request,
                                  v1::CompareEstimatesResponse* response) {
  RETURN_IF_ERROR(CheckShape(request));
  ASSIGN_OR_RETURN(const v1::Ticket ticket, TicketOf(read, request.ticket_id()));
  ASSIGN_OR_RETURN(const EstimateSide before,
                   SideOf(read, ticket, request.from_version(), AgreedSide(ticket)));
  ASSIGN_OR_RETURN(const EstimateSide after,
                   SideOf(read, ticket, request.to_version(), PresentSide(ticket)));
  *response->mutable_difference() = Difference(before, after, ticket);
  return absl::OkStatus();
}

absl::Status GetConsentProofFrom(ReadContext& read, const v1::GetConsentProofRequest& request,
                                 v1::GetConsentProofResponse* response) {
  RETURN_IF_ERROR(CheckShape(request));
  ASSIGN_OR_RETURN(const v1::Ticket ticket, TicketOf(read, request.ticket_id()));
  return FillConsentProof(read.reader(), ticket, *response);
}

}  // namespace

grpc::ServerUnaryReactor* TicketServiceApi::GetTicket(grpc::CallbackServerContext* context,
                                                      const v1::GetTicketRequest* request,
                                                      v1::GetTicketResponse* response) {
  return runtime::Read(context, env_, request, response, GetTicketFrom);
}

grpc::ServerUnaryReactor* TicketServiceApi::ExplainTicket(grpc::CallbackServerContext* context,
                                                          const v1::ExplainTicketRequest* request,
                                                          v1::ExplainTicketResponse* response) {
  return runtime::Read(context, env_, request, response, ExplainTicketFrom);
}

grpc::ServerUnaryReactor* TicketServiceApi::GetEstimate(grpc::CallbackServerContext* context,
                                                        const v1::GetEstimateRequest* request,
                                                        v1::GetEstimateResponse* response) {
  return runtime::Read(context, env_, request, response, GetEstimateFrom);
}

grpc::ServerUnaryReactor* TicketServiceApi::CompareEstimates(
    grpc::CallbackServerContext* context, const v1::CompareEstimatesRequest* request,
    v1::CompareEstimatesResponse* response) {
  return runtime::Read(context, env_, request, response, CompareEstimatesFrom);
}

grpc::ServerUnaryReactor* TicketServiceApi::GetConsentProof(
    grpc::CallbackServerContext* context, const v1::GetConsentProofRequest* request,
    v1::GetConsentProofResponse* response) {
  return runtime::Read(context, env_, request, response, GetConsentProofFrom);
}

}  // namespace pitlane::ticket
