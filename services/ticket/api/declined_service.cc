#include "services/ticket/api/declined_service.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/ids.h"
#include "libs/base/status.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/paging.h"
#include "libs/rpc/permissions.h"
#include "libs/runtime/expected_version.h"
#include "services/ticket/api/commands.h"
#include "services/ticket/api/credit_requests.h"
#include "services/ticket/calendar.h"
#include "services/ticket/desk.h"
#include "services/ticket/domain/declined.h"
#include "services/ticket/domain/location.h"
#include "services/ticket/domain/part_price.h"
#include "services/ticket/domain/refusals.h"
#include "services/ticket/projections/declined_work.h"

namespace pitlane::ticket {
namespace {

using runtime::ReadContext;

constexpr size_t kStandardPage = 50;
constexpr size_t kLargestPage = 100;

// The aggregate's state, or its default when there is none.
template <class A>
absl::StatusOr<typename A::State> StateOf(ReadContext& read, const std::string& stream_id) {
  auto found = read.Get<A>(stream_id);
  if (found.ok()) return std::move(found->state);
  if (absl::IsNotFound(found.status())) return typename A::State();
  return found.status();
}

absl::Status ListDeclinedWorkFrom(ReadContext& read, absl::Time now,
                                  const v1::ListDeclinedWorkRequest& request,
                                  v1::ListDeclinedWorkResponse* response) {
  RETURN_IF_ERROR(CheckShape(request));
  ASSIGN_OR_RETURN(const rpc::PageRequest asked,
                   rpc::ParsePage(request, kStandardPage, kLargestPage));
  ASSIGN_OR_RETURN(const v1::Location location,
                   StateOf<LocationAggregate>(read, request.location_id()));
  RETURN_IF_ERROR(CheckKnown(location, request.location_id()));
  ASSIGN_OR_RETURN(const std::string date, DateIn(location.time_zone(), now));
  ASSIGN_OR_RETURN(const DeclinedPage page, DeclinedWorkView::Of(read.views(), request.vehicle_id(),
                                                                 asked.limit, asked.after));
  for (const v1::DeclinedWork& work : page.work) {
    if (!rpc::HasPermissionAt(read.caller(), common::v1::PERMISSION_TICKET_READ,
                              work.location_id())) {
      continue;
    }
    PriceList prices;
    for (const v1::Line& line : work.job().lines()) {
      if (line.part_id().empty()) continue;
      ASSIGN_OR_RETURN(prices[line.part_id()], StateOf<PartPriceAggregate>(read, line.part_id()));
    }
    ASSIGN_OR_RETURN(*response->add_offers(), OfferOf(work, location, date, prices));
  }
  response->set_next_page_token(rpc::PageToken(request, page.resume));
  return absl::OkStatus();
}

template <class Request>
Request ForJob(const v1::TakeUpDeclinedWorkRequest& take_up, const std::string& job_id) {
  Request request;
  request.set_ticket_id(take_up.ticket_id());
  request.set_job_id(job_id);
  return request;
}

v1::AddLabourLineRequest LabourOf(const v1::Line& line, v1::AddLabourLineRequest request) {
  request.set_description(line.description());
  request.set_hours_centi(line.hours_centi());
  request.set_labour_type(line.labour_type());
  request.set_operation_code(line.operation_code());
  request.set_warranty_months(line.warranty_months());
  request.set_warranty_miles(line.warranty_miles());
  return request;
}

v1::AddPartLineRequest PartOf(const v1::Line& line, v1::AddPartLineRequest request) {
  request.set_part_id(line.part_id());
  request.set_quantity_milli(line.quantity_milli());
  request.set_condition(line.condition());
  request.set_warranty_months(line.warranty_months());
  request.set_warranty_miles(line.warranty_miles());
  return request;
}

v1::AddFeeLineRequest FeeOf(const v1::Line& line, v1::AddFeeLineRequest request) {
  const bool flat = line.fee().base() == v1::FeeRule::BASE_FLAT;
  request.set_description(line.description());
  request.set_quantity_milli(flat ? line.quantity_milli() : 0);
  *request.mutable_fee() = line.fee();
  request.set_tax_category(line.tax_category());
  return request;
}

template <class Request>
absl::Status Add(Desk& desk, const std::string& ticket_id, const Request& request) {
  ASSIGN_OR_RETURN(const auto command, CommandOf(desk, request));
  return desk.Do(ticket_id, std::nullopt, command);
}

// What cannot be priced by today's lists is written down, for somebody to price it.
absl::Status AddNote(Desk& desk, const v1::TakeUpDeclinedWorkRequest& request,
                     const std::string& job_id, const std::string& text,
                     v1::TakeUpDeclinedWorkResponse* response) {
  auto note = ForJob<v1::AddNoteLineRequest>(request, job_id);
  note.set_line_id(desk.IdOr<LineId>(""));
  note.set_description(text);
  response->add_note_line_ids(note.line_id());
  return Add(desk, request.ticket_id(), note);
}

// One line of then at today's price. A core comes with its part.
absl::Status AddLine(Desk& desk, const v1::TakeUpDeclinedWorkRequest& request,
                     const std::string& job_id, const v1::Line& line,
                     v1::TakeUpDeclinedWorkResponse* response) {
  if (line.kind() == v1::LINE_KIND_CORE || line.hours_centi() < 0) return absl::OkStatus();
  if (line.kind() == v1::LINE_KIND_LABOUR) {
    return Add(desk, request.ticket_id(),
               LabourOf(line, ForJob<v1::AddLabourLineRequest>(request, job_id)));
  }
  if (line.kind() == v1::LINE_KIND_FEE) {
    return Add(desk, request.ticket_id(),
               FeeOf(line, ForJob<v1::AddFeeLineRequest>(request, job_id)));
  }
  if (line.kind() == v1::LINE_KIND_NOTE) {
    auto note = ForJob<v1::AddNoteLineRequest>(request, job_id);
    note.set_description(line.description());
    return Add(desk, request.ticket_id(), note);
  }
  if (line.kind() == v1::LINE_KIND_PART) {
    ASSIGN_OR_RETURN(const v1::PartPrice price, PriceOf(desk.unit(), line.part_id()));
    if (price.currency() == desk.context().location.currency()) {
      return Add(desk, request.ticket_id(),
                 PartOf(line, ForJob<v1::AddPartLineRequest>(request, job_id)));
    }
  }
  return AddNote(desk, request, job_id,
                 absl::StrCat("Price anew: ", line.part_number(),
                              line.part_number().empty() ? "" : " ", line.description()),
                 response);
}

absl::Status TakeUpDeclinedWorkIn(runtime::Unit& unit, const v1::TakeUpDeclinedWorkRequest& request,
                                  v1::TakeUpDeclinedWorkResponse* response) {
  ASSIGN_OR_RETURN(Desk desk, Desk::Of(unit, request.ticket_id()));
  ASSIGN_OR_RETURN(const auto taker, unit.Load<TicketAggregate>(request.ticket_id()));
  ASSIGN_OR_RETURN(const auto declined, unit.Load<TicketAggregate>(request.declined_ticket_id()));
  v1::WorkRef from;
  from.set_ticket_id(request.declined_ticket_id());
  from.set_job_id(request.declined_job_id());
  ASSIGN_OR_RETURN(const v1::Job* found,
                   DeclinedJob(declined.state, from, taker.state.ticket().vehicle_id()));
  const v1::Job work = *found;

  TakeUpJob command{.request = {}, .from = from};
  command.request.set_ticket_id(request.ticket_id());
  command.request.set_job_id(desk.IdOr<JobId>(request.job_id()));
  command.request.set_title(work.title());
  command.request.set_complaint(work.complaint());
  command.request.set_cause(work.cause());
  command.request.set_safety_critical(work.safety_critical());
  RETURN_IF_ERROR(desk.Do(request.ticket_id(), runtime::ExpectedVersion(request), command));
  for (const v1::Line& line : work.lines()) {
    RETURN_IF_ERROR(AddLine(desk, request, command.request.job_id(), line, response));
  }
  ASSIGN_OR_RETURN(const auto after, unit.Load<TicketAggregate>(request.ticket_id()));
  *response->mutable_ticket() = after.state.ticket();
  response->set_job_id(command.request.job_id());
  return absl::OkStatus();
}

}  // namespace

grpc::ServerUnaryReactor* DeclinedWorkServiceApi::ListDeclinedWork(
    grpc::CallbackServerContext* context, const v1::ListDeclinedWorkRequest* request,
    v1::ListDeclinedWorkResponse* response) {
  return runtime::Read(context, env_, request, response,
                       [this](ReadContext& read, const v1::ListDeclinedWorkRequest& req,
                              v1::ListDeclinedWorkResponse* resp) {
                         return ListDeclinedWorkFrom(read, env_.rpc.clock().Now(), req, resp);
                       });
}

grpc::ServerUnaryReactor* DeclinedWorkServiceApi::TakeUpDeclinedWork(
    grpc::CallbackServerContext* context, const v1::TakeUpDeclinedWorkRequest* request,
    v1::TakeUpDeclinedWorkResponse* response) {
  return runtime::Mutate(
      context, env_, request, response,
      [](const v1::TakeUpDeclinedWorkRequest& shape) { return CheckShape(shape); },
      TakeUpDeclinedWorkIn);
}

}  // namespace pitlane::ticket
