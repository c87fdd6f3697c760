#include "services/ticket/domain/known_customer.h"

namespace pitlane::ticket {

void KnownCustomerAggregate::Apply(v1::KnownCustomer& customer, const v1::TicketEvent& event) {
  if (!event.has_customer_known()) return;
  customer.set_customer_id(event.customer_known().customer_id());
  customer.set_erased(event.customer_known().erased());
}

std::vector<v1::TicketEvent> Decide(const v1::KnownCustomer& customer,
                                    const LearnCustomer& command) {
  const bool known = !customer.customer_id().empty();
  if (known && (customer.erased() || !command.erased)) return {};
  std::vector<v1::TicketEvent> events(1);
  v1::CustomerKnown& event = *events[0].mutable_customer_known();
  event.set_customer_id(command.customer_id);
  event.set_erased(command.erased);
  return events;
}

}  // namespace pitlane::ticket
