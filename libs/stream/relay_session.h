// One life of a producer, from reading the topic's end to the first fault. For relay.cc only.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/journal/journal.h"
#include "libs/stream/kafka_client.h"
#include "libs/stream/partition_reader.h"
#include "libs/stream/relay.h"
#include "libs/stream/topic_tail.h"

namespace pitlane::stream {

// Used by one thread, except for Wake.
//
// Any fault ends it, and the next session finds out from the topic what arrived. That is the only
// way of handling faults: a producer that failed cannot say what the broker has.
class RelaySession {
 public:
  struct Progress {
    uint64_t published = 0;
    uint64_t in_flight = 0;
    uint64_t acknowledged = 0;  // in this session
  };
  struct Hooks {
    std::function<bool()> stopped;
    std::function<void(const Progress&)> on_progress;
    // The topic holds what the journal does not; Open is about to say so.
    std::function<void()> on_behind;
  };

  // Makes the topic when it is missing, reads its end and compares it with the journal. Takes as
  // long as that takes, or a few seconds without a broker.
  static absl::StatusOr<std::unique_ptr<RelaySession>> Open(const journal::Journal& journal,
                                                            const RelayOptions& options,
                                                            Hooks hooks);
  ~RelaySession();

  // Publishes until `stopped` (OK) or a fault.
  absl::Status Publish();
  // Makes Publish look at the journal and at `stopped` again. Any thread.
  void Wake() { rd_kafka_queue_yield(events_.get()); }

 private:
  RelaySession(const journal::Journal& journal, const RelayOptions& options, Hooks hooks);

  absl::Status CompareWithJournal(const std::vector<PartitionTail>& tails) const;
  absl::Status MakeProducer();
  absl::Status Fill();
  absl::Status ReadUnits();
  absl::Status Produce(const PartitionRecord& record);
  absl::Status HandleEvent(rd_kafka_event_t* event);
  absl::Status HandleReport(const rd_kafka_message_t& message);
  absl::Status CheckTopic();
  void ReportProgress();

  const journal::Journal& journal_;
  const RelayOptions& options_;
  const Hooks hooks_;
  const std::string source_;  // "ticket.0"
  std::string topic_;

  PartitionReader reader_;
  std::vector<PartitionRecord> begun_;    // of a unit whose end has not been read
  std::deque<PartitionRecord> waiting_;   // to be produced
  std::vector<int64_t> next_offsets_;     // per partition; no smaller one can come any more
  std::map<uint64_t, size_t> in_flight_;  // position -> bytes
  size_t in_flight_bytes_ = 0;
  uint64_t acknowledged_ = 0;

  // In this order: the handles go before the client.
  std::unique_ptr<KafkaClient> producer_;
  KafkaTopicHandle handle_;
  KafkaQueue events_;
};

}  // namespace pitlane::stream
