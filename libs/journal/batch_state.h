// The contents of a Batch.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/node_hash_map.h"
#include "libs/journal/codec.h"
#include "libs/journal/journal.h"
#include "libs/journal/overlay.h"
#include "rocksdb/write_batch.h"

namespace pitlane::journal::internal {

class Store;

// Writer thread only. Log and stream index go straight into the write batch, since they are only
// ever added to; everything else is in the overlay until the commit.
class BatchState {
 public:
  explicit BatchState(Store& store);
  ~BatchState();
  BatchState(const BatchState&) = delete;
  BatchState& operator=(const BatchState&) = delete;

  struct Stream {
    uint64_t committed_version = 0;
    std::vector<size_t> events;  // indexes into BatchState::events
    uint64_t version() const { return committed_version + events.size(); }
  };
  struct Event {
    Stream* stream;
    uint64_t position;
    size_t value_begin;  // of the record, within the write batch's bytes
    size_t value_size;
  };

  absl::Status Append(std::string_view stream_id, uint64_t expected_version,
                      std::string_view payload);
  absl::StatusOr<uint64_t> StreamVersion(std::string_view stream_id, uint64_t believed);
  // Appends the batch's own records of a stream to `records`, while it has fewer than
  // `max_records`.
  absl::Status AddRecords(std::string_view stream_id, uint64_t from_version, size_t max_records,
                          std::vector<Record>& records) const;

  // What the batch, or else the store, holds under a key.
  absl::StatusOr<std::optional<std::string>> Get(Family family, std::string_view key) const;
  ViewState View(std::string_view view) const;
  void SetView(std::string_view view, const ViewState& state);
  Generation Resolve(std::string_view view, Generation generation) const {
    return generation != kCurrentGeneration ? generation : View(view).current;
  }

  void SetSavePoint();
  void RollbackToSavePoint();
  void PopSavePoint();

  bool empty() const { return events_.empty() && overlay_.empty(); }
  bool deletes_secrets() const;
  size_t events() const { return events_.size(); }
  size_t approximate_bytes() const;

  Store& store() const { return store_; }
  Overlay& overlay() { return overlay_; }
  const Tail& tail() const { return tail_; }
  const absl::node_hash_map<std::string, Stream>& streams() const { return streams_; }
  // Moves the overlay's changes behind the events; for the commit.
  absl::Status Finish();
  rocksdb::WriteBatch& writes() { return writes_; }

 private:
  struct SavePoint {
    size_t events;
    Tail tail;
  };

  Store& store_;
  rocksdb::WriteBatch writes_;
  Overlay overlay_;
  Tail tail_;  // as it is after the batch
  absl::node_hash_map<std::string, Stream> streams_;
  std::vector<Event> events_;
  std::vector<SavePoint> save_points_;
  RecordEncoder encoder_;
  bool views_changed_ = false;
};

}  // namespace pitlane::journal::internal
