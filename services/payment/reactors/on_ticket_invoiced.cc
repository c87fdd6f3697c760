#include "services/payment/reactors/on_ticket_invoiced.h"

#include "services/payment/tendering.h"

namespace pitlane::payment {

absl::Status OnTicketInvoiced::On(const common::v1::EventMeta&,
                                  const ticket::v1::TicketInvoiced& event, runtime::Unit& unit) {
  return Create(unit, {.ticket = event.ticket()});
}

}  // namespace pitlane::payment
