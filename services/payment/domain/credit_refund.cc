#include "services/payment/domain/credit_refund.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/money/allocation.h"
#include "libs/rpc/errors.h"
#include "services/payment/domain/payment.h"
#include "services/payment/domain/receivable.h"
#include "services/payment/domain/tender_parts.h"

namespace pitlane::payment {
namespace {

// What is on its way back already, but not there.
int64_t UnderWay(const std::vector<v1::PaymentState>& payments) {
  int64_t sum = 0;
  for (const v1::PaymentState& payment : payments) {
    for (const v1::Refund& refund : payment.payment().refunds()) {
      if (IsOpen(refund)) sum += refund.amount_minor();
    }
  }
  return sum;
}

absl::StatusOr<int64_t> AmountOf(const v1::ReceivableState& receivable, int64_t under_way,
                                 const v1::RefundCreditRequest& request) {
  const int64_t owed = std::max<int64_t>(0, OwedToCustomer(receivable) - under_way);
  // Money goes back for a credit memo, not for the asking.
  if (owed == 0) {
    return rpc::Refused(v1::NOTHING_TO_REFUND,
                        absl::StrCat("nothing is owed to the customer of ticket ",
                                     request.ticket_id(), "; issue a credit memo first"));
  }
  if (request.amount_minor() <= owed) {
    return request.amount_minor() == 0 ? owed : request.amount_minor();
  }
  return rpc::Refused(
      v1::REFUND_EXCEEDS_CREDIT,
      absl::StrCat("only ", owed, " minor units are owed to the customer of ticket ",
                   request.ticket_id()),
      {{"owed_minor", absl::StrCat(owed)}});
}

// What a payment still counts for on the ticket: it differs from the money by cash rounding.
int64_t AppliedLeft(const v1::PaymentState& payment) {
  if (!IsCaptured(payment.payment().status()) || RefundableOf(payment) == 0) return 0;
  int64_t left = payment.payment().applied_minor() - payment.debited_minor();
  for (const v1::Refund& refund : payment.payment().refunds()) {
    if (IsOpen(refund)) left -= refund.amount_minor();
  }
  return std::max<int64_t>(0, left);
}

// Moves what there are no coins for from cash to a tender that takes it; what none takes stays
// owed. All of a payment goes back as it came.
void RoundCash(const std::vector<v1::PaymentState>& payments, int64_t increment,
               const std::vector<int64_t>& left, std::vector<int64_t>& shares) {
  for (size_t i = 0; i < shares.size(); ++i) {
    if (payments[i].payment().tender() != v1::TENDER_CASH) continue;
    if (shares[i] == left[i]) continue;
    int64_t over = shares[i] % increment;
    for (size_t j = 0; j < shares.size() && over > 0; ++j) {
      if (payments[j].payment().tender() == v1::TENDER_CASH) continue;
      const int64_t moved = std::min(over, left[j] - shares[j]);
      shares[j] += moved;
      shares[i] -= moved;
      over -= moved;
    }
    shares[i] -= over;
  }
}

}  // namespace

absl::StatusOr<std::vector<RefundShare>> SharesOf(const v1::ReceivableState& receivable,
                                                  const std::vector<v1::PaymentState>& payments,
                                                  const v1::RefundCreditRequest& request) {
  RETURN_IF_ERROR(CheckKnown(receivable, request.ticket_id()));
  RETURN_IF_ERROR(CheckCurrency(receivable.receivable().currency(), request.currency()));
  ASSIGN_OR_RETURN(const int64_t amount, AmountOf(receivable, UnderWay(payments), request));
  std::vector<int64_t> left;
  int64_t all = 0;
  for (const v1::PaymentState& payment : payments) {
    left.push_back(AppliedLeft(payment));
    all += left.back();
  }
  if (amount > all) {
    return rpc::Refused(v1::REFUND_EXCEEDS_CAPTURED,
                        absl::StrCat("of the payments for ticket ", request.ticket_id(), " only ",
                                     all, " minor units are left to give back"),
                        {{"left_minor", absl::StrCat(all)}});
  }
  ASSIGN_OR_RETURN(std::vector<int64_t> shares, Allocate(amount, left));
  RoundCash(payments, CashIncrementOf(receivable), left, shares);
  std::vector<RefundShare> refunds;
  for (size_t i = 0; i < shares.size(); ++i) {
    if (shares[i] == 0) continue;
    const int64_t money = shares[i] == left[i] ? RefundableOf(payments[i])
                                               : std::min(shares[i], RefundableOf(payments[i]));
    refunds.push_back({payments[i].payment().payment_id(), money});
  }
  if (!refunds.empty()) return refunds;
  return rpc::Refused(v1::NOTHING_TO_REFUND,
                      absl::StrCat("what is owed to the customer of ticket ", request.ticket_id(),
                                   " is less than the smallest coin"));
}

}  // namespace pitlane::payment
