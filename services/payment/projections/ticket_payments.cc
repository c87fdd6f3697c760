#include "services/payment/projections/ticket_payments.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/base/text.h"

namespace pitlane::payment {

void TicketPayments::On(const v1::PaymentEvent& event, runtime::ViewWriter& rows) {
  if (!event.has_payment_created()) return;
  const v1::Payment& payment = event.payment_created().payment();
  rows.Put(absl::StrCat(payment.ticket_id(), "/", payment.payment_id()), std::string_view());
}

absl::StatusOr<TicketPayments::Page> TicketPayments::List(runtime::ViewReader& views,
                                                          std::string_view ticket_id, size_t limit,
                                                          std::optional<std::string> after) {
  journal::ScanOptions options;
  options.prefix = absl::StrCat(ToAbsl(ticket_id), "/");
  options.after = std::move(after);
  options.limit = limit;
  ASSIGN_OR_RETURN(journal::ScanPage page, views.Scan(kView, options));
  Page result;
  for (const journal::Row& row : page.rows) {
    result.payment_ids.push_back(row.key.substr(options.prefix.size()));
  }
  result.resume = std::move(page.resume);
  return result;
}

}  // namespace pitlane::payment
