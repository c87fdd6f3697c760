#include "services/reporting/projections/figures.h"

#include "absl/strings/str_cat.h"
#include "libs/base/text.h"

namespace pitlane::reporting {
namespace {

// Every fact has these three.
template <class Fact>
std::string BaseKey(const Fact& fact) {
  return absl::StrCat(fact.location_id(), "/", fact.business_date(), "/", fact.currency());
}

}  // namespace

std::string DailySalesKey(const v1::SaleRecorded& sale) { return BaseKey(sale); }

std::string CategoryKey(const v1::SaleRecorded& sale, const v1::SaleLine& line) {
  return absl::StrCat(BaseKey(sale), "/", line.category());
}

std::string TechnicianKey(const v1::SaleRecorded& sale, const v1::SaleLine& line) {
  return absl::StrCat(BaseKey(sale), "/", line.technician());
}

std::string PartKey(const v1::SaleRecorded& sale, const v1::SaleLine& line) {
  return absl::StrCat(BaseKey(sale), "/", line.part_id());
}

std::string PartKey(const v1::PartsIssueRecorded& issue) {
  return absl::StrCat(BaseKey(issue), "/", issue.part_id());
}

std::string TenderKey(const v1::TenderRecorded& tender) {
  return absl::StrCat(BaseKey(tender), "/", payment::v1::Tender_Name(tender.tender()));
}

std::string TenderKey(const v1::RefundRecorded& refund) {
  return absl::StrCat(BaseKey(refund), "/", payment::v1::Tender_Name(refund.tender()));
}

std::string FigureId(std::string_view view, std::string_view row_key) {
  return absl::StrCat(ToAbsl(view), ToAbsl(row_key.substr(row_key.find('/'))));
}

std::set<std::string> FiguresOf(const v1::ReportingEvent& event) {
  std::set<std::string> figures;
  const auto add = [&figures](const std::string& location_id, std::string_view view,
                              const std::string& key) {
    figures.insert(absl::StrCat(location_id, "/", FigureId(view, key)));
  };
  switch (event.event_case()) {
    case v1::ReportingEvent::kSaleRecorded: {
      const v1::SaleRecorded& sale = event.sale_recorded();
      add(sale.location_id(), kDailySalesView, DailySalesKey(sale));
      for (const v1::SaleLine& line : sale.lines()) {
        add(sale.location_id(), kCategorySalesView, CategoryKey(sale, line));
        if (line.kind() == ticket::v1::LINE_KIND_PART) {
          add(sale.location_id(), kPartsUsedView, PartKey(sale, line));
        }
        if (line.kind() == ticket::v1::LINE_KIND_LABOUR) {
          add(sale.location_id(), kTechnicianHoursView, TechnicianKey(sale, line));
        }
      }
      break;
    }
    case v1::ReportingEvent::kTenderRecorded:
      add(event.tender_recorded().location_id(), kTenderSumsView,
          TenderKey(event.tender_recorded()));
      break;
    case v1::ReportingEvent::kRefundRecorded:
      add(event.refund_recorded().location_id(), kTenderSumsView,
          TenderKey(event.refund_recorded()));
      break;
    case v1::ReportingEvent::kPartsIssueRecorded:
      add(event.parts_issue_recorded().location_id(), kPartsUsedView,
          PartKey(event.parts_issue_recorded()));
      break;
    case v1::ReportingEvent::EVENT_NOT_SET:
      break;
  }
  return figures;
}

}  // namespace pitlane::reporting
