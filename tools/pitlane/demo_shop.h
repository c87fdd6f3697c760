// A small shop to try things on: one location, a supplier, a shelf of parts, a customer with a car,
// and a simulated card reader. Loading it again changes nothing.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "tools/pitlane/session.h"

namespace pitlane::tools {

struct DemoShop {
  std::string location_id;
  std::string supplier_id;
  std::string customer_id;
  std::string vehicle_id;
  std::string reader_id;
  // Ids of parts, in the order of the sale: brake pads, rotor, alternator.
  std::string pads_id;
  std::string rotor_id;
  std::string alternator_id;
};

// An id that is the same on every machine and every day, for things loaded by name.
std::string NamedId(std::string_view prefix, uint32_t slot, std::string_view name);

// Makes what is missing. The session needs role owner.
absl::StatusOr<DemoShop> LoadDemoShop(Session& session);

}  // namespace pitlane::tools
