// A return as it happens at the counter.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "pitlane/ticket/v1/credit.pb.h"
#include "tests/e2e/script.h"

namespace pitlane::e2e {

// Sells one part over the counter, is paid in cash, takes the part back and gives the money back.
// The credit memo.
absl::StatusOr<ticket::v1::CreditMemo> SellAndTakeBack(tools::Session& session,
                                                       const SmallSale& sale,
                                                       ticket::v1::Disposition disposition);

}  // namespace pitlane::e2e
