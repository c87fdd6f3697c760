// The shop that a replay sells in: made once, the same for every run of a seed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/pitlane/replay.h"
#include "tools/pitlane/session.h"

namespace pitlane::tools {

struct ReplayShop {
  std::string location_id;
  std::vector<std::string> part_ids;      // in the order of Demand::parts
  std::vector<std::string> customer_ids;  // person i owns vehicle i
  std::vector<std::string> vehicle_ids;
  std::vector<std::string> reader_ids;  // one for each seller
};

std::string ReplayTicketId(uint64_t seed, int month, int number);

// Makes what is missing: location, parts with reorder rules (and no stock: it arrives only through
// reorders), customers, vehicles, readers.
absl::StatusOr<ReplayShop> LoadReplayShop(Session& session, const ReplayOptions& options,
                                          const Demand& demand);

}  // namespace pitlane::tools
