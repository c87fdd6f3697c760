#include "services/ticket/domain/number_series.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "libs/base/text.h"

namespace pitlane::ticket {

void NumberSeriesAggregate::Apply(v1::NumberSeries& series, const v1::TicketEvent& event) {
  if (!event.has_number_assigned()) return;
  (*series.mutable_last())[event.number_assigned().series()] = event.number_assigned().number();
}

std::string NumbersStreamOf(std::string_view location_id) {
  return absl::StrCat(ToAbsl(location_id), "/numbers");
}

std::string_view SeriesOf(v1::TicketKind kind) {
  if (kind == v1::TICKET_KIND_QUOTE) return "QU";
  return kind == v1::TICKET_KIND_COUNTER_SALE ? "CS" : "RO";
}

std::vector<v1::TicketEvent> Decide(const v1::NumberSeries& series, const AssignNumber& command) {
  const auto last = series.last().find(command.series);
  std::vector<v1::TicketEvent> events(1);
  v1::NumberAssigned& assigned = *events[0].mutable_number_assigned();
  assigned.set_series(command.series);
  assigned.set_number(last == series.last().end() ? 1 : last->second + 1);
  assigned.set_ticket_id(command.ticket_id);
  return events;
}

std::string FormatNumber(const v1::NumberAssigned& assigned) {
  return absl::StrFormat("%s-%05d", assigned.series(), assigned.number());
}

}  // namespace pitlane::ticket
