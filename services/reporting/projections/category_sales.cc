#include "services/reporting/projections/category_sales.h"

#include "pitlane/reporting/v1/reporting_service.pb.h"

namespace pitlane::reporting {

void CategorySalesView::On(const v1::ReportingEvent& event, runtime::ViewWriter& rows) {
  if (!event.has_sale_recorded()) return;
  const v1::SaleRecorded& sale = event.sale_recorded();
  for (const v1::SaleLine& line : sale.lines()) {
    const std::string key = CategoryKey(sale, line);
    v1::CategorySales row = rows.GetMessage<v1::CategorySales>(key).value_or(v1::CategorySales());
    row.set_business_date(sale.business_date());
    row.set_category(line.category());
    row.set_currency(sale.currency());
    row.set_figure_id(FigureId(view(), key));
    row.set_quantity_milli(row.quantity_milli() + line.quantity_milli());
    row.set_net_minor(row.net_minor() + line.net_minor());
    row.set_tax_minor(row.tax_minor() + line.tax_minor());
    rows.Put(key, row);
  }
}

}  // namespace pitlane::reporting
