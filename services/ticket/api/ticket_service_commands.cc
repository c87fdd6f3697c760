#include <optional>
#include <string>

#include "libs/base/ids.h"
#include "libs/base/status.h"
#include "libs/runtime/expected_version.h"
#include "services/ticket/api/ticket_change.h"
#include "services/ticket/api/ticket_service.h"
#include "services/ticket/calendar.h"
#include "services/ticket/declined_offers.h"
#include "services/ticket/desk.h"
#include "services/ticket/domain/estimate.h"
#include "services/ticket/domain/location.h"
#include "services/ticket/domain/tax_jurisdiction.h"

namespace pitlane::ticket {
namespace {

absl::Status OpenTicketIn(runtime::Unit& unit, const v1::OpenTicketRequest& request,
                          v1::OpenTicketResponse* response) {
  ASSIGN_OR_RETURN(Desk desk, Desk::At(unit, request.location_id()));
  ASSIGN_OR_RETURN(const OpenTicket command, CommandOf(desk, request));
  const std::string& ticket_id = command.request.ticket_id();
  RETURN_IF_ERROR(desk.Do(ticket_id, std::nullopt, command, response->mutable_ticket()));
  RETURN_IF_ERROR(AddOffers(desk, request.vehicle_id(), *response->mutable_declined_work()));
  if (request.follows_ticket_id().empty()) return absl::OkStatus();
  return desk.Do(request.follows_ticket_id(), std::nullopt,
                 FollowTicket{.ticket_id = request.follows_ticket_id(), .followed_by = ticket_id});
}

absl::Status PresentEstimateIn(runtime::Unit& unit, const v1::PresentEstimateRequest& request,
                               v1::PresentEstimateResponse* response) {
  ASSIGN_OR_RETURN(Desk desk, Desk::Of(unit, request.ticket_id()));
  Events done;
  RETURN_IF_ERROR(desk.Do(request.ticket_id(), runtime::ExpectedVersion(request), request,
                          response->mutable_ticket(), &done));
  *response->mutable_estimate() = done.front().estimate_presented().estimate();
  *response->mutable_difference() = Difference(
      AgreedSide(response->ticket()), VersionSide(response->estimate()), response->ticket());
  return absl::OkStatus();
}

// One document ends and another begins, or neither.
absl::Status ConvertQuoteIn(runtime::Unit& unit, const v1::ConvertQuoteRequest& request,
                            v1::ConvertQuoteResponse* response) {
  ASSIGN_OR_RETURN(Desk desk, Desk::Of(unit, request.ticket_id()));
  ASSIGN_OR_RETURN(const ConvertQuote command, CommandOf(desk, request));
  ASSIGN_OR_RETURN(const OpenFromQuote order, OrderOf(desk, command));
  RETURN_IF_ERROR(desk.Do(request.ticket_id(), runtime::ExpectedVersion(request), command,
                          response->mutable_quote()));
  return desk.Do(order.request.new_ticket_id(), std::nullopt, order, response->mutable_ticket());
}

absl::Status ConfigureLocationIn(runtime::Unit& unit, const v1::ConfigureLocationRequest& request,
                                 v1::ConfigureLocationResponse* response) {
  ConfigureLocation command{.location = request.location(),
                            .time_zone_known = IsKnownTimeZone(request.location().time_zone())};
  if (command.location.location_id().empty()) {
    command.location.set_location_id(unit.NewId<LocationId>(RandomSlot(unit.entropy())).text());
  }
  if (const std::string& code = command.location.tax_jurisdiction(); !code.empty()) {
    ASSIGN_OR_RETURN(const auto place,
                     unit.Load<TaxJurisdictionAggregate>(JurisdictionStreamOf(code)));
    command.tax_jurisdiction_known = place.version > 0;
  }
  const std::string location_id = command.location.location_id();
  runtime::EventScope scope{.location_id = location_id, .business_date = ""};
  if (command.time_zone_known) {
    ASSIGN_OR_RETURN(scope.business_date, DateIn(command.location.time_zone(), unit.now()));
  }
  RETURN_IF_ERROR(unit.Execute<LocationAggregate>(
      location_id, runtime::ExpectedVersion(request), scope,
      [&command](const v1::Location& location) { return Decide(location, command); }));
  ASSIGN_OR_RETURN(const auto loaded, unit.Load<LocationAggregate>(location_id));
  *response->mutable_location() = loaded.state;
  return absl::OkStatus();
}

}  // namespace

grpc::ServerUnaryReactor* TicketServiceApi::ConfigureLocation(
    grpc::CallbackServerContext* context, const v1::ConfigureLocationRequest* request,
    v1::ConfigureLocationResponse* response) {
  return runtime::Mutate(
      context, env_, request, response,
      [](const v1::ConfigureLocationRequest& shape) { return CheckShape(shape); },
      ConfigureLocationIn);
}

grpc::ServerUnaryReactor* TicketServiceApi::OpenTicket(grpc::CallbackServerContext* context,
                                                       const v1::OpenTicketRequest* request,
                                                       v1::OpenTicketResponse* response) {
  return runtime::Mutate(
      context, env_, request, response,
      [](const v1::OpenTicketRequest& shape) { return CheckShape(shape); }, OpenTicketIn);
}

grpc::ServerUnaryReactor* TicketServiceApi::AddJob(grpc::CallbackServerContext* context,
                                                   const v1::AddJobRequest* request,
                                                   v1::AddJobResponse* response) {
  return ChangeTicket(context, env_, request, response);
}

grpc::ServerUnaryReactor* TicketServiceApi::AddLabourLine(grpc::CallbackServerContext* context,
                                                          const v1::AddLabourLineRequest* request,
                                                          v1::AddLabourLineResponse* response) {
  return ChangeTicket(context, env_, request, response);
}

grpc::ServerUnaryReactor* TicketServiceApi::AddPartLine(grpc::CallbackServerContext* context,
                                                        const v1::AddPartLineRequest* request,
                                                        v1::AddPartLineResponse* response) {
  return ChangeTicket(context, env_, request, response);
}

grpc::ServerUnaryReactor* TicketServiceApi::AddFeeLine(grpc::CallbackServerContext* context,
                                                       const v1::AddFeeLineRequest* request,
                                                       v1::AddFeeLineResponse* response) {
  return ChangeTicket(context, env_, request, response);
}

grpc::ServerUnaryReactor* TicketServiceApi::AddNoteLine(grpc::CallbackServerContext* context,
                                                        const v1::AddNoteLineRequest* request,
                                                        v1::AddNoteLineResponse* response) {
  return ChangeTicket(context, env_, request, response);
}

grpc::ServerUnaryReactor* TicketServiceApi::ChangeLine(grpc::CallbackServerContext* context,
                                                       const v1::ChangeLineRequest* request,
                                                       v1::ChangeLineResponse* response) {
  return ChangeTicket(context, env_, request, response);
}

grpc::ServerUnaryReactor* TicketServiceApi::RemoveLine(grpc::CallbackServerContext* context,
                                                       const v1::RemoveLineRequest* request,
                                                       v1::RemoveLineResponse* response) {
  return ChangeTicket(context, env_, request, response);
}

grpc::ServerUnaryReactor* TicketServiceApi::DiscountLine(grpc::CallbackServerContext* context,
                                                         const v1::DiscountLineRequest* request,
                                                         v1::DiscountLineResponse* response) {
  return ChangeTicket(context, env_, request, response);
}

grpc::ServerUnaryReactor* TicketServiceApi::DiscountTicket(grpc::CallbackServerContext* context,
                                                           const v1::DiscountTicketRequest* request,
                                                           v1::DiscountTicketResponse* response) {
  return ChangeTicket(context, env_, request, response);
}

grpc::ServerUnaryReactor* TicketServiceApi::AuthorizeJob(grpc::CallbackServerContext* context,
                                                         const v1::AuthorizeJobRequest* request,
                                                         v1::AuthorizeJobResponse* response) {
  return ChangeTicket(context, env_, request, response);
}

grpc::ServerUnaryReactor* TicketServiceApi::DeclineJob(grpc::CallbackServerContext* context,
                                                       const v1::DeclineJobRequest* request,
                                                       v1::DeclineJobResponse* response) {
  return ChangeTicket(context, env_, request, response);
}

grpc::ServerUnaryReactor* TicketServiceApi::DeferJob(grpc::CallbackServerContext* context,
                                                     const v1::DeferJobRequest* request,
                                                     v1::DeferJobResponse* response) {
  return ChangeTicket(context, env_, request, response);
}

grpc::ServerUnaryReactor* TicketServiceApi::StartJob(grpc::CallbackServerContext* context,
                                                     const v1::StartJobRequest* request,
                                                     v1::StartJobResponse* response) {
  return ChangeTicket(context, env_, request, response);
}

grpc::ServerUnaryReactor* TicketServiceApi::CompleteJob(grpc::CallbackServerContext* context,
                                                        const v1::CompleteJobRequest* request,
                                                        v1::CompleteJobResponse* response) {
  return ChangeTicket(context, env_, request, response);
}

grpc::ServerUnaryReactor* TicketServiceApi::PresentEstimate(
    grpc::CallbackServerContext* context, const v1::PresentEstimateRequest* request,
    v1::PresentEstimateResponse* response) {
  return runtime::Mutate(
      context, env_, request, response,
      [](const v1::PresentEstimateRequest& shape) { return CheckShape(shape); }, PresentEstimateIn);
}

grpc::ServerUnaryReactor* TicketServiceApi::CancelEstimate(grpc::CallbackServerContext* context,
                                                           const v1::CancelEstimateRequest* request,
                                                           v1::CancelEstimateResponse* response) {
  return ChangeTicket(context, env_, request, response);
}

grpc::ServerUnaryReactor* TicketServiceApi::ExpireEstimate(grpc::CallbackServerContext* context,
                                                           const v1::ExpireEstimateRequest* request,
                                                           v1::ExpireEstimateResponse* response) {
  return ChangeTicket(context, env_, request, response);
}

grpc::ServerUnaryReactor* TicketServiceApi::ConvertQuote(grpc::CallbackServerContext* context,
                                                         const v1::ConvertQuoteRequest* request,
                                                         v1::ConvertQuoteResponse* response) {
  return runtime::Mutate(
      context, env_, request, response,
      [](const v1::ConvertQuoteRequest& shape) { return CheckShape(shape); }, ConvertQuoteIn);
}

grpc::ServerUnaryReactor* TicketServiceApi::ScheduleJob(grpc::CallbackServerContext* context,
                                                        const v1::ScheduleJobRequest* request,
                                                        v1::ScheduleJobResponse* response) {
  return ChangeTicket(context, env_, request, response);
}

grpc::ServerUnaryReactor* TicketServiceApi::HoldJob(grpc::CallbackServerContext* context,
                                                    const v1::HoldJobRequest* request,
                                                    v1::HoldJobResponse* response) {
  return ChangeTicket(context, env_, request, response);
}

grpc::ServerUnaryReactor* TicketServiceApi::ResumeJob(grpc::CallbackServerContext* context,
                                                      const v1::ResumeJobRequest* request,
                                                      v1::ResumeJobResponse* response) {
  return ChangeTicket(context, env_, request, response);
}

grpc::ServerUnaryReactor* TicketServiceApi::CheckQuality(grpc::CallbackServerContext* context,
                                                         const v1::CheckQualityRequest* request,
                                                         v1::CheckQualityResponse* response) {
  return ChangeTicket(context, env_, request, response);
}

grpc::ServerUnaryReactor* TicketServiceApi::CancelJob(grpc::CallbackServerContext* context,
                                                      const v1::CancelJobRequest* request,
                                                      v1::CancelJobResponse* response) {
  return ChangeTicket(context, env_, request, response);
}

grpc::ServerUnaryReactor* TicketServiceApi::InvoiceTicket(grpc::CallbackServerContext* context,
                                                          const v1::InvoiceTicketRequest* request,
                                                          v1::InvoiceTicketResponse* response) {
  return ChangeTicket(context, env_, request, response);
}

grpc::ServerUnaryReactor* TicketServiceApi::VoidTicket(grpc::CallbackServerContext* context,
                                                       const v1::VoidTicketRequest* request,
                                                       v1::VoidTicketResponse* response) {
  return ChangeTicket(context, env_, request, response);
}

}  // namespace pitlane::ticket
