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

}  // namespace

void PartsUsedView::On(const v1::ReportingEvent& event, runtime::ViewWriter& rows) {
  if (event.has_sale_recorded()) {
    const v1::SaleRecorded& sale = event.sale_recorded();
    for (const v1::SaleLine& line : sale.lines()) {
      if (line.kind() != ticket::v1::LINE_KIND_PART) continue;
      const std::string key = PartKey(sale, line);
      v1::PartUsed row = RowOf(rows, key, sale.business_date(), line.part_id(), sale.currency());
      row.set_part_number(line.part_number());
      row.set_sold_milli(row.sold_milli() + line.quantity_milli());
      row.set_net_minor(row.net_minor() + line.net_minor());
      rows.Put(key, row);
    }
  } else if (event.has_parts_issue_recorded()) {
    const v1::PartsIssueRecorded& issue = event.parts_issue_recorded();
    const std::string key = PartKey(issue);
    v1::PartUsed row = RowOf(rows, key, issue.business_date(), issue.part_id(), issue.currency());
    row.set_issued_milli(row.issued_milli() + issue.quantity_milli());
    row.set_cost_e4(row.cost_e4() + issue.cost_e4());
    rows.Put(key, row);
  }
}

}  // namespace pitlane::reporting
