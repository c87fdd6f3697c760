#include "services/reporting/projections/figure_sources.h"

#include "libs/base/text.h"
#include "pitlane/reporting/v1/reporting_service.pb.h"

namespace pitlane::reporting {
namespace {

// The other area's event that each of ours was made from.
std::string SourceType(const v1::ReportingEvent& event) {
  switch (event.event_case()) {
    case v1::ReportingEvent::kSaleRecorded:
      return "pitlane.ticket.v1.TicketClosed";
    case v1::ReportingEvent::kTenderRecorded:
      return "pitlane.payment.v1.PaymentCaptured";
    case v1::ReportingEvent::kRefundRecorded:
      return "pitlane.payment.v1.PaymentRefunded";
    case v1::ReportingEvent::kPartsIssueRecorded:
      return "pitlane.inventory.v1.StockIssued";
    case v1::ReportingEvent::kCreditRecorded:
      return "pitlane.ticket.v1.CreditMemoIssued";
    case v1::ReportingEvent::kPartsReturnRecorded:
      return "pitlane.inventory.v1.StockReturned";
    case v1::ReportingEvent::EVENT_NOT_SET:
      break;
  }
  return "";
}

}  // namespace

std::string FigureSourcesPrefix(std::string_view location_and_figure) {
  return std::string(location_and_figure) + std::string(1, '\0');
}

void FigureSourcesView::On(const v1::ReportingEvent& event, runtime::ViewWriter& rows) {
  v1::FigureSource source;
  source.set_event_id(event.meta().causation_id());
  source.set_type(SourceType(event));
  source.set_ticket_id(event.meta().stream_id());
  for (const std::string& figure : FiguresOf(event)) {
    rows.Put(FigureSourcesPrefix(figure) + EncodeBigEndian64(event.meta().position()), source);
  }
}

}  // namespace pitlane::reporting
