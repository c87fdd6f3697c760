#include "services/reporting/domain/ticket_facts.h"

namespace pitlane::reporting {
namespace {

void ApplySale(v1::TicketFactsState& state, const v1::SaleRecorded& sale) {
  state.set_sales(state.sales() + 1);
  state.set_location_id(sale.location_id());
  state.set_business_date(sale.business_date());
  state.set_currency(sale.currency());
  state.set_total_minor(sale.totals().total_minor());
  for (const v1::SaleLine& line : sale.lines()) {
    if (line.kind() == ticket::v1::LINE_KIND_PART) {
      state.set_sold_milli(state.sold_milli() + line.quantity_milli());
    }
  }
}

}  // namespace

void TicketFacts::Apply(State& state, const Event& event) {
  switch (event.event_case()) {
    case Event::kSaleRecorded:
      return ApplySale(state, event.sale_recorded());
    case Event::kTenderRecorded:
      state.add_payment_ids(event.tender_recorded().payment_id());
      state.set_applied_minor(state.applied_minor() + event.tender_recorded().applied_minor());
      return;
    case Event::kRefundRecorded:
      state.add_refund_ids(event.refund_recorded().refund_id());
      state.set_refunded_minor(state.refunded_minor() + event.refund_recorded().refunded_minor());
      return;
    case Event::kPartsIssueRecorded:
      state.add_issued_line_ids(event.parts_issue_recorded().line_id());
      state.set_issued_milli(state.issued_milli() + event.parts_issue_recorded().quantity_milli());
      return;
    case Event::kCreditRecorded:
      state.add_credit_memo_ids(event.credit_recorded().credit_memo_id());
      state.set_credited_minor(state.credited_minor() +
                               event.credit_recorded().totals().total_minor());
      return;
    case Event::kPartsReturnRecorded:
      state.add_return_keys(ReturnKey(event.parts_return_recorded()));
      state.set_returned_milli(state.returned_milli() +
                               event.parts_return_recorded().quantity_milli());
      return;
    case Event::EVENT_NOT_SET:
      return;
  }
}

}  // namespace pitlane::reporting
