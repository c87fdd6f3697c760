// Places at which a test may end the process, as `kill -9` would: FaultPoint("commit.synced").
//
// A process in whose environment PITLANE_FAULT_POINT names one, "commit.synced" or, for its third
// visit, "commit.synced:3", kills itself there. Without that each point is one branch that is never
// taken. Safe from any thread.
#pragma once

#include <string_view>

namespace pitlane {
namespace internal {

// Whether the environment named a point when the process started.
extern const bool kFaultPointsArmed;
void VisitFaultPoint(std::string_view name);

}  // namespace internal

inline void FaultPoint(std::string_view name) {
  if (internal::kFaultPointsArmed) [[unlikely]]
    internal::VisitFaultPoint(name);
}

}  // namespace pitlane
