// What the end-to-end tests do to a running Pitlane, through its public API and its own tools.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "pitlane/admin/v1/admin_service.pb.h"
#include "tests/e2e/deployment.h"
#include "tools/pitlane/demo_shop.h"
#include "tools/pitlane/replay.h"
#include "tools/pitlane/session.h"

namespace pitlane::e2e {

inline constexpr absl::Duration kPatience = absl::Seconds(60);

// Asks until the answer is true. DEADLINE_EXCEEDED names `what` when it is not after kPatience; an
// error of `done` ends the waiting.
absl::Status Await(std::string_view what, const std::function<absl::StatusOr<bool>()>& done);

// Loads the demo shop, once, and plays its sale. The steps that happened, in order; an error names
// the step that did not.
absl::StatusOr<std::vector<std::string>> PlayDemoSale(tools::Session& session);
// The steps there are.
const std::vector<std::string>& StepsOfASale();

// One part, paid in cash.
struct SmallSale {
  std::string name;  // of its requests: the same name is the same sale
  std::string location_id;
  std::string customer_id;
  std::string vehicle_id;  // empty: over the counter
  std::string part_id;
};
// A part of the demo shop, sold to its customer over the counter.
SmallSale CounterSale(std::string name, const tools::DemoShop& shop);
// From opening to the invoice: all that the ticket service does alone. Answers the ticket's id.
absl::StatusOr<std::string> WriteUpAndInvoice(tools::Session& session, const SmallSale& sale);
// Takes all that is open in cash, and waits until the ticket has closed.
absl::Status PayAndClose(tools::Session& session, const std::string& ticket_id);

// A replay of `months` months in each of which `parts` parts are wanted, 5 units of each; the file
// is made in the deployment's folder. About one ticket for 10 units.
tools::ReplayOptions SteadyDemand(const Deployment& deployment, int parts, int months);

absl::StatusOr<admin::v1::GetStatusResponse> StatusOf(tools::Session& session,
                                                      std::string_view area);
// The last event of the area's journal.
absl::StatusOr<uint64_t> PositionOf(tools::Session& session, std::string_view area);

// What does not hold, one line for each equation with its culprit. Empty: everything holds.
absl::StatusOr<std::string> BrokenEquations(tools::Session& session);

// The output of a program, standard error with it, and how it ended.
struct Output {
  int exit_code = 0;
  std::string text;
};
Output Run(const std::string& command);
// `pitlane <arguments>` against the deployment.
Output RunPitlane(const Deployment& deployment, const std::string& arguments);

}  // namespace pitlane::e2e
