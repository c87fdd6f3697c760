#include "services/payment/crediting.h"

#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/rpc/errors.h"
#include "libs/runtime/expected_version.h"
#include "services/payment/domain/credit_refund.h"
#include "services/payment/domain/payment.h"
#include "services/payment/projections/ticket_payments.h"
#include "services/payment/tendering.h"

namespace pitlane::payment {
namespace {

constexpr size_t kPage = 200;

absl::StatusOr<std::vector<v1::PaymentState>> PaymentsOf(runtime::Unit& unit,
                                                         const std::string& ticket_id) {
  std::vector<v1::PaymentState> payments;
  std::optional<std::string> after;
  do {
    ASSIGN_OR_RETURN(const runtime::IdPage page,
                     TicketPayments::List(unit.views(), ticket_id, kPage, after));
    for (const std::string& payment_id : page.ids) {
      ASSIGN_OR_RETURN(const auto payment, unit.Load<PaymentAggregate>(payment_id));
      payments.push_back(payment.state);
    }
    after = page.resume;
  } while (after.has_value());
  return payments;
}

// A limit is not got round by splitting.
absl::Status CheckLimit(runtime::Unit& unit, const std::vector<v1::PaymentState>& payments,
                        const std::vector<RefundShare>& shares) {
  if (shares.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const int64_t limit, RefundLimit(unit, payments.front().payment()));
  int64_t sum = 0;
  for (const RefundShare& share : shares) sum += share.amount_minor;
  if (sum <= limit) return absl::OkStatus();
  return rpc::PermissionDenied(
      v1::REFUND_OVER_LIMIT,
      absl::StrCat("your role may give back ", limit, " minor units at a time; ask a manager"));
}

}  // namespace

absl::Status Credit(runtime::Unit& unit, const CreditReceivable& command) {
  const ticket::v1::CreditMemo& memo = command.memo;
  return unit.Execute<ReceivableAggregate>(
      memo.ticket_id(), std::nullopt,
      {.location_id = memo.location_id(), .business_date = memo.business_date()},
      [&](const v1::ReceivableState& state) { return Decide(state, command); });
}

absl::Status RefundCreditIn(runtime::Unit& unit, const v1::RefundCreditRequest& request,
                            v1::RefundCreditResponse* response) {
  ASSIGN_OR_RETURN(const std::vector<v1::PaymentState> payments,
                   PaymentsOf(unit, request.ticket_id()));
  std::vector<RefundShare> shares;
  // The receivable's version is checked here; what is emitted comes of the refunds.
  RETURN_IF_ERROR(unit.Execute<ReceivableAggregate>(
      request.ticket_id(), runtime::ExpectedVersion(request), {},
      [&](const v1::ReceivableState& state) -> absl::StatusOr<Events> {
        ASSIGN_OR_RETURN(shares, SharesOf(state, payments, request));
        return Events();
      }));
  RETURN_IF_ERROR(CheckLimit(unit, payments, shares));
  for (const RefundShare& share : shares) {
    v1::RefundPaymentRequest refund;
    refund.set_payment_id(share.payment_id);
    refund.set_amount_minor(share.amount_minor);
    refund.set_currency(request.currency());
    refund.set_reason(request.reason());
    v1::RefundPaymentResponse refunded;
    RETURN_IF_ERROR(RefundPaymentIn(unit, refund, &refunded));
    *response->add_payments() = refunded.payment();
  }
  ASSIGN_OR_RETURN(const auto after, unit.Load<ReceivableAggregate>(request.ticket_id()));
  *response->mutable_receivable() = after.state.receivable();
  return absl::OkStatus();
}

}  // namespace pitlane::payment
