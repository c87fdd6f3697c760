// One seed, from an empty disk to the last check.
#pragma once

#include <cstdint>
#include <deque>
#include <string>

#include "tests/simulation/coverage.h"
#include "tests/simulation/plan.h"

namespace pitlane::simulation {

struct Outcome {
  std::string failure;  // empty: every promise was kept
  uint64_t trace_hash = 0;
  uint64_t happenings = 0;
  uint64_t events = 0;            // committed, all services together
  std::deque<std::string> trace;  // its end, or all of it when asked for
  Coverage coverage;
};

// Runs the plan on this thread. The same plan has the same outcome.
Outcome RunPlan(const Plan& plan, bool whole_trace = false);

// The smallest plan found that fails too, by taking away faults, sellers, sales and odd requests
// one at a time. `plan` must fail. At most `tries` runs.
Plan Shrink(const Plan& plan, int tries);

}  // namespace pitlane::simulation
