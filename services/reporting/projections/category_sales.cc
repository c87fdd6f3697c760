#include "services/reporting/projections/category_sales.h"

#include "pitlane/reporting/v1/reporting_service.pb.h"

namespace pitlane::reporting {

namespace {

// `sign`: 1 for a sale, -1 for a credit.
template <class Fact>
void AddLines(const Fact& sale, int64_t sign, runtime::ViewWriter& rows) {
  for (const v1::SaleLine& line : sale.lines()) {
    const std::string key = CategoryKey(sale, line);
    v1::CategorySales row = rows.GetMessage<v1::CategorySales>(key).value_or(v1::CategorySales());
    row.set_business_date(sale.business_date());
    row.set_category(line.category());
    row.set_currency(sale.currency());
    row.set_figure_id(FigureId(kCategorySalesView, key));
    row.set_quantity_milli(row.quantity_milli() + sign * line.quantity_milli());
    row.set_net_minor(row.net_minor() + sign * line.net_minor());
    row.set_tax_minor(row.tax_minor() + sign * line.tax_minor());
    rows.Put(key, row);
  }
}

}  // namespace

void CategorySalesView::On(const v1::ReportingEvent& event, runtime::ViewWriter& rows) {
  if (event.has_sale_recorded()) AddLines(event.sale_recorded(), 1, rows);
  if (event.has_credit_recorded()) AddLines(event.credit_recorded(), -1, rows);
}

}  // namespace pitlane::reporting
