// A feed whose records, order, repetitions and gaps are written by the test.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "google/protobuf/message.h"
#include "libs/base/clock.h"
#include "libs/stream/feed.h"

namespace pitlane::testing {

// What one area (shard 0) has published, and what its feed delivers of it. Thread-safe. Made once
// by a test; each Feed() reads it, so a service that is started again finds the same records.
class FakeStream {
 public:
  explicit FakeStream(std::string area);

  // Appends a record: gives it the next position and the predecessor that it really has in its
  // partition, sets what is empty of the event's meta (event id, type, stream id, version,
  // position, source, slot, times), and delivers it. `event` is the area's event message. CHECKs
  // that `stream_id` begins with an id.
  stream::FeedRecord Publish(google::protobuf::Message& event, std::string_view stream_id,
                             uint32_t partition = 0);
  // The same for bytes that may be anything.
  stream::FeedRecord PublishBytes(std::string payload, uint32_t partition = 0);

  // While held, records are published but not delivered: the first one delivered after them comes
  // behind a gap, until the feed is sought anew.
  void Hold(bool hold);
  // Delivers a record as it is: again, out of order, invented.
  void Deliver(stream::FeedRecord record);
  // Polls fail with this until OK is set.
  void FailPolls(absl::Status status);

  // How often feeds of it were sought.
  int seeks() const;
  std::vector<stream::FeedRecord> records() const;
  // Position of the last record of each partition.
  std::map<stream::Source, uint64_t> ends() const;

  // At most one is used at a time; not beyond the stream's life.
  std::unique_ptr<stream::EventFeed> Feed();

 private:
  class Reading;

  stream::FeedRecord Append(std::string payload, uint32_t partition)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Wake() ABSL_LOCKS_EXCLUDED(mutex_);

  const std::string area_;
  FakeClock clock_;
  SeededEntropy entropy_;
  mutable absl::Mutex mutex_;
  uint64_t last_position_ ABSL_GUARDED_BY(mutex_) = 0;
  std::map<stream::Source, uint64_t> ends_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, uint64_t> versions_ ABSL_GUARDED_BY(mutex_);
  std::vector<stream::FeedRecord> records_ ABSL_GUARDED_BY(mutex_);
  std::deque<stream::FeedRecord> deliver_ ABSL_GUARDED_BY(mutex_);
  size_t left_to_end_ ABSL_GUARDED_BY(mutex_) = 0;  // of deliver_, those from before the Seek
  bool sought_ ABSL_GUARDED_BY(mutex_) = false;
  bool held_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Status poll_error_ ABSL_GUARDED_BY(mutex_);
  int seeks_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::Mutex wakeup_mutex_;  // held while calling it, so that replacing it waits
  std::function<void()> wakeup_ ABSL_GUARDED_BY(wakeup_mutex_);
};

}  // namespace pitlane::testing
