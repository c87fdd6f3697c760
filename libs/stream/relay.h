// Publishes a journal to its area's Kafka topic, in order, each record once.
//
// What was published is never remembered: at every start the relay reads the end of each partition
// and goes on behind what is really there. So a broker that lost records gets them again, and a
// topic that was deleted is filled again from the beginning. The journal is its own outbox.
//
// The broker being away costs nothing: the relay waits on its own thread with bounded memory, and
// never holds up the journal.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "libs/journal/journal.h"
#include "libs/stream/kafka_options.h"

namespace pitlane::stream {

struct RelayOptions {
  KafkaOptions kafka;
  uint32_t replication_factor = 1;  // only for a topic that the relay makes
  // Records and bytes that are on their way to the broker at a time. The records are also how far a
  // start reads back in each partition to see that nothing is missing.
  uint32_t max_in_flight_records = 2000;
  size_t max_in_flight_bytes = 8u << 20;
  // How often the ends of the partitions are compared with what was published, to notice a topic
  // that was deleted, or a broker that lost its end, while nothing happens.
  absl::Duration topic_check_interval = absl::Seconds(30);
  // Longest pause between attempts.
  absl::Duration max_retry = absl::Seconds(2);
};

struct RelayStatus {
  // Everything in the journal up to here is in the topic, as far as the relay knows; 0 until it has
  // read the topic. Goes back when the topic does.
  uint64_t published = 0;
  bool publishing = false;    // the topic was read, and a producer is at work
  uint64_t in_flight = 0;     // records given to the producer and not acknowledged
  uint64_t acknowledged = 0;  // records, since the relay was made
  uint64_t sessions = 0;      // times that the topic's end was read
  uint64_t failures = 0;      // sessions, and attempts at one, that have ended
  // The topic holds positions that the journal does not: the store is older than its topic (it was
  // restored from a backup) and must not be written to before it has been completed.
  bool behind_topic = false;
  // Why it does not publish; OK while it does. UNAVAILABLE passes by itself, FAILED_PRECONDITION
  // (partition count, or a topic that holds other events than the journal) and DATA_LOSS do not.
  absl::Status trouble;
};

class Relay {
 public:
  // The journal is borrowed and must outlive the relay. Nothing happens before Start.
  Relay(journal::Journal& journal, RelayOptions options);
  // Stops.
  ~Relay();
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;

  // Starts the thread. INVALID_ARGUMENT for a malformed setting or service name;
  // FAILED_PRECONDITION when the shard count does not divide the partition count, or when it was
  // started before. Does not wait for the broker.
  absl::Status Start();
  // Ends the thread; records on their way are given up and published again by the next start. At
  // once, or after a few seconds while a broker hangs. Idempotent.
  void Stop();

  RelayStatus status() const;
  uint64_t published() const;
  // Waits until everything up to `position` is published, or the deadline, or Stop. Returns
  // published() as it is then.
  uint64_t WaitPublished(uint64_t position, absl::Time deadline) const;
  // `listener` is called on the relay's thread whenever published() has changed, trouble has begun
  // or ended, or an attempt has failed; it must be quick and must not call Start or Stop. To be set
  // before Start.
  void OnProgress(std::function<void()> listener);

 private:
  void Run();
  absl::Status RunSession();
  void Wake();
  bool stopping() const;
  void Update(const std::function<void(RelayStatus&)>& change);

  journal::Journal& journal_;
  const RelayOptions options_;
  std::function<void()> listener_;

  mutable absl::Mutex mutex_;
  RelayStatus status_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::function<void()> wake_session_ ABSL_GUARDED_BY(mutex_);

  // Last: they use everything above.
  std::thread thread_;
  journal::Subscription subscription_;
};

}  // namespace pitlane::stream
