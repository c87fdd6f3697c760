#include "services/payment/projections/ticket_payments.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/text.h"

namespace pitlane::payment {

void TicketPayments::On(const v1::PaymentEvent& event, runtime::ViewWriter& rows) {
  if (!event.has_payment_created()) return;
  const v1::Payment& payment = event.payment_created().payment();
  rows.Put(absl::StrCat(payment.ticket_id(), "/", payment.payment_id()), std::string_view());
}

absl::StatusOr<runtime::IdPage> TicketPayments::List(runtime::ViewReader& views,
                                                     std::string_view ticket_id, size_t limit,
                                                     std::optional<std::string> after) {
  return views.ScanIds(
      kView,
      {.prefix = absl::StrCat(ToAbsl(ticket_id), "/"), .after = std::move(after), .limit = limit});
}

}  // namespace pitlane::payment
