// Units in a topic. What one command made, or one event of another service, is committed whole, but
// a topic may end in the midst of it: its records go to several partitions, and the last ones may
// be on their way when the writer's disk is lost. So the first record of a unit in each partition
// carries the unit's other events (common.v1.UnitEvents), and whoever rebuilds a store has every
// unit whole or not at all. For this library's own sources.
#pragma once

#include <cstddef>
#include <span>

#include "libs/stream/partition_reader.h"

namespace pitlane::stream {

// Units are told apart by what their events have in common: the request or the cause, and the time.
// Units that follow each other and have all of it in common count as one, which is harmless.

// Where the last unit in `records` begins, which must be in the order of the log.
size_t StartOfLastUnit(std::span<const PartitionRecord> records);

// Sets PartitionRecord::unit in whole units. A unit of more than 4 MiB does not fit a record and
// gets none: it may come torn from a topic that ends in it.
void AttachUnits(std::span<PartitionRecord> records);

}  // namespace pitlane::stream
