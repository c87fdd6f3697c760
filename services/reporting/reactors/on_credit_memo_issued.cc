#include "services/reporting/reactors/on_credit_memo_issued.h"

#include <optional>
#include <vector>

#include "libs/runtime/unit.h"
#include "services/reporting/domain/ticket_facts.h"

namespace pitlane::reporting {

absl::Status Record(const ticket::v1::CreditMemo& memo, runtime::Unit& unit) {
  const runtime::EventScope scope{memo.location_id(), memo.business_date()};
  return unit.Execute<TicketFacts>(
      memo.ticket_id(), std::nullopt, scope,
      [&](const v1::TicketFactsState& state) -> absl::StatusOr<std::vector<v1::ReportingEvent>> {
        return Decide(state, RecordCredit{memo});
      });
}

absl::Status OnCreditMemoIssued::On(const common::v1::EventMeta& meta,
                                    const ticket::v1::CreditMemoIssued& event,
                                    runtime::Unit& unit) {
  // Sales count once they are complete, and what is taken back of them with them.
  if (event.memo().invoice_stage() != ticket::v1::DOCUMENT_STAGE_CLOSED) return absl::OkStatus();
  return Record(event.memo(), unit);
}

}  // namespace pitlane::reporting
