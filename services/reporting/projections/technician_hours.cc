#include "services/reporting/projections/technician_hours.h"

#include "pitlane/reporting/v1/reporting_service.pb.h"

namespace pitlane::reporting {

void TechnicianHoursView::On(const v1::ReportingEvent& event, runtime::ViewWriter& rows) {
  if (!event.has_sale_recorded()) return;
  const v1::SaleRecorded& sale = event.sale_recorded();
  for (const v1::SaleLine& line : sale.lines()) {
    if (line.kind() != ticket::v1::LINE_KIND_LABOUR) continue;
    const std::string key = TechnicianKey(sale, line);
    v1::TechnicianHours row =
        rows.GetMessage<v1::TechnicianHours>(key).value_or(v1::TechnicianHours());
    row.set_business_date(sale.business_date());
    row.set_technician(line.technician());
    row.set_currency(sale.currency());
    row.set_figure_id(FigureId(view(), key));
    row.set_hours_centi(row.hours_centi() + line.hours_centi());
    row.set_net_minor(row.net_minor() + line.net_minor());
    rows.Put(key, row);
  }
}

}  // namespace pitlane::reporting
