#include "services/reporting/reactors/on_ticket_closed.h"

#include "libs/runtime/unit.h"
#include "services/reporting/domain/ticket_facts.h"

namespace pitlane::reporting {

absl::Status OnTicketClosed::On(const common::v1::EventMeta& meta,
                                const ticket::v1::TicketClosed& event, runtime::Unit& unit) {
  const runtime::EventScope scope{meta.location_id(), event.ticket().business_date()};
  return unit.Execute<TicketFacts>(
      event.ticket().ticket_id(), std::nullopt, scope,
      [&](const v1::TicketFactsState& state) -> absl::StatusOr<std::vector<v1::ReportingEvent>> {
        return Decide(state, RecordSale{event.ticket()});
      });
}

}  // namespace pitlane::reporting
