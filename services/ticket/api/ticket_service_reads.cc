#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "libs/base/ids.h"
#include "libs/base/status.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/paging.h"
#include "libs/rpc/permissions.h"
#include "libs/runtime/watch.h"
#include "services/ticket/api/requests.h"
#include "services/ticket/api/ticket_service.h"
#include "services/ticket/domain/location.h"
#include "services/ticket/domain/part_price.h"
#include "services/ticket/domain/refusals.h"
#include "services/ticket/domain/ticket.h"
#include "services/ticket/projections/locations.h"
#include "services/ticket/projections/ticket_index.h"

namespace pitlane::ticket {
namespace {

using runtime::ReadContext;

constexpr size_t kStandardPage = 50;
constexpr size_t kLargestPage = 200;

// The aggregate's state, or its default when there is none: CheckKnown then says so in our words.
template <class A>
absl::StatusOr<typename A::State> StateOf(ReadContext& read, const std::string& stream_id) {
  auto found = read.Get<A>(stream_id);
  if (found.ok()) return std::move(found->state);
  if (absl::IsNotFound(found.status())) return typename A::State();
  return found.status();
}

absl::Status GetLocationFrom(ReadContext& read, const v1::GetLocationRequest& request,
                             v1::GetLocationResponse* response) {
  RETURN_IF_ERROR(CheckShape(request));
  ASSIGN_OR_RETURN(*response->mutable_location(),
                   StateOf<LocationAggregate>(read, request.location_id()));
  return CheckKnown(response->location(), request.location_id());
}

// Row by row, because the caller may see some locations and not others.
absl::Status ListLocationsFrom(ReadContext& read, const v1::ListLocationsRequest& request,
                               v1::ListLocationsResponse* response) {
  ASSIGN_OR_RETURN(const rpc::PageRequest page,
                   rpc::ParsePage(request, kStandardPage, kLargestPage));
  std::optional<std::string> last;
  bool damaged = false;
  const auto visit = [&](std::string_view key, std::string_view row) {
    if (!rpc::HasPermissionAt(read.caller(), common::v1::PERMISSION_LOCATION_READ, key)) {
      return true;
    }
    if (static_cast<size_t>(response->locations_size()) == page.limit) {
      response->set_next_page_token(rpc::PageToken(request, last));
      return false;
    }
    damaged = !response->add_locations()->ParseFromArray(row.data(), static_cast<int>(row.size()));
    last = std::string(key);
    return !damaged;
  };
  RETURN_IF_ERROR(
      read.views().ForEach(Locations::kView, journal::ScanOptions{.after = page.after}, visit));
  if (damaged) return rpc::DataLoss("a row of the view locations does not decode; rebuild it");
  return absl::OkStatus();
}

v1::TicketSummary SummaryOf(const v1::Ticket& ticket) {
  v1::TicketSummary summary;
  summary.set_ticket_id(ticket.ticket_id());
  summary.set_kind(ticket.kind());
  summary.set_location_id(ticket.location_id());
  summary.set_number(ticket.number());
  summary.set_invoice_number(ticket.invoice_number());
  summary.set_customer_id(ticket.customer_id());
  summary.set_vehicle_id(ticket.vehicle_id());
  summary.set_stage(ticket.stage());
  summary.set_settlement(ticket.settlement());
  summary.set_production(ticket.production());
  summary.set_currency(ticket.currency());
  summary.set_total_minor(ticket.totals().total_minor());
  summary.set_paid_minor(ticket.paid_minor());
  if (ticket.has_opened_at()) *summary.mutable_opened_at() = ticket.opened_at();
  if (ticket.has_invoiced_at()) *summary.mutable_invoiced_at() = ticket.invoiced_at();
  if (ticket.has_closed_at()) *summary.mutable_closed_at() = ticket.closed_at();
  for (const v1::Job& job : ticket.jobs()) summary.add_jobs(job.title());
  summary.set_advisor(ticket.advisor());
  summary.set_version(ticket.version());
  return summary;
}

// What the keys of the question begin with; not for numbers, which name one ticket.
std::string PrefixOf(const v1::ListTicketsRequest& request) {
  switch (request.by_case()) {
    case v1::ListTicketsRequest::kStage:
      return TicketIndex::OfStage(request.location_id(), request.stage());
    case v1::ListTicketsRequest::kCustomerId:
      return TicketIndex::OfCustomer(request.customer_id());
    case v1::ListTicketsRequest::kVehicleId:
      return TicketIndex::OfVehicle(request.vehicle_id());
    case v1::ListTicketsRequest::kTechnician:
      return TicketIndex::OfTechnician(request.technician());
    case v1::ListTicketsRequest::kNumber:
    case v1::ListTicketsRequest::BY_NOT_SET:
      return TicketIndex::OfLocation(request.location_id());
  }
  return "";
}

absl::StatusOr<TicketPage> FindTickets(ReadContext& read, const v1::ListTicketsRequest& request) {
  TicketPage tickets;
  if (request.has_number()) {
    ASSIGN_OR_RETURN(
        auto found, TicketIndex::FindNumber(read.views(), request.location_id(), request.number()));
    if (found.has_value()) tickets.ticket_ids.push_back(*std::move(found));
    return tickets;
  }
  const std::string prefix = PrefixOf(request);
  ASSIGN_OR_RETURN(const rpc::PageRequest page,
                   rpc::ParsePage(request, kStandardPage, kLargestPage));
  return TicketIndex::List(read.views(), prefix, request.location_id(), page.limit, page.after);
}

absl::Status ListTicketsFrom(ReadContext& read, const v1::ListTicketsRequest& request,
                             v1::ListTicketsResponse* response) {
  RETURN_IF_ERROR(CheckShape(request));
  ASSIGN_OR_RETURN(const TicketPage tickets, FindTickets(read, request));
  for (const std::string& ticket_id : tickets.ticket_ids) {
    ASSIGN_OR_RETURN(const v1::TicketState state, StateOf<TicketAggregate>(read, ticket_id));
    *response->add_tickets() = SummaryOf(state.ticket());
  }
  response->set_next_page_token(rpc::PageToken(request, tickets.resume));
  return absl::OkStatus();
}

absl::Status GetPriceFrom(ReadContext& read, const v1::GetPriceRequest& request,
                          v1::GetPriceResponse* response) {
  RETURN_IF_ERROR(CheckShape(request));
  ASSIGN_OR_RETURN(*response->mutable_price(),
                   StateOf<PartPriceAggregate>(read, request.part_id()));
  return CheckKnown(response->price(), request.part_id());
}

absl::Status ShowEvent(ReadContext&, const v1::WatchTicketsRequest& request,
                       const v1::TicketEvent& event, std::vector<v1::WatchTicketsResponse>* out) {
  // Locations, numbers, prices and customers have streams of their own.
  if (!TicketId::Parse(event.meta().stream_id()).ok()) return absl::OkStatus();
  if (!request.location_id().empty() && event.meta().location_id() != request.location_id()) {
    return absl::OkStatus();
  }
  v1::WatchTicketsResponse& response = out->emplace_back();
  response.set_position(event.meta().position());
  *response.mutable_event() = event;
  return absl::OkStatus();
}

}  // namespace

grpc::ServerUnaryReactor* TicketServiceApi::GetLocation(grpc::CallbackServerContext* context,
                                                        const v1::GetLocationRequest* request,
                                                        v1::GetLocationResponse* response) {
  return runtime::Read(context, env_, request, response, GetLocationFrom);
}

grpc::ServerUnaryReactor* TicketServiceApi::ListLocations(grpc::CallbackServerContext* context,
                                                          const v1::ListLocationsRequest* request,
                                                          v1::ListLocationsResponse* response) {
  return runtime::Read(context, env_, request, response, ListLocationsFrom);
}

grpc::ServerUnaryReactor* TicketServiceApi::ListTickets(grpc::CallbackServerContext* context,
                                                        const v1::ListTicketsRequest* request,
                                                        v1::ListTicketsResponse* response) {
  return runtime::Read(context, env_, request, response, ListTicketsFrom);
}

grpc::ServerUnaryReactor* TicketServiceApi::GetPrice(grpc::CallbackServerContext* context,
                                                     const v1::GetPriceRequest* request,
                                                     v1::GetPriceResponse* response) {
  return runtime::Read(context, env_, request, response, GetPriceFrom);
}

grpc::ServerWriteReactor<v1::WatchTicketsResponse>* TicketServiceApi::WatchTickets(
    grpc::CallbackServerContext* context, const v1::WatchTicketsRequest* request) {
  return runtime::WatchFrom<v1::WatchTicketsResponse, v1::TicketEvent>(context, env_, request,
                                                                       ShowEvent);
}

}  // namespace pitlane::ticket
