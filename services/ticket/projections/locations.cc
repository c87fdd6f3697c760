#include "services/ticket/projections/locations.h"

namespace pitlane::ticket {

void Locations::On(const v1::TicketEvent& event, runtime::ViewWriter& rows) {
  if (!event.has_location_configured()) return;
  const v1::Location& location = event.location_configured().location();
  rows.Put(location.location_id(), location);
}

}  // namespace pitlane::ticket
