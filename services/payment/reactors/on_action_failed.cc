#include "services/payment/reactors/on_action_failed.h"

#include "services/payment/tendering.h"

namespace pitlane::payment {

absl::Status OnActionFailed::On(const common::v1::EventMeta&,
                                const terminal_gateway::v1::ActionFailed& event,
                                runtime::Unit& unit) {
  return RecordOutcome(unit, event.action_id(),
                       {.what = CardOutcome::What::kFailed, .code = event.code()});
}

}  // namespace pitlane::payment
