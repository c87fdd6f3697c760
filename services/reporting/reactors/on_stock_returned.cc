#include "services/reporting/reactors/on_stock_returned.h"

#include <optional>
#include <vector>

#include "libs/runtime/unit.h"
#include "services/reporting/domain/ticket_facts.h"

namespace pitlane::reporting {

absl::Status OnStockReturned::On(const common::v1::EventMeta& meta,
                                 const inventory::v1::StockReturned& event, runtime::Unit& unit) {
  const runtime::EventScope scope{meta.location_id(), meta.business_date()};
  return unit.Execute<TicketFacts>(
      event.ticket_id(), std::nullopt, scope,
      [&](const v1::TicketFactsState& state) -> absl::StatusOr<std::vector<v1::ReportingEvent>> {
        return Decide(state, RecordPartsReturn{event, meta.business_date()});
      });
}

}  // namespace pitlane::reporting
