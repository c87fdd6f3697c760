// The till's own price list, one stream per part, kept by inventory's events: the till prices a
// line whether inventory runs or not. Stream: the part's id.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "pitlane/ticket/v1/events.pb.h"
#include "pitlane/ticket/v1/types.pb.h"

namespace pitlane::ticket {

struct PartPriceAggregate {
  using State = v1::PartPrice;
  using Event = v1::TicketEvent;
  static constexpr uint32_t kSchema = 1;
  static void Apply(v1::PartPrice& price, const v1::TicketEvent& event);
};

// The part as inventory has it at `price.price_version`.
struct ListPrice {
  v1::PartPrice price;
};

// The amounts that changed at `price_version`.
struct ChangeListedPrice {
  std::string part_id;
  std::string currency;
  int64_t list_price_minor = 0;
  int64_t unit_cost_e4 = 0;
  int64_t core_minor = 0;
  uint64_t price_version = 0;
};

// No events for a version that is not newer than the one there is. The second refuses PART_UNKNOWN:
// a price cannot change before the part is known.
std::vector<v1::TicketEvent> Decide(const v1::PartPrice& price, const ListPrice& command);
absl::StatusOr<std::vector<v1::TicketEvent>> Decide(const v1::PartPrice& price,
                                                    const ChangeListedPrice& command);

}  // namespace pitlane::ticket
