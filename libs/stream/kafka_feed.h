// The feed of an area over Kafka.
//
// Neither consumer groups nor Kafka-side offsets are used: the reader's cursors are positions of
// the source's journal, and where these are in the topic is looked up when they are needed. So a
// topic may be deleted and filled again, lose its end, or hold records twice; the reader gets every
// record once and in order, or sees the gap.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "libs/stream/chain.h"
#include "libs/stream/feed.h"
#include "libs/stream/kafka_options.h"
#include "libs/stream/topic_reader.h"

namespace pitlane::stream {

struct KafkaFeedOptions {
  KafkaOptions kafka;
  // Of the area's stores. When not 0, a topic with another count is refused: Poll answers
  // FAILED_PRECONDITION until that is repaired.
  uint32_t partition_count = 0;
  // Shards of the area's service; it names the sources of partitions that nothing was read of.
  uint32_t shard_count = 1;
  // Records that wait for Poll; when there are more, fetching pauses.
  size_t max_buffered_records = 4096;
  size_t max_buffered_bytes = 8u << 20;
  // How long a record whose predecessor is not in the topic waits for it before it is returned: a
  // relay that finds records missing fills them in by itself.
  absl::Duration gap_patience = absl::Seconds(5);
  // Longest pause between attempts while the broker or the topic is not there.
  absl::Duration max_retry = absl::Seconds(2);
};

// Has a thread of its own, which talks to Kafka. A broker or topic that is not there (yet, or any
// more) is not an error: records come when it is back. A gap is returned only when the whole
// partition does not hold the missing record, and after some patience: the record behind the gap
// once, then nothing more of that source until the missing one comes, or Seek.
class KafkaFeed final : public EventFeed {
 public:
  // INVALID_ARGUMENT for a malformed area or Kafka setting. Does not wait for the broker.
  static absl::StatusOr<std::unique_ptr<KafkaFeed>> Create(std::string area,
                                                           KafkaFeedOptions options);
  // Waits for the thread: at once, or a few seconds while a broker hangs.
  ~KafkaFeed() override;

  absl::Status Seek(const std::map<Source, uint64_t>& cursors) override;
  absl::StatusOr<std::vector<FeedRecord>> Poll(size_t max_records) override;
  void SetWakeup(std::function<void()> wakeup) override;
  bool caught_up() const override;

 private:
  struct SourceState {
    ChainFilter chain{0};
    // The record behind a gap, while the missing one may still come.
    std::optional<FeedRecord> held = std::nullopt;
    // When it is given up: set at the partition's end.
    absl::Time held_until = absl::InfiniteFuture();
    bool gap_reported = false;
    // The search was already done for this position; a gap seen now is a gap in the topic.
    std::optional<uint64_t> searched_for = std::nullopt;
  };

  KafkaFeed(std::string area, std::string topic, KafkaFeedOptions options);

  void Run();
  // Reads until interrupted (OK) or something is wrong. ABORTED: look the offsets up once more.
  absl::Status Session();
  absl::StatusOr<uint32_t> WaitForTopic(TopicReader& reader);
  absl::Status StartReading(TopicReader& reader, uint32_t partition_count);
  absl::Status TakeRecord(const TopicReader::Item& item);
  void TakeEnd(uint32_t partition);
  void ReportGaps();
  void ReachedOffset(uint32_t partition, int64_t next_offset);
  SourceState& StateOf(const Source& source);
  // Waits for room; drops the record when interrupted (the next session reads it again).
  void Push(FeedRecord record);
  void AnnounceTrouble(absl::Status trouble);
  void Pause(absl::Duration pause);
  void Wake();

  bool Interrupted() const ABSL_LOCKS_EXCLUDED(mutex_);
  bool InterruptedLocked() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return stopping_ || generation_ != reading_generation_;
  }
  bool HasRoomOrInterrupted() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return InterruptedLocked() || (buffer_.size() < options_.max_buffered_records &&
                                   buffered_bytes_ < options_.max_buffered_bytes);
  }

  const std::string area_;
  const std::string topic_;
  const KafkaFeedOptions options_;

  // The thread's own.
  std::map<Source, SourceState> sources_;
  std::map<uint32_t, int64_t> until_caught_up_;   // offsets to reach, per partition
  absl::Time gaps_due_ = absl::InfiniteFuture();  // the earliest held_until
  bool end_known_ = false;
  bool got_to_read_ = false;  // in the session that ended last

  mutable absl::Mutex mutex_;
  uint64_t generation_ ABSL_GUARDED_BY(mutex_) = 0;  // raised by every Seek
  uint64_t reading_generation_ ABSL_GUARDED_BY(mutex_) = 0;
  std::map<Source, uint64_t> cursors_ ABSL_GUARDED_BY(mutex_);
  std::deque<FeedRecord> buffer_ ABSL_GUARDED_BY(mutex_);
  size_t buffered_bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  bool read_to_end_ ABSL_GUARDED_BY(mutex_) = false;  // caught up, but for these in the buffer:
  size_t left_to_end_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::Status trouble_ ABSL_GUARDED_BY(mutex_);
  TopicReader* reader_ ABSL_GUARDED_BY(mutex_) = nullptr;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;

  absl::Mutex wakeup_mutex_;
  std::function<void()> wakeup_ ABSL_GUARDED_BY(wakeup_mutex_);

  // Last: uses everything above.
  std::thread thread_;
};

}  // namespace pitlane::stream
