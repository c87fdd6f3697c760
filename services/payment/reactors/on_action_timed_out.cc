#include "services/payment/reactors/on_action_timed_out.h"

#include "services/payment/tendering.h"

namespace pitlane::payment {

absl::Status OnActionTimedOut::On(const common::v1::EventMeta&,
                                  const terminal_gateway::v1::ActionTimedOut& event,
                                  runtime::Unit& unit) {
  return RecordOutcome(unit, event.action_id(), {.what = CardOutcome::What::kUnknown});
}

}  // namespace pitlane::payment
