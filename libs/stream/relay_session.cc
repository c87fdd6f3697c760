#include "libs/stream/relay_session.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "libs/base/fault_point.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/stream/cloud_event.h"
#include "libs/stream/names.h"
#include "libs/stream/topics.h"
#include "libs/stream/units.h"

namespace pitlane::stream {
namespace {

constexpr absl::Duration kTopicTimeout = absl::Seconds(5);
constexpr size_t kReadAtOnce = 256;
constexpr size_t kMaxMessageBytes = 8u << 20;

}  // namespace

RelaySession::RelaySession(const journal::Journal& journal, const RelayOptions& options,
                           Hooks hooks)
    : journal_(journal),
      options_(options),
      hooks_(std::move(hooks)),
      source_(ShardName{journal.identity().service, journal.identity().shard}.ToString()),
      reader_(journal) {}

RelaySession::~RelaySession() {
  if (producer_ != nullptr) {
    rd_kafka_purge(producer_->get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
  }
}

absl::StatusOr<std::unique_ptr<RelaySession>> RelaySession::Open(const journal::Journal& journal,
                                                                 const RelayOptions& options,
                                                                 Hooks hooks) {
  std::unique_ptr<RelaySession> session(new RelaySession(journal, options, std::move(hooks)));
  const journal::StoreIdentity& identity = journal.identity();
  ASSIGN_OR_RETURN(session->topic_, TopicName(identity.service));
  RETURN_IF_ERROR(EnsureTopic(options.kafka,
                              {.area = identity.service,
                               .partition_count = identity.partition_count,
                               .replication_factor = options.replication_factor},
                              kTopicTimeout));
  const auto ours = [&identity](uint32_t partition) {
    return ShardOfPartition(partition, identity.shard_count) == identity.shard;
  };
  ASSIGN_OR_RETURN(const std::vector<PartitionTail> tails,
                   ReadTails(options.kafka, {.topic = session->topic_,
                                             .source = session->source_,
                                             .partition_count = identity.partition_count,
                                             .wanted = ours,
                                             .window = options.max_in_flight_records,
                                             .stopped = session->hooks_.stopped}));
  RETURN_IF_ERROR(session->CompareWithJournal(tails));
  std::vector<uint64_t> positions;
  for (const PartitionTail& tail : tails) {
    positions.push_back(tail.position);
    session->next_offsets_.push_back(tail.end_offset);
  }
  RETURN_IF_ERROR(session->reader_.Seek(positions));
  RETURN_IF_ERROR(session->MakeProducer());
  return session;
}

absl::Status RelaySession::CompareWithJournal(const std::vector<PartitionTail>& tails) const {
  const uint64_t end = journal_.last_position();
  for (const PartitionTail& tail : tails) {
    if (tail.position == 0) continue;
    if (tail.position > end) {
      hooks_.on_behind();
      return absl::FailedPreconditionError(
          absl::StrCat("topic ", topic_, " holds ", source_, " up to position ", tail.position,
                       ", but the journal ends at ", end,
                       ": the store is older than the topic. Complete it from the topic (pitlane "
                       "journal restore "
                       "--from-kafka HOST:PORT --area ",
                       journal_.identity().service, " --shard ", journal_.identity().shard,
                       " --data FOLDER), or delete the topic to publish this store in its place"));
    }
    ASSIGN_OR_RETURN(const std::vector<journal::Record> record,
                     journal_.ReadLog(tail.position, 1, 1));
    if (record.size() != 1 || record[0].payload != tail.payload) {
      return absl::FailedPreconditionError(absl::StrCat(
          "topic ", topic_, " holds another event at position ", tail.position, " of ", source_,
          " than the journal: it belongs to another store. Publish to another cluster, or delete "
          "the topic"));
    }
  }
  return absl::OkStatus();
}

absl::Status RelaySession::MakeProducer() {
  ASSIGN_OR_RETURN(
      producer_,
      KafkaClient::Make(
          RD_KAFKA_PRODUCER, options_.kafka,
          {{"enable.idempotence", "true"},
           {"acks", "all"},
           {"message.timeout.ms", "0"},
           // A record that is refused must not be overtaken by the ones behind it.
           {"enable.gapless.guarantee", "true"},
           {"request.timeout.ms", "10000"},
           {"linger.ms", "1"},
           {"message.max.bytes", absl::StrCat(kMaxMessageBytes)},
           // Our own limits are the smaller ones, so producing never fails for a full queue.
           {"queue.buffering.max.messages", absl::StrCat(options_.max_in_flight_records + 1000)},
           {"queue.buffering.max.kbytes",
            absl::StrCat((options_.max_in_flight_bytes + 2 * kMaxMessageBytes) >> 10)}},
          RD_KAFKA_EVENT_DR | RD_KAFKA_EVENT_ERROR));
  handle_.reset(rd_kafka_topic_new(producer_->get(), topic_.c_str(), nullptr));
  if (handle_ == nullptr) return KafkaError(rd_kafka_last_error(), topic_);
  events_.reset(rd_kafka_queue_get_main(producer_->get()));
  return absl::OkStatus();
}

absl::Status RelaySession::Publish() {
  absl::Time next_check = absl::Now() + options_.topic_check_interval;
  while (true) {
    RETURN_IF_ERROR(Fill());
    ReportProgress();
    if (hooks_.stopped()) return absl::OkStatus();
    // Wakes for acknowledgements and, through Wake, for commits; the time is for the check only.
    KafkaEvent event(rd_kafka_queue_poll(events_.get(), ToTimeoutMs(next_check - absl::Now())));
    while (event != nullptr) {
      RETURN_IF_ERROR(HandleEvent(event.get()));
      event.reset(rd_kafka_queue_poll(events_.get(), 0));
    }
    if (absl::Now() >= next_check) {
      RETURN_IF_ERROR(CheckTopic());
      next_check = absl::Now() + options_.topic_check_interval;
    }
  }
}

absl::Status RelaySession::Fill() {
  while (in_flight_.size() < options_.max_in_flight_records &&
         in_flight_bytes_ < options_.max_in_flight_bytes) {
    if (waiting_.empty()) RETURN_IF_ERROR(ReadUnits());
    if (waiting_.empty()) break;
    RETURN_IF_ERROR(Produce(waiting_.front()));
    waiting_.pop_front();
  }
  return absl::OkStatus();
}

// Whole units only: each begins with what completes it.
absl::Status RelaySession::ReadUnits() {
  while (waiting_.empty()) {
    ASSIGN_OR_RETURN(std::vector<PartitionRecord> records, reader_.Read(kReadAtOnce));
    // A commit is seen whole, so where there is no more for now a unit has ended.
    const bool at_end = records.size() < kReadAtOnce;
    begun_.insert(begun_.end(), std::make_move_iterator(records.begin()),
                  std::make_move_iterator(records.end()));
    if (begun_.empty()) return absl::OkStatus();
    const size_t whole = at_end ? begun_.size() : StartOfLastUnit(begun_);
    const auto end = begun_.begin() + static_cast<std::ptrdiff_t>(whole);
    AttachUnits({begun_.data(), whole});
    waiting_.insert(waiting_.end(), std::make_move_iterator(begun_.begin()),
                    std::make_move_iterator(end));
    begun_.erase(begun_.begin(), end);
  }
  return absl::OkStatus();
}

absl::Status RelaySession::Produce(const PartitionRecord& record) {
  const journal::StoreIdentity& identity = journal_.identity();
  if (ShardOfPartition(record.partition, identity.shard_count) != identity.shard) {
    return absl::DataLossError(absl::StrCat("the event at position ", record.position, " of ",
                                            source_, " has slot ", record.meta.slot(),
                                            ", which belongs to another shard"));
  }
  rd_kafka_headers_t* headers = rd_kafka_headers_new(16);
  for (const auto& [name, value] : MakeHeaders(record.meta, record.previous)) {
    rd_kafka_header_add(headers, name.c_str(), -1, value.data(),
                        static_cast<ssize_t>(value.size()));
  }
  if (!record.unit.empty()) {
    const std::string unit = Base64UrlEncode(record.unit);
    rd_kafka_header_add(headers, std::string(kUnitHeader).c_str(), -1, unit.data(),
                        static_cast<ssize_t>(unit.size()));
  }
  const std::string& key = record.meta.stream_id();
  std::array<rd_kafka_vu_t, 7> parts{};
  parts[0].vtype = RD_KAFKA_VTYPE_RKT;
  parts[0].u.rkt = handle_.get();
  parts[1].vtype = RD_KAFKA_VTYPE_PARTITION;
  parts[1].u.i32 = static_cast<int32_t>(record.partition);
  parts[2].vtype = RD_KAFKA_VTYPE_MSGFLAGS;
  parts[2].u.i = RD_KAFKA_MSG_F_COPY;
  parts[3].vtype = RD_KAFKA_VTYPE_KEY;
  parts[3].u.mem = {const_cast<char*>(key.data()), key.size()};
  parts[4].vtype = RD_KAFKA_VTYPE_VALUE;
  parts[4].u.mem = {const_cast<char*>(record.payload.data()), record.payload.size()};
  parts[5].vtype = RD_KAFKA_VTYPE_HEADERS;
  parts[5].u.headers = headers;
  parts[6].vtype = RD_KAFKA_VTYPE_OPAQUE;
  parts[6].u.ptr = reinterpret_cast<void*>(static_cast<uintptr_t>(record.position));
  using Error = KafkaOwned<rd_kafka_error_t, rd_kafka_error_destroy>;
  const Error error(rd_kafka_produceva(producer_->get(), parts.data(), parts.size()));
  if (error != nullptr) {
    rd_kafka_headers_destroy(headers);
    return KafkaError(rd_kafka_error_code(error.get()),
                      absl::StrCat("publishing position ", record.position, " of ", source_, " (",
                                   rd_kafka_error_string(error.get()), ")"));
  }
  const size_t bytes = record.payload.size() + record.unit.size();
  FaultPoint("relay.produced");
  in_flight_.emplace(record.position, bytes);
  in_flight_bytes_ += bytes;
  return absl::OkStatus();
}

absl::Status RelaySession::HandleEvent(rd_kafka_event_t* event) {
  if (rd_kafka_event_type(event) == RD_KAFKA_EVENT_DR) {
    while (const rd_kafka_message_t* message = rd_kafka_event_message_next(event)) {
      RETURN_IF_ERROR(HandleReport(*message));
    }
    return absl::OkStatus();
  }
  // Other errors are passing ones, which librdkafka deals with and logs.
  if (rd_kafka_event_type(event) == RD_KAFKA_EVENT_ERROR &&
      rd_kafka_event_error(event) == RD_KAFKA_RESP_ERR__FATAL) {
    std::array<char, 512> why{};
    const rd_kafka_resp_err_t error =
        rd_kafka_fatal_error(producer_->get(), why.data(), why.size());
    return KafkaError(error, absl::StrCat("publishing ", source_, " (", why.data(), ")"));
  }
  return absl::OkStatus();
}

absl::Status RelaySession::HandleReport(const rd_kafka_message_t& message) {
  FaultPoint("relay.reported");
  const uint64_t position = reinterpret_cast<uintptr_t>(message._private);
  if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return KafkaError(message.err, absl::StrCat("publishing position ", position, " of ", source_));
  }
  // A retry that the broker had already is acknowledged without an offset.
  if (message.offset >= 0) {
    int64_t& next_offset = next_offsets_[static_cast<uint32_t>(message.partition)];
    if (message.offset < next_offset) {
      return absl::UnavailableError(absl::StrCat(
          "partition ", message.partition, " of ", topic_, " went back from offset ", next_offset,
          " to ", message.offset, ": the topic was made anew, or the broker lost records"));
    }
    next_offset = message.offset + 1;
  }
  if (const auto found = in_flight_.find(position); found != in_flight_.end()) {
    in_flight_bytes_ -= found->second;
    in_flight_.erase(found);
    ++acknowledged_;
  }
  return absl::OkStatus();
}

absl::Status RelaySession::CheckTopic() {
  const absl::StatusOr<std::vector<PartitionRange>> ranges =
      producer_->QueryRanges(topic_, static_cast<uint32_t>(next_offsets_.size()), kTopicTimeout);
  // The broker being away is the producer's business.
  if (absl::IsUnavailable(ranges.status())) return absl::OkStatus();
  RETURN_IF_ERROR(ranges.status());
  for (size_t partition = 0; partition < next_offsets_.size(); ++partition) {
    if ((*ranges)[partition].high >= next_offsets_[partition]) continue;
    return absl::UnavailableError(
        absl::StrCat("partition ", partition, " of ", topic_, " ends at offset ",
                     (*ranges)[partition].high, " instead of ", next_offsets_[partition],
                     ": the topic was made anew, or the broker lost records"));
  }
  return absl::OkStatus();
}

void RelaySession::ReportProgress() {
  Progress now;
  now.published = reader_.scanned();
  if (!begun_.empty()) now.published = begun_.front().position - 1;
  if (!waiting_.empty()) now.published = waiting_.front().position - 1;
  if (!in_flight_.empty()) now.published = in_flight_.begin()->first - 1;
  now.in_flight = in_flight_.size();
  now.acknowledged = acknowledged_;
  hooks_.on_progress(now);
}

}  // namespace pitlane::stream
