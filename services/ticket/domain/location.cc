#include "services/ticket/domain/location.h"

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/message_differencer.h"
#include "libs/rpc/errors.h"
#include "pitlane/ticket/v1/ticket_service.pb.h"

namespace pitlane::ticket {

void LocationAggregate::Apply(v1::Location& location, const v1::TicketEvent& event) {
  if (!event.has_location_configured()) return;
  const uint64_t version = location.version() + 1;
  location = event.location_configured().location();
  location.set_version(version);
}

absl::StatusOr<std::vector<v1::TicketEvent>> Decide(const v1::Location& location,
                                                    const ConfigureLocation& command) {
  v1::Location wanted = command.location;
  // Nobody can say which day it is in a place whose clock is unknown.
  if (!command.time_zone_known) {
    return rpc::Refused(v1::TIME_ZONE_UNKNOWN,
                        absl::StrCat("there is no time zone \"", wanted.time_zone(),
                                     "\" here; give an IANA name such as America/Chicago"));
  }
  // Prices, totals and money received are in the currency the location began with.
  if (!location.currency().empty() && location.currency() != wanted.currency()) {
    return rpc::Refused(
        v1::CURRENCY_FIXED,
        absl::StrCat("location ", location.location_id(), " works in ", location.currency(),
                     "; set up a new location for ", wanted.currency()));
  }
  // Nothing would be taxed in a place that nobody knows.
  if (!command.tax_jurisdiction_known) {
    return rpc::NotFound(v1::TAX_JURISDICTION_UNKNOWN,
                         absl::StrCat("there is no tax jurisdiction ", wanted.tax_jurisdiction(),
                                      "; load it first"));
  }
  if (wanted.tax_rounding() == v1::TAX_ROUNDING_UNSPECIFIED) {
    wanted.set_tax_rounding(v1::TAX_ROUNDING_DOCUMENT);
  }
  wanted.set_version(location.version());
  if (google::protobuf::util::MessageDifferencer::Equals(wanted, location)) {
    return std::vector<v1::TicketEvent>();
  }
  wanted.set_version(location.version() + 1);
  std::vector<v1::TicketEvent> events(1);
  *events[0].mutable_location_configured()->mutable_location() = std::move(wanted);
  return events;
}

}  // namespace pitlane::ticket
