#include "services/ticket/reactors/on_customer_registered.h"

#include <optional>
#include <vector>

#include "libs/runtime/unit.h"
#include "services/ticket/domain/known_customer.h"

namespace pitlane::ticket {

absl::Status OnCustomerRegistered::On(const common::v1::EventMeta& meta,
                                      const customer_vehicle::v1::CustomerRegistered& event,
                                      runtime::Unit& unit) {
  const LearnCustomer command{.customer_id = event.customer_id(), .erased = false};
  return unit.Execute<KnownCustomerAggregate>(
      event.customer_id(), std::nullopt, {},
      [&command](const v1::KnownCustomer& customer)
          -> absl::StatusOr<std::vector<v1::TicketEvent>> { return Decide(customer, command); });
}

}  // namespace pitlane::ticket
