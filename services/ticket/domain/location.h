// A location's configuration: what its tickets are priced and taxed by. Stream: the location's id.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "pitlane/ticket/v1/events.pb.h"
#include "pitlane/ticket/v1/types.pb.h"

namespace pitlane::ticket {

struct LocationAggregate {
  using State = v1::Location;
  using Event = v1::TicketEvent;
  static constexpr uint32_t kSchema = 1;
  static void Apply(v1::Location& location, const v1::TicketEvent& event);
};

struct ConfigureLocation {
  v1::Location location;               // the whole configuration; location_id is set
  bool time_zone_known = false;        // whether this computer knows its time zone
  bool tax_jurisdiction_known = true;  // whether it is loaded here, where one is named
};

// No events when it is already so. Refuses TIME_ZONE_UNKNOWN, CURRENCY_FIXED,
// TAX_JURISDICTION_UNKNOWN.
absl::StatusOr<std::vector<v1::TicketEvent>> Decide(const v1::Location& location,
                                                    const ConfigureLocation& command);

}  // namespace pitlane::ticket
