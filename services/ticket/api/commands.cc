#include "services/ticket/api/commands.h"

#include "services/ticket/domain/fee_schedule.h"
#include "services/ticket/domain/known_customer.h"
#include "services/ticket/domain/number_series.h"
#include "services/ticket/domain/payer.h"
#include "services/ticket/domain/ticket_parts.h"

namespace pitlane::ticket {
namespace {

template <class Request>
Request WithLineId(Desk& desk, Request request) {
  request.set_line_id(desk.IdOr<LineId>(request.line_id()));
  return request;
}

}  // namespace

absl::StatusOr<OpenTicket> CommandOf(Desk& desk, const v1::OpenTicketRequest& request) {
  OpenTicket command{.request = request, .number = "", .fee_line_ids = {}, .customer = {}};
  command.request.set_ticket_id(desk.IdOr<TicketId>(request.ticket_id()));
  RETURN_IF_ERROR(desk.ShowPricesToCustomer(request.customer_id()));
  const Context& context = desk.context();
  const size_t fees = static_cast<size_t>(context.location.default_fees_size()) +
                      FeesOfTicket(context.menu, context.business_date).size();
  while (command.fee_line_ids.size() < fees) {
    command.fee_line_ids.push_back(desk.IdOr<LineId>(""));
  }
  if (!request.customer_id().empty()) {
    ASSIGN_OR_RETURN(const auto customer,
                     desk.unit().Load<KnownCustomerAggregate>(request.customer_id()));
    command.customer = customer.state;
    RETURN_IF_ERROR(desk.UseCertificatesOf({request.customer_id()}));
  }
  ASSIGN_OR_RETURN(command.number,
                   desk.NextNumber(SeriesOf(request.kind()), command.request.ticket_id()));
  return command;
}

absl::StatusOr<AddJob> CommandOf(Desk& desk, const v1::AddJobRequest& request) {
  AddJob command = request;
  command.set_job_id(desk.IdOr<JobId>(request.job_id()));
  return command;
}

absl::StatusOr<AddLabourLine> CommandOf(Desk& desk, const v1::AddLabourLineRequest& request) {
  RETURN_IF_ERROR(desk.ShowPricesTo(request.ticket_id()));
  RETURN_IF_ERROR(desk.ShowOperation(request.operation_code()));
  return WithLineId(desk, request);
}

absl::StatusOr<AddPartLine> CommandOf(Desk& desk, const v1::AddPartLineRequest& request) {
  RETURN_IF_ERROR(desk.ShowPricesTo(request.ticket_id()));
  AddPartLine command{
      .request = WithLineId(desk, request), .core_line_id = desk.IdOr<LineId>(""), .price = {}};
  for (int i = 0; i < MostFeesOfPart(*desk.context().menu.fees); ++i) {
    command.fee_line_ids.push_back(desk.IdOr<LineId>(""));
  }
  ASSIGN_OR_RETURN(command.price, PriceOf(desk.unit(), request.part_id()));
  return command;
}

absl::StatusOr<AddFeeLine> CommandOf(Desk& desk, const v1::AddFeeLineRequest& request) {
  return WithLineId(desk, request);
}

absl::StatusOr<AddNoteLine> CommandOf(Desk& desk, const v1::AddNoteLineRequest& request) {
  return WithLineId(desk, request);
}

absl::StatusOr<ChangeLine> CommandOf(Desk& desk, const v1::ChangeLineRequest& request) {
  RETURN_IF_ERROR(desk.ShowPricesTo(request.ticket_id()));
  ChangeLine command{.request = request, .price = {}};
  ASSIGN_OR_RETURN(const auto loaded, desk.unit().Load<TicketAggregate>(request.ticket_id()));
  const v1::Line* line = FindLine(loaded.state.ticket(), request.line_id()).line;
  if (line != nullptr && !line->part_id().empty()) {
    ASSIGN_OR_RETURN(command.price, PriceOf(desk.unit(), line->part_id()));
  }
  return command;
}

absl::StatusOr<ConvertQuote> CommandOf(Desk& desk, const v1::ConvertQuoteRequest& request) {
  ConvertQuote command{.request = request};
  command.request.set_new_ticket_id(desk.IdOr<TicketId>(request.new_ticket_id()));
  return command;
}

absl::StatusOr<OpenFromQuote> OrderOf(Desk& desk, const ConvertQuote& command) {
  OpenFromQuote order{.request = command.request,
                      .quote = {},
                      .customer = {},
                      .number = "",
                      .job_ids = {},
                      .line_ids = {}};
  ASSIGN_OR_RETURN(const auto loaded,
                   desk.unit().Load<TicketAggregate>(command.request.ticket_id()));
  order.quote = loaded.state.ticket();
  if (!order.quote.customer_id().empty()) {
    ASSIGN_OR_RETURN(const auto customer,
                     desk.unit().Load<KnownCustomerAggregate>(order.quote.customer_id()));
    order.customer = customer.state;
  }
  if (order.request.kind() == v1::TICKET_KIND_REPAIR_ORDER && order.request.vehicle_id().empty()) {
    order.request.set_vehicle_id(order.quote.vehicle_id());
  }
  for (int i = 0; i < order.quote.jobs_size(); ++i) order.job_ids.push_back(desk.IdOr<JobId>(""));
  for (int i = 0; i < CountLines(order.quote); ++i) order.line_ids.push_back(desk.IdOr<LineId>(""));
  ASSIGN_OR_RETURN(order.number,
                   desk.NextNumber(SeriesOf(order.request.kind()), order.request.new_ticket_id()));
  return order;
}

absl::StatusOr<InvoiceTicket> CommandOf(Desk& desk, const v1::InvoiceTicketRequest& request) {
  InvoiceTicket command{.request = request, .invoice_number = ""};
  ASSIGN_OR_RETURN(command.invoice_number, desk.NextNumber(kInvoiceSeries, request.ticket_id()));
  ASSIGN_OR_RETURN(const auto loaded, desk.unit().Load<TicketAggregate>(request.ticket_id()));
  const size_t payers = InvoicedPayers(loaded.state.ticket()).size();
  while (command.other_numbers.size() + 1 < payers) {
    ASSIGN_OR_RETURN(std::string number, desk.NextNumber(kInvoiceSeries, request.ticket_id()));
    command.other_numbers.push_back(std::move(number));
  }
  return command;
}

void ShowIds(const AddJob& command, v1::AddJobResponse& response) {
  response.set_job_id(command.job_id());
}

void ShowIds(const AddLabourLine& command, v1::AddLabourLineResponse& response) {
  response.set_line_id(command.line_id());
}

void ShowIds(const AddPartLine& command, v1::AddPartLineResponse& response) {
  response.set_line_id(command.request.line_id());
  if (FindCore(response.ticket(), command.request.line_id()) != nullptr) {
    response.set_core_line_id(command.core_line_id);
  }
  for (const std::string& line_id : command.fee_line_ids) {
    const auto& ticket = std::as_const(response.ticket());
    if (FindLine(ticket, line_id).line != nullptr) response.add_fee_line_ids(line_id);
  }
}

void ShowIds(const AddFeeLine& command, v1::AddFeeLineResponse& response) {
  response.set_line_id(command.line_id());
}

void ShowIds(const AddNoteLine& command, v1::AddNoteLineResponse& response) {
  response.set_line_id(command.line_id());
}

}  // namespace pitlane::ticket
