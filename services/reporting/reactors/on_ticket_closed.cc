#include "services/reporting/reactors/on_ticket_closed.h"

#include "libs/base/status.h"
#include "libs/runtime/unit.h"
#include "services/reporting/domain/ticket_facts.h"
#include "services/reporting/reactors/on_credit_memo_issued.h"

namespace pitlane::reporting {

absl::Status OnTicketClosed::On(const common::v1::EventMeta& meta,
                                const ticket::v1::TicketClosed& event, runtime::Unit& unit) {
  const runtime::EventScope scope{meta.location_id(), event.ticket().business_date()};
  RETURN_IF_ERROR(unit.Execute<TicketFacts>(
      event.ticket().ticket_id(), std::nullopt, scope,
      [&](const v1::TicketFactsState& state) -> absl::StatusOr<std::vector<v1::ReportingEvent>> {
        return Decide(state, RecordSale{event.ticket()});
      }));
  // Taken back before the sale was complete.
  for (const ticket::v1::CreditMemo& memo : event.credits()) {
    RETURN_IF_ERROR(Record(memo, unit));
  }
  return absl::OkStatus();
}

}  // namespace pitlane::reporting
