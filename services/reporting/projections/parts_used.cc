#include "services/reporting/projections/parts_used.h"

#include "pitlane/reporting/v1/reporting_service.pb.h"

namespace pitlane::reporting {
namespace {

v1::PartUsed RowOf(runtime::ViewWriter& rows, const std::string& key, const std::string& date,
                   const std::string& part_id, const std::string& currency) {
  v1::PartUsed row = rows.GetMessage<v1::PartUsed>(key).value_or(v1::PartUsed());
  row.set_business_date(date);
  row.set_part_id(part_id);
  row.set_currency(currency);
  row.set_figure_id(FigureId(kPartsUsedView, key));
  return row;
}

// `sign`: 1 for a sale, -1 for a credit.
template <class Fact>
void AddLines(const Fact& sale, int64_t sign, runtime::ViewWriter& rows) {
  for (const v1::SaleLine& line : sale.lines()) {
    if (line.kind() != ticket::v1::LINE_KIND_PART) continue;
    const std::string key = PartKey(sale, line);
    v1::PartUsed row = RowOf(rows, key, sale.business_date(), line.part_id(), sale.currency());
    row.set_part_number(line.part_number());
    row.set_sold_milli(row.sold_milli() + sign * line.quantity_milli());
    row.set_net_minor(row.net_minor() + sign * line.net_minor());
    rows.Put(key, row);
  }
}

// The part's row with an issue (`sign` 1) or a return (-1) more.
template <class Fact>
v1::PartUsed RowWith(const Fact& moved, int64_t sign, runtime::ViewWriter& rows) {
  v1::PartUsed row =
      RowOf(rows, PartKey(moved), moved.business_date(), moved.part_id(), moved.currency());
  row.set_issued_milli(row.issued_milli() + sign * moved.quantity_milli());
  row.set_cost_e4(row.cost_e4() + sign * moved.cost_e4());
  return row;
}

}  // namespace

void PartsUsedView::On(const v1::ReportingEvent& event, runtime::ViewWriter& rows) {
  if (event.has_sale_recorded()) AddLines(event.sale_recorded(), 1, rows);
  if (event.has_credit_recorded()) AddLines(event.credit_recorded(), -1, rows);
  if (event.has_parts_issue_recorded()) {
    const v1::PartsIssueRecorded& issue = event.parts_issue_recorded();
    rows.Put(PartKey(issue), RowWith(issue, 1, rows));
  }
  if (event.has_parts_return_recorded()) {
    const v1::PartsReturnRecorded& back = event.parts_return_recorded();
    v1::PartUsed row = RowWith(back, -1, rows);
    row.set_returned_milli(row.returned_milli() + back.quantity_milli());
    rows.Put(PartKey(back), row);
  }
}

}  // namespace pitlane::reporting
