#include "services/ticket/reactors/on_payment_refunded.h"

#include <optional>

#include "services/ticket/desk.h"

namespace pitlane::ticket {

absl::Status OnPaymentRefunded::On(const common::v1::EventMeta& meta,
                                   const payment::v1::PaymentRefunded& event, runtime::Unit& unit) {
  ASSIGN_OR_RETURN(Desk desk, Desk::Of(unit, event.ticket_id()));
  return desk.Do(event.ticket_id(), std::nullopt,
                 ReturnMoney{.payment_id = event.payment_id(),
                             .refund_id = event.refund_id(),
                             .refunded_minor = event.refunded_minor(),
                             .currency = event.currency()});
}

}  // namespace pitlane::ticket
