// Promises that are broken on purpose, to see that the simulation finds it (`--break`).
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "libs/stream/feed.h"
#include "tests/simulation/plan.h"
#include "tests/simulation/service.h"
#include "tests/simulation/world.h"

namespace pitlane::simulation {

// "record_applied_twice", "record_skipped", "acknowledged_tail_lost" (which opening refuses),
// "store_set_back" (which looks sound), "charged_twice".
const std::vector<std::string_view>& Breakable();

// The feed as it is, or one that breaks its promise.
std::unique_ptr<stream::EventFeed> BreakFeed(const Plan& plan, World& world,
                                             std::unique_ptr<stream::EventFeed> feed);
// After a stop: takes away what was acknowledged, if that is to be broken.
void BreakDisk(const Plan& plan, World& world, Service& service);
// Whether a reader's port carries an action out twice.
bool ChargesTwice(const Plan& plan);

}  // namespace pitlane::simulation
