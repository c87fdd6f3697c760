#include "services/payment/reactors/on_credit_memo_issued.h"

#include "services/payment/crediting.h"

namespace pitlane::payment {

absl::Status OnCreditMemoIssued::On(const common::v1::EventMeta&,
                                    const ticket::v1::CreditMemoIssued& event,
                                    runtime::Unit& unit) {
  return Credit(unit, {.memo = event.memo()});
}

}  // namespace pitlane::payment
