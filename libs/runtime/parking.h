// Records of other services that a reactor could not apply, kept in order until somebody decides.
//
// A record is parked under its source and its stream. While anything is parked under a key,
// everything later of that key that we listen to is parked behind it, so that the order within a
// stream holds; all other keys flow.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/journal/journal.h"
#include "libs/runtime/reactor.h"
#include "libs/runtime/unit.h"
#include "libs/stream/feed.h"
#include "pitlane/runtime/v1/records.pb.h"

namespace pitlane::runtime {

class Executor;

struct ParkedKey {
  std::string source;     // "ticket.0.3"
  std::string stream_id;  // empty when the record does not even say it

  friend bool operator==(const ParkedKey&, const ParkedKey&) = default;
};

// The rows. Inside a unit, on the executor's thread.
class ParkedRows {
 public:
  explicit ParkedRows(journal::Batch& batch) : batch_(batch) {}

  // How many are parked under the key. One point read.
  absl::StatusOr<uint64_t> CountOf(const ParkedKey& key);
  absl::Status Add(const v1::ParkedRecord& record);
  // The oldest one of the key.
  absl::StatusOr<std::optional<v1::ParkedRecord>> First(const ParkedKey& key);
  // Replaces a row (another attempt failed). The row must exist.
  void Update(const v1::ParkedRecord& record);
  // NOT_FOUND when there is no such row.
  absl::Status Remove(const ParkedKey& key, uint64_t position);

 private:
  void PutCount(const ParkedKey& key, uint64_t count);

  journal::Batch& batch_;
};

struct ParkedPage {
  std::vector<v1::ParkedRecord> records;  // by source, stream, position
  std::optional<std::string> resume;      // nothing: that was all
};
// Any thread. `source` empty: all. `after`: the `resume` of the page before.
absl::StatusOr<ParkedPage> ListParked(const journal::Journal& journal, std::string_view source,
                                      size_t limit, std::optional<std::string> after);
// How many records are parked.
absl::StatusOr<uint64_t> CountParked(const journal::Journal& journal);

// What another service's record means here: the reactors of its type. Immutable; Apply on the
// executor's thread, the rest on any.
class RecordApplier {
 public:
  using Prototypes = std::map<std::string, const google::protobuf::Message*, std::less<>>;
  // `prototypes`: the event messages of the areas listened to. `reactors` is borrowed.
  RecordApplier(const ReactorRegistry& reactors, Prototypes prototypes, std::string own_area);

  struct Peek {
    common::v1::EventMeta meta;  // empty when the record does not decode
    bool wanted = false;         // a reactor listens to the type, or the record does not decode
  };
  // Decodes only the meta.
  Peek PeekAt(const stream::FeedRecord& record) const;
  // Runs the reactors, with the record as the origin of what they emit. INVALID_ARGUMENT when the
  // payload does not decode. CHECKs that we listen to the area.
  absl::Status Apply(const stream::Source& source, std::string_view payload, Unit& unit) const;

  const std::string& own_area() const { return own_area_; }

 private:
  Origin OriginOf(const stream::Source& source, const common::v1::EventMeta& meta) const;

  const ReactorRegistry& reactors_;
  const Prototypes prototypes_;
  const std::string own_area_;
};

struct RetryResult {
  uint64_t applied = 0;
  uint64_t left = 0;    // still parked under the key
  std::string failure;  // why it stopped; empty when nothing is left
};
// Applies what is parked under the key, oldest first, each record atomically in a unit of its own,
// and stops at the first that fails again. `done` on the executor's thread. NOT_FOUND when nothing
// is parked under the key.
void RetryParked(Executor& executor, const RecordApplier& applier, const ParkedKey& key,
                 std::function<void(absl::StatusOr<RetryResult>)> done);
// Gives one record up for good. NOT_FOUND.
void DiscardParked(Executor& executor, const ParkedKey& key, uint64_t position,
                   std::function<void(absl::Status)> done);

}  // namespace pitlane::runtime
