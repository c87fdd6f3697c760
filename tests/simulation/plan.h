// What one seed is made of: which faults there are and how often, how many people sell how much,
// how the services are set up. Drawn from the seed; shrinking takes away from it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace pitlane::simulation {

enum class Fault {
  // Streams.
  kRecordLate,      // comes behind its successors: a gap until then
  kRecordDelayed,   // with everything behind it
  kRecordTwice,     // at once, or long after
  kRecordsSwapped,  // with its neighbour
  kBrokerForgets,   // the end of a partition
  kBrokerDown,      // for a while
  kRelayBreaks,     // what it had under way may still arrive
  // Calls.
  kRequestLost,
  kRequestTwice,
  kAnswerLost,
  kAnswerLate,
  kClientGivesUp,  // does not ask again: nobody knows what became of it
  // Processes and disks.
  kRestart,         // clean
  kKill,            // the process only: what was written stays
  kPowerCut,        // of what was not synced, a prefix of each file is left
  kTornTail,        // ... ending in the middle of what was written last
  kReorderedPages,  // ... later pages without earlier ones
  kCutInCommit,     // the power goes at a drawn operation of a commit
  kCutInOpen,       // ... of an opening after a crash
  kIoError,         // of a write or a sync
  kDiskFull,
  kFlippedBit,   // in what was synced; must be found
  kDaysOffline,  // one computer is away for days
  kClockJumps,
  // The outside world.
  kReaderSilent,    // does it, and the answer is lost
  kReaderDeaf,      // never hears of it, or long after
  kReaderLate,      // answers late, so that answers change places
  kReaderOutcomes,  // declines, part approvals, time-outs, late customers
  kSupplierFaults,
};
inline constexpr int kFaultCount = static_cast<int>(Fault::kSupplierFaults) + 1;

// "record_late".
std::string_view NameOf(Fault fault);
std::optional<Fault> FaultOf(std::string_view name);

struct Plan {
  uint64_t seed = 0;
  // The faults there are, with how often they come, in millionths of whatever they can hit.
  std::map<Fault, uint32_t> faults;
  int sellers = 3;
  int sales = 2;      // of each
  int nuisance = 10;  // odd requests, each of its own
  // Six services in one process that read each other's journals, or a process and a disk for each
  // with a broker between them.
  bool one_process = false;
  uint32_t partitions = 4;
  // A promise that is broken on purpose, to see that it is found; empty: none.
  std::string broken;

  bool Has(Fault fault) const { return faults.contains(fault); }
  uint32_t Rate(Fault fault) const {
    const auto found = faults.find(fault);
    return found == faults.end() ? 0 : found->second;
  }
  // Arguments of pitlane-sim that make this plan.
  std::string Arguments() const;
};

// What the seed says.
Plan PlanOf(uint64_t seed);
// Without any fault.
Plan QuietPlanOf(uint64_t seed);

// Changes to the seed's plan. As on the command line; empty and -1: as the seed says.
struct Less {
  std::optional<std::set<Fault>> only;     // of the seed's faults
  std::optional<std::set<Fault>> exactly;  // these, whatever the seed says, at their usual rates
  int sellers = -1;
  int sales = -1;
  int nuisance = -1;
};
Plan PlanOf(uint64_t seed, const Less& less);
// "a,b,c" or "none". INVALID_ARGUMENT naming what is no fault.
absl::StatusOr<std::set<Fault>> ParseFaults(std::string_view text);

}  // namespace pitlane::simulation
