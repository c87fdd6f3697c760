#include "services/reporting/projections/technician_hours.h"

#include "pitlane/reporting/v1/reporting_service.pb.h"

namespace pitlane::reporting {

namespace {

// `sign`: 1 for a sale, -1 for a credit. Credits take back money; the hours were worked.
template <class Fact>
void AddLines(const Fact& sale, int64_t sign, runtime::ViewWriter& rows) {
  for (const v1::SaleLine& line : sale.lines()) {
    if (line.kind() != ticket::v1::LINE_KIND_LABOUR) continue;
    const std::string key = TechnicianKey(sale, line);
    v1::TechnicianHours row =
        rows.GetMessage<v1::TechnicianHours>(key).value_or(v1::TechnicianHours());
    row.set_business_date(sale.business_date());
    row.set_technician(line.technician());
    row.set_currency(sale.currency());
    row.set_figure_id(FigureId(kTechnicianHoursView, key));
    row.set_hours_centi(row.hours_centi() + line.hours_centi());
    row.set_net_minor(row.net_minor() + sign * line.net_minor());
    rows.Put(key, row);
  }
}

}  // namespace

void TechnicianHoursView::On(const v1::ReportingEvent& event, runtime::ViewWriter& rows) {
  if (event.has_sale_recorded()) AddLines(event.sale_recorded(), 1, rows);
  if (event.has_credit_recorded()) AddLines(event.credit_recorded(), -1, rows);
}

}  // namespace pitlane::reporting
