#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "libs/base/clock.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "tools/pitlane/csv.h"
#include "tools/pitlane/replay.h"

namespace pitlane::tools {
namespace {

constexpr int kMaxLines = 8;
constexpr size_t kFirstMonthColumn = 2;

}  // namespace

absl::StatusOr<Demand> ReadDemand(std::istream& input, int months) {
  ASSIGN_OR_RETURN(CsvReader reader, CsvReader::Open(input, {"index", "part"}));
  size_t last = reader.columns().size();
  if (last <= kFirstMonthColumn) {
    return absl::InvalidArgumentError("there is no month behind the columns index and part");
  }
  if (months > 0) last = std::min(last, kFirstMonthColumn + static_cast<size_t>(months));
  Demand demand;
  demand.months.resize(last - kFirstMonthColumn);
  while (true) {
    ASSIGN_OR_RETURN(const std::optional<CsvRow> row, reader.Next());
    if (!row.has_value()) return demand;
    const int part = static_cast<int>(demand.parts.size());
    demand.parts.emplace_back(row->Get("part"));
    for (size_t column = kFirstMonthColumn; column < last; ++column) {
      const std::string& cell = row->fields()[column];
      int units = 0;
      if (cell != "NaN" && (!absl::SimpleAtoi(cell, &units) || units < 0)) {
        return absl::InvalidArgumentError(absl::StrCat("line ", row->line(), ", ",
                                                       reader.columns()[column], ": '", cell,
                                                       "' is neither a whole number nor NaN"));
      }
      if (units == 0) continue;
      demand.months[column - kFirstMonthColumn].push_back({part, units});
      demand.units += units;
    }
  }
}

std::vector<std::vector<DemandLine>> TicketsOf(const std::vector<DemandLine>& month, uint64_t seed,
                                               int month_index) {
  SeededEntropy entropy(seed * 1000003 + static_cast<uint64_t>(month_index));
  // A month's demand for a part comes in sales of one to four units.
  std::vector<DemandLine> sales;
  for (const DemandLine& line : month) {
    for (int left = line.units; left > 0;) {
      const int units = std::min(left, 1 + static_cast<int>(entropy.Next64() % 4));
      sales.push_back({line.part, units});
      left -= units;
    }
  }
  for (size_t i = sales.size(); i > 1; --i) {
    std::swap(sales[i - 1], sales[entropy.Next64() % i]);
  }
  std::vector<std::vector<DemandLine>> tickets;
  size_t lines_wanted = 0;
  for (const DemandLine& sale : sales) {
    const bool same_part =
        !tickets.empty() &&
        std::any_of(tickets.back().begin(), tickets.back().end(),
                    [&](const DemandLine& line) { return line.part == sale.part; });
    if (tickets.empty() || same_part || tickets.back().size() >= lines_wanted) {
      tickets.emplace_back();
      lines_wanted = 1 + entropy.Next64() % kMaxLines;
    }
    tickets.back().push_back(sale);
  }
  return tickets;
}

}  // namespace pitlane::tools
