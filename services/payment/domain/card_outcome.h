// What became of an action of a card reader, as payment sees it.
#pragma once

#include <cstdint>
#include <string>

#include "pitlane/payment/v1/types.pb.h"
#include "pitlane/terminal_gateway/v1/types.pb.h"

namespace pitlane::payment {

struct CardOutcome {
  enum class What {
    kInProgress,
    kSucceeded,
    kFailed,
    kCanceled,
    kUnknown,       // nobody knows yet
    kNeverArrived,  // the reader never heard of it, and never will
  };
  What what = What::kUnknown;
  int64_t moved_minor = 0;  // succeeded: may be less than asked for
  v1::CardFacts card;       // succeeded
  std::string code;         // failed: why, e.g. "insufficient_funds"
};

v1::CardFacts CardFactsOf(const terminal_gateway::v1::ActionResult& result);
CardOutcome OutcomeOf(const terminal_gateway::v1::Action& action);

}  // namespace pitlane::payment
