// What the tests of this library share: a journal full of events, and a reader that checks.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "libs/base/check.h"
#include "libs/journal/journal.h"
#include "libs/stream/feed.h"
#include "libs/stream/names.h"
#include "libs/stream/partition_heads.h"
#include "pitlane/common/v1/event_meta.pb.h"

namespace pitlane::stream {

inline constexpr absl::Duration kPatience = absl::Seconds(60);

// A folder under the build folder, removed with everything in it.
class ScratchFolder {
 public:
  ScratchFolder() {
    std::string pattern = absl::StrCat(PITLANE_BINARY_DIR, "/stream_test.XXXXXX");
    path_ = mkdtemp(pattern.data());
  }
  ~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// An event of an area that has no messages of its own: a meta and some bytes behind it.
inline std::string MakeEvent(const std::string& area, uint64_t position, uint32_t slot) {
  common::v1::Envelope envelope;
  common::v1::EventMeta& meta = *envelope.mutable_meta();
  meta.set_event_id(absl::StrCat("evt_", area, "_", position));
  meta.set_type(absl::StrCat("pitlane.", area, ".v1.ThingHappened"));
  meta.set_stream_id(absl::StrCat("thing_", slot));
  meta.set_version(position);
  meta.set_position(position);
  meta.set_source(absl::StrCat(area, ".0"));
  meta.set_slot(slot);
  meta.mutable_occurred_at()->set_seconds(1767225600 + static_cast<int64_t>(position));
  meta.mutable_recorded_at()->set_seconds(1767225600 + static_cast<int64_t>(position));
  std::string bytes = envelope.SerializeAsString();
  // Field 20, length-delimited: what an area's own event would be.
  const std::string body = absl::StrCat("event number ", position, " ", std::string(60, 'x'));
  bytes += "\xa2\x01";
  bytes.push_back(static_cast<char>(body.size()));
  return bytes + body;
}

struct StoreSpec {
  std::string area = "ticket";
  uint32_t partition_count = 4;
  bool note_heads = true;
};

// A journal with events whose slots come from a fixed pattern, most of them in partition 1, none in
// the last one until it is asked for.
class EventStore {
 public:
  explicit EventStore(StoreSpec spec) : spec_(std::move(spec)) { Open(); }

  void Open() {
    auto opened = journal::Journal::Open(
        {.path = folder_.path() + "/journal",
         .identity = {.service = spec_.area, .partition_count = spec_.partition_count}});
    PITLANE_CHECK_OK(opened.status());
    journal_ = *std::move(opened);
  }
  void Close() { journal_.reset(); }

  journal::Journal& journal() { return *journal_; }
  const StoreSpec& spec() const { return spec_; }
  const std::string& folder() const { return folder_.path(); }

  // Commits `count` events, up to 200 in a commit.
  void Append(uint64_t count) {
    while (count > 0) {
      const uint64_t now = std::min<uint64_t>(count, 200);
      journal::Batch batch = journal_->NewBatch();
      for (uint64_t i = 0; i < now; ++i) AddTo(batch, SlotAt(batch.next_position()));
      PITLANE_CHECK_OK(journal_->Commit(std::move(batch)));
      count -= now;
    }
  }
  void AppendToSlot(uint32_t slot) {
    journal::Batch batch = journal_->NewBatch();
    AddTo(batch, slot);
    PITLANE_CHECK_OK(journal_->Commit(std::move(batch)));
  }

  uint64_t size() const { return journal_->last_position(); }

  // Every record in the order of the log, as a feed that starts at 0 has to give them.
  std::vector<FeedRecord> All() const {
    std::map<uint32_t, uint64_t> last;
    std::vector<FeedRecord> all;
    for (uint64_t position = 1; position <= slots_.size(); ++position) {
      const uint32_t slot = slots_[position - 1];
      const uint32_t partition = slot % spec_.partition_count;
      all.push_back({.source = {spec_.area, 0, partition},
                     .position = position,
                     .previous = std::exchange(last[partition], position),
                     .payload = MakeEvent(spec_.area, position, slot)});
    }
    return all;
  }

 private:
  uint32_t SlotAt(uint64_t position) const {
    const uint32_t busy = position % 7 < 4 ? 1 : static_cast<uint32_t>(position % 3);
    return busy % (spec_.partition_count > 1 ? spec_.partition_count - 1 : 1);
  }
  void AddTo(journal::Batch& batch, uint32_t slot) {
    const uint64_t position = batch.next_position();
    const std::string stream = absl::StrCat("thing_", slot);
    const auto version = batch.StreamVersion(stream);
    PITLANE_CHECK_OK(version.status());
    PITLANE_CHECK_OK(batch.Append(stream, *version, MakeEvent(spec_.area, position, slot)));
    if (spec_.note_heads) NotePartitionHead(batch, spec_.partition_count, slot, position);
    slots_.push_back(slot);
  }

  const StoreSpec spec_;
  ScratchFolder folder_;
  std::vector<uint32_t> slots_;
  std::unique_ptr<journal::Journal> journal_;
};

// A reader as a service has one: applies a record only behind its predecessor, keeps cursors, and
// fails the test when a record comes twice, out of order, or behind a gap.
class CheckingReader {
 public:
  explicit CheckingReader(EventFeed& feed) : feed_(feed) {
    feed_.SetWakeup([this] {
      absl::MutexLock lock(&mutex_);
      woken_ = true;
    });
  }
  ~CheckingReader() { feed_.SetWakeup(nullptr); }

  // Polls until there is nothing; returns how many records came.
  size_t PollAll(size_t at_once = 100) {
    size_t came = 0;
    while (true) {
      auto records = feed_.Poll(at_once);
      if (!records.ok()) {
        ADD_FAILURE() << records.status();
        return came;
      }
      for (FeedRecord& record : *records) Apply(std::move(record));
      came += records->size();
      if (records->size() < at_once) return came;
    }
  }

  // Polls whenever the feed wakes us, until `done`. False when that takes too long.
  bool ReadUntil(const std::function<bool()>& done, absl::Duration patience = kPatience) {
    const absl::Time deadline = absl::Now() + patience;
    while (true) {
      PollAll();
      if (done()) return true;
      absl::MutexLock lock(&mutex_);
      if (!mutex_.AwaitWithDeadline(absl::Condition(&woken_), deadline)) return false;
      woken_ = false;
    }
  }
  bool ReadUntilCount(size_t count, absl::Duration patience = kPatience) {
    return ReadUntil([&] { return applied_.size() >= count; }, patience);
  }

  const std::map<Source, uint64_t>& cursors() const { return cursors_; }
  const std::vector<FeedRecord>& applied() const { return applied_; }
  void StartWith(std::map<Source, uint64_t> cursors) { cursors_ = std::move(cursors); }

 private:
  void Apply(FeedRecord record) {
    uint64_t& cursor = cursors_[record.source];
    EXPECT_EQ(record.previous, cursor)
        << record.source.ToString() << " position " << record.position;
    EXPECT_GT(record.position, cursor);
    cursor = record.position;
    applied_.push_back(std::move(record));
  }

  EventFeed& feed_;
  absl::Mutex mutex_;
  bool woken_ = false;
  std::map<Source, uint64_t> cursors_;
  std::vector<FeedRecord> applied_;
};

// The records of each source, in the order in which they stand.
inline std::map<Source, std::vector<FeedRecord>> BySource(const std::vector<FeedRecord>& records) {
  std::map<Source, std::vector<FeedRecord>> result;
  for (const FeedRecord& record : records) result[record.source].push_back(record);
  return result;
}

}  // namespace pitlane::stream
