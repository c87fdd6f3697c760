#include "services/payment/domain/card_outcome.h"

namespace pitlane::payment {

namespace gateway = terminal_gateway::v1;
using What = CardOutcome::What;

v1::CardFacts CardFactsOf(const gateway::ActionResult& result) {
  v1::CardFacts facts;
  facts.set_brand(result.brand());
  facts.set_last_four(result.last_four());
  facts.set_entry_mode(result.entry_mode());
  facts.set_authorization_code(result.authorization_code());
  facts.set_processor_reference(result.processor_reference());
  return facts;
}

CardOutcome OutcomeOf(const gateway::Action& action) {
  switch (action.status()) {
    case gateway::ACTION_STATUS_IN_PROGRESS:
      return {.what = What::kInProgress};
    case gateway::ACTION_STATUS_SUCCEEDED:
      return {.what = What::kSucceeded,
              .moved_minor = action.approved_minor(),
              .card = CardFactsOf(action.result())};
    case gateway::ACTION_STATUS_FAILED:
      return {.what = What::kFailed, .code = action.failure_code()};
    case gateway::ACTION_STATUS_CANCELED:
      return {.what = What::kCanceled};
    case gateway::ACTION_STATUS_REFUSED:
      return {.what = What::kNeverArrived};
    case gateway::ACTION_STATUS_TIMED_OUT:
    case gateway::ACTION_STATUS_UNSPECIFIED:
    case gateway::ActionStatus_INT_MIN_SENTINEL_DO_NOT_USE_:
    case gateway::ActionStatus_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  return {.what = What::kUnknown};
}

}  // namespace pitlane::payment
