#include "services/reporting/projections/figures.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/text.h"

namespace pitlane::reporting {
namespace {

// "<location>/<figure id>" of each, once.
class Figures {
 public:
  explicit Figures(const std::string& location_id) : location_id_(location_id) {}

  void Add(std::string_view view, const std::string& key) {
    names_.insert(absl::StrCat(location_id_, "/", FigureId(view, key)));
  }
  template <class Fact>
  void AddSale(const Fact& sale) {
    Add(kDailySalesView, BaseKey(sale));
    for (const v1::SaleLine& line : sale.lines()) {
      Add(kCategorySalesView, CategoryKey(sale, line));
      if (line.kind() == ticket::v1::LINE_KIND_PART) Add(kPartsUsedView, PartKey(sale, line));
      if (line.kind() == ticket::v1::LINE_KIND_LABOUR) {
        Add(kTechnicianHoursView, TechnicianKey(sale, line));
      }
    }
  }
  std::set<std::string> Take() { return std::move(names_); }

 private:
  const std::string& location_id_;
  std::set<std::string> names_;
};

template <class Fact>
std::set<std::string> FiguresOfSale(const Fact& sale) {
  Figures figures(sale.location_id());
  figures.AddSale(sale);
  return figures.Take();
}

template <class Fact>
std::set<std::string> OneFigure(const Fact& fact, std::string_view view, const std::string& key) {
  Figures figures(fact.location_id());
  figures.Add(view, key);
  return figures.Take();
}

}  // namespace

std::string FigureId(std::string_view view, std::string_view row_key) {
  return absl::StrCat(ToAbsl(view), ToAbsl(row_key.substr(row_key.find('/'))));
}

std::set<std::string> FiguresOf(const v1::ReportingEvent& event) {
  switch (event.event_case()) {
    case v1::ReportingEvent::kSaleRecorded:
      return FiguresOfSale(event.sale_recorded());
    case v1::ReportingEvent::kCreditRecorded:
      return FiguresOfSale(event.credit_recorded());
    case v1::ReportingEvent::kTenderRecorded:
      return OneFigure(event.tender_recorded(), kTenderSumsView,
                       TenderKey(event.tender_recorded()));
    case v1::ReportingEvent::kRefundRecorded:
      return OneFigure(event.refund_recorded(), kTenderSumsView,
                       TenderKey(event.refund_recorded()));
    case v1::ReportingEvent::kPartsIssueRecorded:
      return OneFigure(event.parts_issue_recorded(), kPartsUsedView,
                       PartKey(event.parts_issue_recorded()));
    case v1::ReportingEvent::kPartsReturnRecorded:
      return OneFigure(event.parts_return_recorded(), kPartsUsedView,
                       PartKey(event.parts_return_recorded()));
    case v1::ReportingEvent::EVENT_NOT_SET:
      break;
  }
  return {};
}

}  // namespace pitlane::reporting
