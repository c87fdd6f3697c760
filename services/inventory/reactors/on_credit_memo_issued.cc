#include "services/inventory/reactors/on_credit_memo_issued.h"

#include "services/inventory/reactors/returned_parts.h"

namespace pitlane::inventory {

absl::Status OnCreditMemoIssued::On(const common::v1::EventMeta& meta,
                                    const ticket::v1::CreditMemoIssued& event,
                                    runtime::Unit& unit) {
  // Nothing has left the shelf yet: what comes back is taken in together with the issue.
  if (event.memo().invoice_stage() != ticket::v1::DOCUMENT_STAGE_CLOSED) return absl::OkStatus();
  return TakeBack(unit, event.memo());
}

}  // namespace pitlane::inventory
