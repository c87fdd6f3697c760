#include "services/reporting/projections/daily_sales.h"

#include "pitlane/reporting/v1/reporting_service.pb.h"

namespace pitlane::reporting {
namespace {

void AddTax(const ticket::v1::TaxAmount& tax, v1::DailySales& row) {
  for (ticket::v1::TaxAmount& sum : *row.mutable_taxes()) {
    if (sum.rule_id() != tax.rule_id() || sum.authority() != tax.authority() ||
        sum.rate_ppm() != tax.rate_ppm()) {
      continue;
    }
    sum.set_base_minor(sum.base_minor() + tax.base_minor());
    sum.set_tax_minor(sum.tax_minor() + tax.tax_minor());
    return;
  }
  *row.add_taxes() = tax;
}

}  // namespace

void DailySalesView::On(const v1::ReportingEvent& event, runtime::ViewWriter& rows) {
  if (!event.has_sale_recorded()) return;
  const v1::SaleRecorded& sale = event.sale_recorded();
  const std::string key = DailySalesKey(sale);
  v1::DailySales row = rows.GetMessage<v1::DailySales>(key).value_or(v1::DailySales());
  const ticket::v1::Totals& totals = sale.totals();
  row.set_business_date(sale.business_date());
  row.set_currency(sale.currency());
  row.set_figure_id(FigureId(view(), key));
  row.set_tickets(row.tickets() + 1);
  row.set_labour_net_minor(row.labour_net_minor() + totals.labour_net_minor());
  row.set_parts_net_minor(row.parts_net_minor() + totals.parts_net_minor());
  row.set_fees_net_minor(row.fees_net_minor() + totals.fees_net_minor());
  row.set_cores_net_minor(row.cores_net_minor() + totals.cores_net_minor());
  row.set_discount_minor(row.discount_minor() + totals.discount_minor());
  row.set_tax_minor(row.tax_minor() + totals.tax_minor());
  row.set_total_minor(row.total_minor() + totals.total_minor());
  for (const ticket::v1::TaxAmount& tax : totals.taxes()) AddTax(tax, row);
  rows.Put(key, row);
}

}  // namespace pitlane::reporting
