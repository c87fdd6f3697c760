// Which customers there are, so that a ticket is never opened for nobody. No personal data. Stream:
// the customer's id.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "pitlane/ticket/v1/events.pb.h"
#include "pitlane/ticket/v1/state.pb.h"

namespace pitlane::ticket {

struct KnownCustomerAggregate {
  using State = v1::KnownCustomer;
  using Event = v1::TicketEvent;
  static constexpr uint32_t kSchema = 1;
  static void Apply(v1::KnownCustomer& customer, const v1::TicketEvent& event);
};

struct LearnCustomer {
  std::string customer_id;
  bool erased = false;
};

// No events for what is known already; an erased customer stays erased.
std::vector<v1::TicketEvent> Decide(const v1::KnownCustomer& customer,
                                    const LearnCustomer& command);

}  // namespace pitlane::ticket
