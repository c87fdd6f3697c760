// Human numbers of a location: RO- for repair orders, CS- for counter sales, QU- for quotes, INV-
// for invoices, CM- for credit memos, each 1, 2, 3 … without gaps: a number is given out in the
// same commit as the fact it belongs to, and a refused command gives none out. Stream:
// "<location id>/numbers".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "pitlane/ticket/v1/events.pb.h"
#include "pitlane/ticket/v1/state.pb.h"
#include "pitlane/ticket/v1/types.pb.h"

namespace pitlane::ticket {

inline constexpr std::string_view kInvoiceSeries = "INV";
inline constexpr std::string_view kCreditSeries = "CM";

struct NumberSeriesAggregate {
  using State = v1::NumberSeries;
  using Event = v1::TicketEvent;
  static constexpr uint32_t kSchema = 1;
  static void Apply(v1::NumberSeries& series, const v1::TicketEvent& event);
};

std::string NumbersStreamOf(std::string_view location_id);
// "RO", "CS" or "QU".
std::string_view SeriesOf(v1::TicketKind kind);

struct AssignNumber {
  std::string series;
  std::string ticket_id;
};

// The next number of the series. Refuses nothing.
std::vector<v1::TicketEvent> Decide(const v1::NumberSeries& series, const AssignNumber& command);

// "RO-00017": at least five digits, so that the first hundred thousand sort as text.
std::string FormatNumber(const v1::NumberAssigned& assigned);

}  // namespace pitlane::ticket
