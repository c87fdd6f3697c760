// A feed whose records, order, repetitions and gaps are written by the test.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "google/protobuf/message.h"
#include "libs/stream/feed.h"

namespace pitlane::testing {

// What one area has published, and what its feed delivers of it. Thread-safe. Made once by a test;
// each Feed() is a view of it, so a service that is restarted finds the same records.
class FakeStream {
 public:
  explicit FakeStream(std::string area) : area_(std::move(area)) {}

  // Appends a record to the stream: gives it the next position of the source and the predecessor it
  // really has, sets the event's meta (position, source, type, stream id, event id, slot) where
  // they are empty, and delivers it. `event` is the area's event message.
  stream::FeedRecord Publish(google::protobuf::Message& event, std::string_view stream_id,
                             uint32_t partition = 0);
  // As Publish, for bytes that may be anything.
  stream::FeedRecord PublishBytes(std::string payload, uint32_t partition = 0);

  // Appends without delivering it: the next one delivered leaves a gap, which Seek heals.
  void Hold(bool hold);
  // Delivers any record (again, out of order, invented).
  void Deliver(stream::FeedRecord record);
  // The next Polls fail with this, until OK is set.
  void FailPolls(absl::Status status);

  // How often it was sought.
  int seeks() const;
  // Everything published so far.
  std::vector<stream::FeedRecord> records() const;

  // A feed over this stream. At most one is used at a time. Not beyond the stream's life.
  std::unique_ptr<stream::EventFeed> Feed();

 private:
  class View;

  stream::FeedRecord Append(std::string payload, uint32_t partition)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Wake() ABSL_LOCKS_EXCLUDED(mutex_);

  const std::string area_;
  mutable absl::Mutex mutex_;
  uint64_t last_position_ ABSL_GUARDED_BY(mutex_) = 0;
  std::map<uint32_t, uint64_t> last_of_partition_ ABSL_GUARDED_BY(mutex_);
  std::vector<stream::FeedRecord> records_ ABSL_GUARDED_BY(mutex_);
  std::deque<stream::FeedRecord> deliver_ ABSL_GUARDED_BY(mutex_);
  size_t end_at_seek_ ABSL_GUARDED_BY(mutex_) = 0;
  size_t polled_ ABSL_GUARDED_BY(mutex_) = 0;
  bool held_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Status poll_error_ ABSL_GUARDED_BY(mutex_);
  int seeks_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::Mutex wakeup_mutex_;  // held while calling it, so that replacing it waits
  std::function<void()> wakeup_ ABSL_GUARDED_BY(wakeup_mutex_);
};

}  // namespace pitlane::testing
