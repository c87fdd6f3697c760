#include "services/reporting/projections/daily_sales.h"

#include "pitlane/reporting/v1/reporting_service.pb.h"

namespace pitlane::reporting {
namespace {

void AddTax(const ticket::v1::TaxAmount& tax, int64_t sign, v1::DailySales& row) {
  for (ticket::v1::TaxAmount& sum : *row.mutable_taxes()) {
    if (sum.rule_id() != tax.rule_id() || sum.authority() != tax.authority() ||
        sum.rate_ppm() != tax.rate_ppm()) {
      continue;
    }
    sum.set_base_minor(sum.base_minor() + sign * tax.base_minor());
    sum.set_tax_minor(sum.tax_minor() + sign * tax.tax_minor());
    return;
  }
  ticket::v1::TaxAmount& first = *row.add_taxes();
  first = tax;
  first.set_base_minor(sign * tax.base_minor());
  first.set_tax_minor(sign * tax.tax_minor());
}

// The day's row with the totals of one sale (`sign` 1) or credit (-1) more.
template <class Fact>
v1::DailySales RowWith(const Fact& sale, int64_t sign, runtime::ViewWriter& rows) {
  const std::string key = BaseKey(sale);
  v1::DailySales row = rows.GetMessage<v1::DailySales>(key).value_or(v1::DailySales());
  const ticket::v1::Totals& totals = sale.totals();
  row.set_business_date(sale.business_date());
  row.set_currency(sale.currency());
  row.set_figure_id(FigureId(kDailySalesView, key));
  row.set_labour_net_minor(row.labour_net_minor() + sign * totals.labour_net_minor());
  row.set_parts_net_minor(row.parts_net_minor() + sign * totals.parts_net_minor());
  row.set_fees_net_minor(row.fees_net_minor() + sign * totals.fees_net_minor());
  row.set_cores_net_minor(row.cores_net_minor() + sign * totals.cores_net_minor());
  row.set_discount_minor(row.discount_minor() + sign * totals.discount_minor());
  row.set_tax_minor(row.tax_minor() + sign * totals.tax_minor());
  row.set_total_minor(row.total_minor() + sign * totals.total_minor());
  for (const ticket::v1::TaxAmount& tax : totals.taxes()) AddTax(tax, sign, row);
  return row;
}

}  // namespace

void DailySalesView::On(const v1::ReportingEvent& event, runtime::ViewWriter& rows) {
  if (event.has_sale_recorded()) {
    v1::DailySales row = RowWith(event.sale_recorded(), 1, rows);
    row.set_tickets(row.tickets() + 1);
    rows.Put(BaseKey(event.sale_recorded()), row);
  } else if (event.has_credit_recorded()) {
    const v1::CreditRecorded& credit = event.credit_recorded();
    v1::DailySales row = RowWith(credit, -1, rows);
    row.set_credits(row.credits() + 1);
    row.set_credited_minor(row.credited_minor() + credit.totals().total_minor());
    rows.Put(BaseKey(credit), row);
  }
}

}  // namespace pitlane::reporting
