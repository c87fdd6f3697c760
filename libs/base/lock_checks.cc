#include "libs/base/lock_checks.h"

#include "absl/synchronization/mutex.h"

namespace pitlane {

void SwitchOffLockOrderChecks() {
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
}

}  // namespace pitlane
