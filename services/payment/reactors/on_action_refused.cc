#include "services/payment/reactors/on_action_refused.h"

#include "services/payment/tendering.h"

namespace pitlane::payment {

absl::Status OnActionRefused::On(const common::v1::EventMeta&,
                                 const terminal_gateway::v1::ActionRefused& event,
                                 runtime::Unit& unit) {
  return RecordOutcome(unit, event.action_id(), {.what = CardOutcome::What::kNeverArrived});
}

}  // namespace pitlane::payment
