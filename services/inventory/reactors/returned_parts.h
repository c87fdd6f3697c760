// What a credit memo brings back to the shelves.
#pragma once

#include "absl/status/status.h"
#include "libs/runtime/unit.h"
#include "pitlane/ticket/v1/credit.pb.h"

namespace pitlane::inventory {

// Takes every returned unit in at the cost it left with, on the memo's own day. A memo that was
// taken in before changes nothing. FAILED_PRECONDITION when a line was not issued, or not as much:
// the fact waits (parked) until it was.
absl::Status TakeBack(runtime::Unit& unit, const ticket::v1::CreditMemo& memo);

}  // namespace pitlane::inventory
