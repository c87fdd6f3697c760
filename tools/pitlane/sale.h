// One sale from write-up to report, told step by step with the event that proves each.
#pragma once

#include "absl/status/status.h"
#include "tools/pitlane/demo_shop.h"
#include "tools/pitlane/session.h"
#include "tools/pitlane/steps.h"

namespace pitlane::tools {

// Writes up the domain handbook's worked ticket T1 for the demo customer, has it authorised, done,
// invoiced and paid by card, and waits for what follows by itself. Ends at the first step that is
// not ok, with its error. The session needs role owner.
absl::Status PlaySale(Session& session, const DemoShop& shop, const StepSink& sink);

}  // namespace pitlane::tools
