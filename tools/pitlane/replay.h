// `pitlane replay FILE`: a history of monthly part demand, played as sales through the public API.
//
// Every ticket is made from the seed alone: which parts, customer, vehicle, tender; ids and request
// ids too. So a run that was stopped, at whatever moment, is started again with the same flags:
// tickets that are closed are passed over, one that was half done goes on where it was, and nothing
// is sold twice.
#pragma once

#include <cstdint>
#include <istream>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/pitlane/connection.h"

namespace pitlane::tools {

struct ReplayOptions {
  ConnectionOptions connection;
  std::string file;
  // EPA's vehicles with the columns year, make and model; empty: the demo's own few.
  std::string vehicles;
  uint64_t seed = 1;
  double rate = 0;  // tickets per second; 0: as fast as possible
  int concurrency = 8;
  int months = 0;  // only the first; 0: all
};

// One part sold on a ticket.
struct DemandLine {
  int part = 0;  // index into Demand::parts
  int units = 0;
};

// What the file says, month by month.
struct Demand {
  std::vector<std::string> parts;               // part names
  std::vector<std::vector<DemandLine>> months;  // demand of each month, parts without any left out
  int64_t units = 0;
};

// Reads `index,part,<month>,…`; "NaN" means no longer recorded. INVALID_ARGUMENT names the line.
absl::StatusOr<Demand> ReadDemand(std::istream& input, int months);

// The tickets of one month: every unit of its demand exactly once, 1 to 8 lines a ticket, no part
// twice on a ticket. Pure: the same seed and month give the same tickets.
std::vector<std::vector<DemandLine>> TicketsOf(const std::vector<DemandLine>& month, uint64_t seed,
                                               int month_index);

// The exit code: 0 when every sale is closed.
int RunReplay(const ReplayOptions& options);

}  // namespace pitlane::tools
