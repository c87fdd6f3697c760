// The embedded feed: tails the journal of a service in the same process.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "libs/journal/journal.h"
#include "libs/stream/feed.h"
#include "libs/stream/partition_reader.h"

namespace pitlane::stream {

// Its sources are the partitions of that journal's identity, in the order of the log. A record is
// visible as soon as its commit has returned. Wake-ups come from the journal's writer thread.
class JournalFeed final : public EventFeed {
 public:
  // The journal is borrowed and must outlive the feed.
  explicit JournalFeed(journal::Journal& journal);

  absl::Status Seek(const std::map<Source, uint64_t>& cursors) override;
  absl::StatusOr<std::vector<FeedRecord>> Poll(size_t max_records) override;
  void SetWakeup(std::function<void()> wakeup) override;
  bool caught_up() const override;

 private:
  void Wake();

  journal::Journal& journal_;
  PartitionReader reader_;
  bool sought_ = false;
  uint64_t end_at_seek_ = 0;
  std::atomic<bool> caught_up_{false};

  absl::Mutex mutex_;
  std::function<void()> wakeup_ ABSL_GUARDED_BY(mutex_);
  // Last: calls back until it is gone.
  journal::Subscription subscription_;
};

}  // namespace pitlane::stream
