// Abseil's mutexes can watch in which order they are taken and end the process where two threads
// might wait for each other. Debian builds them so that they do unless told otherwise.
#pragma once

namespace pitlane {

// For programs in service, first thing in main: the watching takes a lock common to all mutexes of
// the process, gRPC's too. Tests keep it.
void SwitchOffLockOrderChecks();

}  // namespace pitlane
