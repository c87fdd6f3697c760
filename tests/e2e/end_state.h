// What a shop's day came to, as everybody who may ask the public API sees it.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "tools/pitlane/session.h"

namespace pitlane::e2e {

// One line for each figure, the same for every installation on which the same things were done: the
// reports, what is on hand, profiles, histories and tickets, without what differs by nature (ids,
// times, and on which side of midnight the sales fell). Ask when nothing is under way any more.
absl::StatusOr<std::string> EndState(tools::Session& session);

}  // namespace pitlane::e2e
