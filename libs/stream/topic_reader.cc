#include "libs/stream/topic_reader.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"

namespace pitlane::stream {
namespace {

constexpr absl::Duration kStopCheck = absl::Milliseconds(200);

}  // namespace

std::string_view TopicReader::Item::payload() const {
  return {static_cast<const char*>(message->payload), message->len};
}

std::optional<std::string_view> TopicReader::Item::Header(std::string_view name) const {
  rd_kafka_headers_t* headers = nullptr;
  rd_kafka_message_headers(message.get(), &headers);
  const void* value = nullptr;
  size_t size = 0;
  if (headers == nullptr || rd_kafka_header_get_last(headers, std::string(name).c_str(), &value,
                                                     &size) != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return std::nullopt;
  }
  return std::string_view(static_cast<const char*>(value), size);
}

absl::StatusOr<TopicPlace> TopicReader::Item::Place() const {
  absl::StatusOr<TopicPlace> place =
      ReadPlace([this](std::string_view name) { return Header(name); }, payload());
  if (place.ok()) return place;
  return absl::Status(
      place.status().code(),
      absl::StrCat("record at offset ", offset, " of partition ", partition, " of ",
                   rd_kafka_topic_name(message->rkt), ": ", place.status().message()));
}

absl::StatusOr<std::unique_ptr<TopicReader>> TopicReader::Open(const KafkaOptions& options,
                                                               std::string topic, Tuning tuning) {
  ASSIGN_OR_RETURN(
      std::unique_ptr<KafkaClient> client,
      KafkaClient::Make(RD_KAFKA_CONSUMER, options,
                        {{"enable.auto.commit", "false"},
                         {"enable.auto.offset.store", "false"},
                         {"enable.partition.eof", "true"},
                         // An offset out of range means another topic than the one we knew; where
                         // to go on is for the position to say, not for the broker.
                         {"auto.offset.reset", "error"},
                         {"fetch.error.backoff.ms", "100"},
                         {"fetch.wait.max.ms", absl::StrCat(tuning.fetch_wait_ms)},
                         {"fetch.message.max.bytes", absl::StrCat(tuning.fetch_bytes)},
                         {"queued.max.messages.kbytes", absl::StrCat(tuning.queued_kbytes)}},
                        0));
  std::unique_ptr<TopicReader> reader(new TopicReader(std::move(topic), std::move(client)));
  if (reader->handle_ == nullptr) return KafkaError(rd_kafka_last_error(), reader->topic_);
  return reader;
}

TopicReader::TopicReader(std::string topic, std::unique_ptr<KafkaClient> client)
    : topic_(std::move(topic)),
      client_(std::move(client)),
      handle_(rd_kafka_topic_new(client_->get(), topic_.c_str(), nullptr)),
      queue_(rd_kafka_queue_new(client_->get())) {}

// No rd_kafka_consume_stop: a partition that is stopped and then vanishes with its topic would keep
// rd_kafka_destroy waiting for ever (librdkafka 2.0.2 to 2.6.0); one that was not stopped does not.
TopicReader::~TopicReader() = default;

absl::Status TopicReader::Seek(uint32_t partition, int64_t offset) {
  const auto number = static_cast<int32_t>(partition);
  if (started_.insert(partition).second) {
    if (rd_kafka_consume_start_queue(handle_.get(), number, offset, queue_.get()) != 0) {
      return KafkaError(rd_kafka_last_error(), topic_);
    }
    return absl::OkStatus();
  }
  const rd_kafka_resp_err_t error = rd_kafka_seek(handle_.get(), number, offset, 0);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return KafkaError(error, topic_);
  return absl::OkStatus();
}

absl::StatusOr<TopicReader::Item> TopicReader::Next(absl::Duration timeout) {
  Item item;
  item.message.reset(rd_kafka_consume_queue(queue_.get(), ToTimeoutMs(timeout)));
  if (item.message == nullptr) return item;
  item.partition = static_cast<uint32_t>(item.message->partition);
  item.offset = item.message->offset;
  if (item.message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
    item.kind = Kind::kRecord;
  } else if (item.message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
    item.kind = Kind::kEnd;
  } else {
    return KafkaError(item.message->err,
                      absl::StrCat(topic_, " partition ", item.partition, " (",
                                   rd_kafka_message_errstr(item.message.get()), ")"));
  }
  return item;
}

absl::StatusOr<TopicReader::Item> TopicReader::Await(absl::Duration patience,
                                                     const std::function<bool()>& stopped) {
  for (absl::Duration silent; silent < patience; silent += kStopCheck) {
    if (stopped && stopped()) return absl::CancelledError("stopped");
    ASSIGN_OR_RETURN(Item item, Next(kStopCheck));
    if (item.kind != Kind::kNothing) return item;
  }
  return absl::UnavailableError(topic_ + ": the broker does not send its records");
}

}  // namespace pitlane::stream
