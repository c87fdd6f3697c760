// One sale from write-up to report, told step by step with the event that proves each.
#pragma once

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "tools/pitlane/demo_shop.h"
#include "tools/pitlane/session.h"

namespace pitlane::tools {

struct SaleStep {
  std::string step;  // e.g. "invoice"
  std::string area;  // the service that did it
  std::string what;  // one sentence
  bool ok = false;
  std::string event;       // e.g. "pitlane.ticket.v1.TicketInvoiced"; empty when not ok
  std::string position;    // where it was committed, e.g. "ticket.0@17"
  absl::Duration elapsed;  // since the sale began
  std::string error;       // why not ok
};

using StepSink = std::function<void(const SaleStep&)>;

// Writes up the domain handbook's worked ticket T1 for the demo customer, has it authorised, done,
// invoiced and paid by card, and waits for what follows by itself. Ends at the first step that is
// not ok, with its error. The session needs role owner.
absl::Status PlaySale(Session& session, const DemoShop& shop, const StepSink& sink);

}  // namespace pitlane::tools
