// How one service hears of another's facts: an ordered stream of records per source.
//
// A source is one partition of one shard's journal ("ticket.0.3"). Positions are those of the
// journal, so within a source they increase but are not contiguous; each record names the position
// of its predecessor in the same source. A reader applies a record only if `previous` is the last
// position it applied there: a gap is thereby found by the reader, whatever carried the records.
//
// Cursors are journal positions in both feeds, so an installation can move from journal feeds to
// Kafka together with its data.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace pitlane::stream {

// One partition of one shard of one area. Ordered, hashable.
struct Source {
  std::string area;        // [a-z][a-z0-9_]*, e.g. "customer_vehicle"
  uint32_t shard = 0;      // of the writing service
  uint32_t partition = 0;  // slot % partition_count of that service's store

  // "ticket.0.3". INVALID_ARGUMENT for anything ToString does not make.
  static absl::StatusOr<Source> Parse(std::string_view text);
  std::string ToString() const;

  friend auto operator<=>(const Source&, const Source&) = default;
  friend bool operator==(const Source&, const Source&) = default;
  template <typename H>
  friend H AbslHashValue(H h, const Source& source) {
    return H::combine(std::move(h), source.area, source.shard, source.partition);
  }
};

// "ticket.0.3@1734": a record's place, as EventMeta.causation_position names it.
std::string PlaceOf(const Source& source, uint64_t position);
// INVALID_ARGUMENT for anything PlaceOf does not make.
absl::StatusOr<std::pair<Source, uint64_t>> ParsePlace(std::string_view text);

struct FeedRecord {
  Source source;
  uint64_t position = 0;  // 1-based, in the source's journal
  uint64_t previous = 0;  // position of the record before this one in the same source; 0 = first
  std::string payload;    // the area's event message; `meta` is its field 1

  friend bool operator==(const FeedRecord&, const FeedRecord&) = default;
};

// One area, as one reader sees it: every source of the area, each in order, interleaved as they
// come. A feed never applies, stores or acknowledges anything: the reader keeps its own cursors.
//
// Threads: Seek and Poll are called by one thread at a time; caught_up from any.
class EventFeed {
 public:
  virtual ~EventFeed() = default;

  // (Re)starts right behind these positions. Sources that are absent start at 0, i.e. with their
  // first record; entries of other areas are ignored. May be called again at any time, also after
  // an error. Does not wait for a broker that is away: its records come when it is back.
  // INVALID_ARGUMENT: a cursor names a partition that the area does not have.
  // DATA_LOSS: a cursor lies behind the end of a journal in this process.
  virtual absl::Status Seek(const std::map<Source, uint64_t>& cursors) = 0;

  // What has arrived since, oldest first per source. Never blocks; empty = nothing new right now.
  // Records at or before the cursor, and repetitions, have been dropped; a gap has not: the reader
  // sees previous != cursor. FAILED_PRECONDITION before the first Seek, and while the source cannot
  // be read as it is (e.g. a topic with another partition count). DATA_LOSS: the bytes of a record
  // contradict their own meta or do not decode; stays until Seek. No error skips a record.
  virtual absl::StatusOr<std::vector<FeedRecord>> Poll(size_t max_records) = 0;

  // `wakeup` is called when Poll or caught_up may have something new to say, from any thread, never
  // from within Seek or Poll (after a Seek, poll without waiting). It must be quick and must not
  // call the feed. Replaces the one before; once this returns, that one is
  // neither running nor called again. nullptr for none. A Poll that returned `max_records` may
  // have left more behind without a further wake-up; one that returned fewer always announces
  // what comes later.
  virtual void SetWakeup(std::function<void()> wakeup) = 0;

  // Whether everything has been returned by Poll that was there when Seek was called. False until
  // that end is known, e.g. while the broker is away.
  virtual bool caught_up() const = 0;
};

}  // namespace pitlane::stream
