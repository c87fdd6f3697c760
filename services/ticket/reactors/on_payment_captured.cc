#include "services/ticket/reactors/on_payment_captured.h"

#include <optional>

#include "services/ticket/desk.h"

namespace pitlane::ticket {

absl::Status OnPaymentCaptured::On(const common::v1::EventMeta& meta,
                                   const payment::v1::PaymentCaptured& event, runtime::Unit& unit) {
  ASSIGN_OR_RETURN(Desk desk, Desk::Of(unit, event.ticket_id()));
  return desk.Do(event.ticket_id(), std::nullopt,
                 ReceiveMoney{.payment_id = event.payment_id(),
                              .applied_minor = event.applied_minor(),
                              .currency = event.currency()});
}

}  // namespace pitlane::ticket
