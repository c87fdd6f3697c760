#include "services/reporting/projections/tender_sums.h"

#include "pitlane/reporting/v1/reporting_service.pb.h"

namespace pitlane::reporting {
void TenderSumsView::On(const v1::ReportingEvent& event, runtime::ViewWriter& rows) {
  v1::TenderSum row;
  if (event.has_tender_recorded()) {
    const v1::TenderRecorded& tender = event.tender_recorded();
    const std::string key = TenderKey(tender);
    row = rows.GetMessage<v1::TenderSum>(key).value_or(row);
    row.set_business_date(tender.business_date());
    row.set_tender(tender.tender());
    row.set_currency(tender.currency());
    row.set_figure_id(FigureId(view(), key));
    row.set_payments(row.payments() + 1);
    row.set_captured_minor(row.captured_minor() + tender.captured_minor());
    row.set_applied_minor(row.applied_minor() + tender.applied_minor());
    row.set_rounding_minor(row.rounding_minor() + tender.rounding_minor());
    rows.Put(key, row);
  } else if (event.has_refund_recorded()) {
    const v1::RefundRecorded& refund = event.refund_recorded();
    const std::string key = TenderKey(refund);
    row = rows.GetMessage<v1::TenderSum>(key).value_or(row);
    row.set_business_date(refund.business_date());
    row.set_tender(refund.tender());
    row.set_currency(refund.currency());
    row.set_figure_id(FigureId(view(), key));
    row.set_refunds(row.refunds() + 1);
    row.set_refunded_minor(row.refunded_minor() + refund.refunded_minor());
    rows.Put(key, row);
  }
}

}  // namespace pitlane::reporting
