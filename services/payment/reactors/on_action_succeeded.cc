#include "services/payment/reactors/on_action_succeeded.h"

#include "services/payment/tendering.h"

namespace pitlane::payment {

absl::Status OnActionSucceeded::On(const common::v1::EventMeta&,
                                   const terminal_gateway::v1::ActionSucceeded& event,
                                   runtime::Unit& unit) {
  return RecordOutcome(unit, event.action_id(),
                       {.what = CardOutcome::What::kSucceeded,
                        .moved_minor = event.approved_minor(),
                        .card = CardFactsOf(event.result())});
}

}  // namespace pitlane::payment
