#include "services/payment/reactors/on_action_canceled.h"

#include "services/payment/tendering.h"

namespace pitlane::payment {

absl::Status OnActionCanceled::On(const common::v1::EventMeta&,
                                  const terminal_gateway::v1::ActionCanceled& event,
                                  runtime::Unit& unit) {
  return RecordOutcome(unit, event.action_id(), {.what = CardOutcome::What::kCanceled});
}

}  // namespace pitlane::payment
