#include "tests/checker/kafka_topic.h"

#include <librdkafka/rdkafka.h>

#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"

namespace pitlane::checker {
namespace {

constexpr int kTimeoutMs = 15000;

struct DestroyClient {
  void operator()(rd_kafka_t* client) const { rd_kafka_destroy(client); }
};
struct DestroyTopic {
  void operator()(rd_kafka_topic_t* topic) const { rd_kafka_topic_destroy(topic); }
};
using Client = std::unique_ptr<rd_kafka_t, DestroyClient>;
using Topic = std::unique_ptr<rd_kafka_topic_t, DestroyTopic>;

absl::StatusOr<Client> Connect(const std::string& bootstrap) {
  std::array<char, 512> error{};
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  const std::pair<const char*, const char*> settings[] = {{"bootstrap.servers", bootstrap.c_str()},
                                                          {"enable.auto.commit", "false"},
                                                          {"log_level", "0"},
                                                          {"check.crcs", "true"},
                                                          {"enable.partition.eof", "true"},
                                                          {"group.id", "pitlane-verify"}};
  for (const auto& [name, value] : settings) {
    if (rd_kafka_conf_set(conf, name, value, error.data(), error.size()) != RD_KAFKA_CONF_OK) {
      rd_kafka_conf_destroy(conf);
      return absl::InvalidArgumentError(error.data());
    }
  }
  Client client(rd_kafka_new(RD_KAFKA_CONSUMER, conf, error.data(), error.size()));
  if (client == nullptr) return absl::UnavailableError(error.data());
  return client;
}

std::string_view View(const void* bytes, size_t size) {
  return {static_cast<const char*>(bytes), size};
}

class KafkaTopic final : public TopicReader {
 public:
  KafkaTopic(std::shared_ptr<rd_kafka_t> client, std::string area, int partitions)
      : client_(std::move(client)),
        area_(std::move(area)),
        name_(absl::StrCat("pitlane.", area_, ".events.v1")),
        partitions_(partitions) {}

  const std::string& area() const override { return area_; }

  absl::Status ForEach(const TopicFn& record) const override {
    const Topic topic(rd_kafka_topic_new(client_.get(), name_.c_str(), nullptr));
    for (int partition = 0; partition < partitions_; ++partition) {
      RETURN_IF_ERROR(ReadPartition(topic.get(), partition, record));
    }
    return absl::OkStatus();
  }

 private:
  absl::Status Failed(int partition, rd_kafka_resp_err_t error) const {
    return absl::UnavailableError(
        absl::StrCat(name_, " ", partition, ": ", rd_kafka_err2str(error)));
  }

  absl::Status ReadPartition(rd_kafka_topic_t* topic, int partition, const TopicFn& record) const {
    int64_t low = 0;
    int64_t high = 0;
    const rd_kafka_resp_err_t ranged = rd_kafka_query_watermark_offsets(
        client_.get(), name_.c_str(), partition, &low, &high, kTimeoutMs);
    if (ranged != RD_KAFKA_RESP_ERR_NO_ERROR) return Failed(partition, ranged);
    if (low == high) return absl::OkStatus();
    if (rd_kafka_consume_start(topic, partition, low) != 0) {
      return Failed(partition, rd_kafka_last_error());
    }
    absl::Status status;
    for (bool more = true; more && status.ok();) {
      rd_kafka_message_t* message = rd_kafka_consume(topic, partition, kTimeoutMs);
      if (message == nullptr) {
        status = Failed(partition, RD_KAFKA_RESP_ERR__TIMED_OUT);
        break;
      }
      if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
        Give(*message, record);
        more = message->offset + 1 < high;
      } else if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
        more = false;
      } else {
        status = Failed(partition, message->err);
      }
      rd_kafka_message_destroy(message);
    }
    rd_kafka_consume_stop(topic, partition);
    return status;
  }

  static void Give(const rd_kafka_message_t& message, const TopicFn& record) {
    TopicRecord read{.partition = message.partition,
                     .offset = message.offset,
                     .key = View(message.key, message.key_len),
                     .value = View(message.payload, message.len),
                     .headers = {}};
    rd_kafka_headers_t* headers = nullptr;
    if (rd_kafka_message_headers(&message, &headers) == RD_KAFKA_RESP_ERR_NO_ERROR) {
      const char* name = nullptr;
      const void* value = nullptr;
      size_t size = 0;
      for (size_t i = 0;
           rd_kafka_header_get_all(headers, i, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR;
           ++i) {
        read.headers.emplace_back(name, View(value, size));
      }
    }
    record(read);
  }

  const std::shared_ptr<rd_kafka_t> client_;
  const std::string area_;
  const std::string name_;
  const int partitions_;
};

}  // namespace

absl::StatusOr<std::vector<std::unique_ptr<TopicReader>>> OpenTopics(
    const std::string& bootstrap, const std::vector<std::string>& areas) {
  ASSIGN_OR_RETURN(Client connected, Connect(bootstrap));
  // Topics are read one after the other by one client.
  const std::shared_ptr<rd_kafka_t> client(connected.release(), DestroyClient());
  const rd_kafka_metadata_t* metadata = nullptr;
  const rd_kafka_resp_err_t error =
      rd_kafka_metadata(client.get(), 1, nullptr, &metadata, kTimeoutMs);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return absl::UnavailableError(absl::StrCat(bootstrap, ": ", rd_kafka_err2str(error)));
  }
  std::vector<std::unique_ptr<TopicReader>> topics;
  for (const std::string& area : areas) {
    for (int i = 0; i < metadata->topic_cnt; ++i) {
      const rd_kafka_metadata_topic_t& topic = metadata->topics[i];
      if (absl::StrCat("pitlane.", area, ".events.v1") != topic.topic) continue;
      topics.push_back(std::make_unique<KafkaTopic>(client, area, topic.partition_cnt));
    }
  }
  rd_kafka_metadata_destroy(metadata);
  return topics;
}

}  // namespace pitlane::checker
