// What a card reader says about an action, when it is asked.
#pragma once

#include <cstdint>
#include <string>

#include "absl/time/time.h"
#include "pitlane/terminal_gateway/v1/types.pb.h"

namespace pitlane::terminal_gateway {

struct DeviceAnswer {
  enum class What {
    kApproved,
    kFailed,
    kCanceled,
    kInProgress,  // ask again at `ask_at`
    kNoAnswer,    // whether anything happened is not known
  };
  What what = What::kNoAnswer;
  int64_t approved_minor = 0;  // approved: may be less than asked for
  v1::ActionResult result;     // approved
  std::string code;            // failed: why, e.g. "insufficient_funds"
  absl::Time ask_at = absl::InfiniteFuture();
};

}  // namespace pitlane::terminal_gateway
