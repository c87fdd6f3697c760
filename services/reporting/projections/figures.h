// How the rows of reports are found. Every report is a view whose rows are ordered by location,
// then business date, then what the row is about; each row is a figure, and the view
// "figure_sources" lists the events it was added up from.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "pitlane/reporting/v1/events.pb.h"

namespace pitlane::reporting {

inline constexpr std::string_view kDailySalesView = "daily_sales";
inline constexpr std::string_view kCategorySalesView = "category_sales";
inline constexpr std::string_view kTenderSumsView = "tender_sums";
inline constexpr std::string_view kPartsUsedView = "parts_used";
inline constexpr std::string_view kTechnicianHoursView = "technician_hours";
inline constexpr std::string_view kFigureSourcesView = "figure_sources";

// Keys of rows: "<location>/<date>/<currency>", and then what the row is about.
// Sales and credits count in the same rows, each on its own day.
template <class Fact>
std::string BaseKey(const Fact& fact) {
  return fact.location_id() + "/" + fact.business_date() + "/" + fact.currency();
}
// Of a SaleRecorded or CreditRecorded.
template <class Fact>
std::string CategoryKey(const Fact& sale, const v1::SaleLine& line) {
  return BaseKey(sale) + "/" + line.category();
}
template <class Fact>
std::string TechnicianKey(const Fact& sale, const v1::SaleLine& line) {
  return BaseKey(sale) + "/" + line.technician();
}
template <class Fact>
std::string PartKey(const Fact& sale, const v1::SaleLine& line) {
  return BaseKey(sale) + "/" + line.part_id();
}
// Of a PartsIssueRecorded or PartsReturnRecorded.
template <class Fact>
std::string PartKey(const Fact& moved) {
  return BaseKey(moved) + "/" + moved.part_id();
}
// Of a TenderRecorded or RefundRecorded.
template <class Fact>
std::string TenderKey(const Fact& money) {
  return BaseKey(money) + "/" + payment::v1::Tender_Name(money.tender());
}

// The row's name in the contract: "<view>/<date>/…", without the location.
std::string FigureId(std::string_view view, std::string_view row_key);
// The figures an event counts in, each once: "<location>/<figure id>".
std::set<std::string> FiguresOf(const v1::ReportingEvent& event);

}  // namespace pitlane::reporting
