// What must hold when everything is well again, read from the stores themselves, the topics, the
// provider's log and what clients were told.
#pragma once

#include "tests/simulation/client.h"
#include "tests/simulation/installation.h"
#include "tests/simulation/world.h"

namespace pitlane::simulation {

// Goes on with the world while views are rebuilt. What does not hold is World::Fail.
void CheckEverything(World& world, Installation& installation,
                     const Acknowledgements& acknowledged);

}  // namespace pitlane::simulation
