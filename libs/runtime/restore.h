// Rebuilds a service's store from its topic, or completes one that is older than its topic.
//
// What a store holds besides its events is rebuilt from them in the same pass:
//   views          by the service's projections
//   request ids    each is known again, without its answer, which is in no topic: its repetition is
//                  refused with ANSWER_LOST and never carried out a second time
//   cursors        from EventMeta.causation_position: the furthest record of each source that
//                  caused something. What lies behind it is read again: the first time it caused
//                  nothing, and reactors are functions of the state, so nothing is done twice
//   open effects   by ServiceDefinition::after_restore, to be asked about, never performed again
// Not rebuilt, because no event says it: answers to requests without events, parked records,
// and secrets (see `secrets` below).
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/journal/journal.h"
#include "libs/runtime/service_host.h"
#include "libs/stream/feed.h"
#include "libs/stream/topic_history.h"

namespace pitlane::runtime {

// While this cursor is in a store, its restore has not ended, and no service opens it. Its value is
// the first position that was restored.
inline constexpr std::string_view kRestoreCursor = "runtime/restore";

struct RestoreReport {
  uint64_t before = 0;     // last position that the store had
  uint64_t restored = 0;   // events appended
  uint64_t completed = 0;  // of them, not in the topic, but carried by a record of their unit
  uint64_t lost = 0;       // of them, PositionLost: committed, and in no topic
  std::map<stream::Source, uint64_t> cursors;  // that moved
  uint64_t secrets = 0;                        // copied
  uint64_t open_effects = 0;
  journal::Tail tail;
};

// Appends what `history` has and the store has not, and compares what both have. The store must be
// nobody else's meanwhile; an interrupted restore is run again. `secrets` (may be nullptr): a store
// of the same shard whose secrets are copied where ours are missing.
//   FAILED_PRECONDITION  the store holds another event than the topic: it was written to after it
//                        was restored, or is another store
//   DATA_LOSS            an event does not decode or does not fit its stream; and TopicHistory's
absl::StatusOr<RestoreReport> Restore(const ServiceDefinition& definition,
                                      journal::Journal& journal, stream::TopicHistory& history,
                                      const journal::Journal* secrets = nullptr);

}  // namespace pitlane::runtime
