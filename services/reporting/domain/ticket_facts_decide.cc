#include <algorithm>
#include <string>

#include "services/reporting/domain/ticket_facts.h"

namespace pitlane::reporting {
namespace {

template <class Repeated>
bool Contains(const Repeated& values, const std::string& value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

// Reports know every line by a category: the part's own, or what kind of line it is.
template <class Line>
std::string CategoryOf(const Line& line) {
  switch (line.kind()) {
    case ticket::v1::LINE_KIND_LABOUR:
      return "labour";
    case ticket::v1::LINE_KIND_PART:
      return line.category().empty() ? "parts" : line.category();
    case ticket::v1::LINE_KIND_FEE:
      return "fees";
    case ticket::v1::LINE_KIND_CORE:
      return "cores";
    case ticket::v1::LINE_KIND_SUBLET:
      return "sublet";
    case ticket::v1::LINE_KIND_NOTE:
    case ticket::v1::LINE_KIND_UNSPECIFIED:
    case ticket::v1::LineKind_INT_MIN_SENTINEL_DO_NOT_USE_:
    case ticket::v1::LineKind_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  return "other";
}

void AddLine(const ticket::v1::Line& line, const std::string& technician, v1::SaleRecorded& sale) {
  // A note costs nothing and says nothing to a report.
  if (line.kind() == ticket::v1::LINE_KIND_NOTE) return;
  v1::SaleLine& fact = *sale.add_lines();
  fact.set_line_id(line.line_id());
  fact.set_kind(line.kind());
  fact.set_category(CategoryOf(line));
  fact.set_part_id(line.part_id());
  fact.set_part_number(line.part_number());
  fact.set_quantity_milli(line.quantity_milli());
  fact.set_net_minor(line.amounts().net_minor());
  fact.set_tax_minor(line.amounts().tax_minor());
  fact.set_discount_minor(line.amounts().line_discount_minor() +
                          line.amounts().ticket_discount_minor());
  fact.set_hours_centi(line.hours_centi());
  // Hours belong to whoever the line names, or else to whoever did the job.
  fact.set_technician(line.technician().empty() ? technician : line.technician());
}

}  // namespace

std::vector<v1::ReportingEvent> Decide(const v1::TicketFactsState& state,
                                       const RecordSale& command) {
  // A ticket is sold once.
  if (state.sales() > 0) return {};
  const ticket::v1::Ticket& ticket = command.ticket;
  std::vector<v1::ReportingEvent> events(1);
  v1::SaleRecorded& sale = *events.front().mutable_sale_recorded();
  sale.set_ticket_id(ticket.ticket_id());
  sale.set_location_id(ticket.location_id());
  sale.set_business_date(ticket.business_date());
  sale.set_currency(ticket.currency());
  *sale.mutable_totals() = ticket.totals();
  sale.set_customer_id(ticket.customer_id());
  sale.set_vehicle_id(ticket.vehicle_id());
  sale.set_kind(ticket.kind());
  for (const ticket::v1::Job& job : ticket.jobs()) {
    for (const ticket::v1::Line& line : job.lines()) AddLine(line, job.technician(), sale);
  }
  for (const ticket::v1::Line& line : ticket.lines()) AddLine(line, "", sale);
  return events;
}

std::vector<v1::ReportingEvent> Decide(const v1::TicketFactsState& state,
                                       const RecordTender& command) {
  // Money of one payment comes in once.
  const payment::v1::PaymentCaptured& captured = command.captured;
  if (Contains(state.payment_ids(), captured.payment_id())) return {};
  std::vector<v1::ReportingEvent> events(1);
  v1::TenderRecorded& tender = *events.front().mutable_tender_recorded();
  tender.set_payment_id(captured.payment_id());
  tender.set_ticket_id(captured.ticket_id());
  tender.set_location_id(captured.location_id());
  tender.set_business_date(std::string(command.business_date));
  tender.set_currency(captured.currency());
  tender.set_tender(captured.tender());
  tender.set_applied_minor(captured.applied_minor());
  tender.set_captured_minor(captured.captured_minor());
  tender.set_rounding_minor(captured.rounding_minor());
  return events;
}

std::vector<v1::ReportingEvent> Decide(const v1::TicketFactsState& state,
                                       const RecordRefund& command) {
  // A refund goes out once.
  const payment::v1::PaymentRefunded& refunded = command.refunded;
  if (Contains(state.refund_ids(), refunded.refund_id())) return {};
  std::vector<v1::ReportingEvent> events(1);
  v1::RefundRecorded& refund = *events.front().mutable_refund_recorded();
  refund.set_payment_id(refunded.payment_id());
  refund.set_refund_id(refunded.refund_id());
  refund.set_ticket_id(refunded.ticket_id());
  refund.set_location_id(refunded.location_id());
  refund.set_business_date(std::string(command.business_date));
  refund.set_currency(refunded.currency());
  refund.set_tender(refunded.tender());
  refund.set_refunded_minor(refunded.refunded_minor());
  return events;
}

std::vector<v1::ReportingEvent> Decide(const v1::TicketFactsState& state,
                                       const RecordPartsIssue& command) {
  // The parts of one line leave the shelf once.
  const inventory::v1::StockIssued& issued = command.issued;
  if (Contains(state.issued_line_ids(), issued.line_id())) return {};
  std::vector<v1::ReportingEvent> events(1);
  v1::PartsIssueRecorded& issue = *events.front().mutable_parts_issue_recorded();
  issue.set_ticket_id(issued.ticket_id());
  issue.set_line_id(issued.line_id());
  issue.set_part_id(issued.part_id());
  issue.set_location_id(issued.location_id());
  issue.set_business_date(std::string(command.business_date));
  issue.set_currency(issued.currency());
  issue.set_quantity_milli(issued.quantity_milli());
  issue.set_cost_e4(issued.cost_e4());
  return events;
}

std::vector<v1::ReportingEvent> Decide(const v1::TicketFactsState& state,
                                       const RecordCredit& command) {
  // A memo takes back once.
  const ticket::v1::CreditMemo& memo = command.memo;
  if (Contains(state.credit_memo_ids(), memo.credit_memo_id())) return {};
  std::vector<v1::ReportingEvent> events(1);
  v1::CreditRecorded& credit = *events.front().mutable_credit_recorded();
  credit.set_credit_memo_id(memo.credit_memo_id());
  credit.set_ticket_id(memo.ticket_id());
  credit.set_location_id(memo.location_id());
  credit.set_business_date(memo.business_date());
  credit.set_currency(memo.currency());
  *credit.mutable_totals() = memo.totals();
  credit.set_customer_id(memo.customer_id());
  credit.set_vehicle_id(memo.vehicle_id());
  credit.set_kind(memo.kind());
  for (const ticket::v1::CreditLine& line : memo.lines()) {
    v1::SaleLine& fact = *credit.add_lines();
    fact.set_line_id(line.line_id());
    fact.set_kind(line.kind());
    fact.set_category(CategoryOf(line));
    fact.set_part_id(line.part_id());
    fact.set_part_number(line.part_number());
    fact.set_quantity_milli(line.quantity_milli());
    fact.set_net_minor(line.amounts().net_minor());
    fact.set_tax_minor(line.amounts().tax_minor());
    fact.set_discount_minor(line.amounts().line_discount_minor() +
                            line.amounts().ticket_discount_minor());
    fact.set_technician(line.technician());
  }
  return events;
}

std::vector<v1::ReportingEvent> Decide(const v1::TicketFactsState& state,
                                       const RecordPartsReturn& command) {
  const inventory::v1::StockReturned& returned = command.returned;
  if (Contains(state.return_keys(), ReturnKey(returned))) return {};
  std::vector<v1::ReportingEvent> events(1);
  v1::PartsReturnRecorded& back = *events.front().mutable_parts_return_recorded();
  back.set_ticket_id(returned.ticket_id());
  back.set_credit_memo_id(returned.credit_memo_id());
  back.set_line_id(returned.line_id());
  back.set_part_id(returned.part_id());
  back.set_location_id(returned.location_id());
  back.set_business_date(std::string(command.business_date));
  back.set_currency(returned.currency());
  back.set_quantity_milli(returned.quantity_milli());
  back.set_cost_e4(returned.cost_e4());
  back.set_disposition(returned.disposition());
  return events;
}

}  // namespace pitlane::reporting
