#include "libs/stream/kafka_client.h"

#include <algorithm>
#include <array>
#include <climits>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "libs/base/check.h"
#include "libs/base/status.h"
#include "libs/base/text.h"

namespace pitlane::stream {
namespace {

constexpr absl::Duration kLeaderPause = absl::Milliseconds(20);
constexpr int kLogInfo = 6;

// librdkafka warns of every setting that it calls experimental. This one the relay has chosen
// knowingly (relay_session.cc).
bool IsChosenKnowingly(std::string_view facility, std::string_view text) {
  return facility == "CONFWARN" &&
         text.find("enable.gapless.guarantee is experimental") != std::string_view::npos;
}

absl::StatusCode CodeOf(rd_kafka_resp_err_t error) {
  // Not a switch over all of it: newer versions add errors, and most of them are passing ones.
  switch (static_cast<int>(error)) {
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
      return absl::StatusCode::kNotFound;
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
      return absl::StatusCode::kPermissionDenied;
    case RD_KAFKA_RESP_ERR__AUTHENTICATION:
    case RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED:
      return absl::StatusCode::kUnauthenticated;
    case RD_KAFKA_RESP_ERR_INVALID_REPLICATION_FACTOR:
    case RD_KAFKA_RESP_ERR_INVALID_PARTITIONS:
    case RD_KAFKA_RESP_ERR_INVALID_CONFIG:
    case RD_KAFKA_RESP_ERR_POLICY_VIOLATION:
    case RD_KAFKA_RESP_ERR__INVALID_ARG:
      return absl::StatusCode::kInvalidArgument;
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
      return absl::StatusCode::kResourceExhausted;
    default:
      return absl::StatusCode::kUnavailable;
  }
}

}  // namespace

absl::Status KafkaError(rd_kafka_resp_err_t error, std::string_view what) {
  return absl::Status(CodeOf(error), absl::StrCat(ToAbsl(what), ": ", rd_kafka_err2str(error)));
}

int ToTimeoutMs(absl::Duration timeout) {
  if (timeout == absl::InfiniteDuration()) return -1;
  // Rounded up: a wait of less than a millisecond must not become none at all, many times over.
  const absl::Duration whole = absl::Ceil(timeout, absl::Milliseconds(1));
  return static_cast<int>(std::clamp<int64_t>(absl::ToInt64Milliseconds(whole), 0, INT_MAX));
}

void KafkaClient::Log(const rd_kafka_t* client, int level, const char* facility, const char* text) {
  const auto* self = static_cast<const KafkaClient*>(rd_kafka_opaque(client));
  if (!self->log_) return;
  if (IsChosenKnowingly(facility, text)) level = kLogInfo;
  self->log_(level, absl::StrCat("kafka ", facility, ": ", text));
}

absl::StatusOr<std::unique_ptr<KafkaClient>> KafkaClient::Make(
    rd_kafka_type_t type, const KafkaOptions& options,
    const std::map<std::string, std::string>& settings, int events) {
  std::map<std::string, std::string> all = options.properties;
  for (const auto& [name, value] : settings) all[name] = value;
  all["bootstrap.servers"] = options.bootstrap_servers;
  all["client.id"] = options.client_id;
  // A topic is only ever made by EnsureTopic, with the right number of partitions.
  all["allow.auto.create.topics"] = "false";
  // A broker that comes back is noticed within a second.
  all["reconnect.backoff.max.ms"] = "1000";
  all["socket.timeout.ms"] = "10000";
  all["socket.keepalive.enable"] = "true";

  std::unique_ptr<KafkaClient> client(new KafkaClient(options.log));
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  absl::Cleanup free_conf = [conf] { rd_kafka_conf_destroy(conf); };
  std::array<char, 512> error{};
  for (const auto& [name, value] : all) {
    if (rd_kafka_conf_set(conf, name.c_str(), value.c_str(), error.data(), error.size()) !=
        RD_KAFKA_CONF_OK) {
      return absl::InvalidArgumentError(
          absl::StrCat("Kafka setting \"", name, "\": ", error.data()));
    }
  }
  rd_kafka_conf_set_opaque(conf, client.get());
  rd_kafka_conf_set_log_cb(conf, &KafkaClient::Log);
  if (events != 0) rd_kafka_conf_set_events(conf, events);
  client->client_ = rd_kafka_new(type, conf, error.data(), error.size());
  if (client->client_ == nullptr) {
    return absl::InvalidArgumentError(absl::StrCat("Kafka client: ", error.data()));
  }
  std::move(free_conf).Cancel();
  return client;
}

KafkaClient::~KafkaClient() {
  if (client_ != nullptr) rd_kafka_destroy(client_);
}

absl::StatusOr<uint32_t> KafkaClient::CountPartitions(const std::string& topic,
                                                      absl::Duration timeout) const {
  const KafkaTopicHandle handle(rd_kafka_topic_new(client_, topic.c_str(), nullptr));
  if (handle == nullptr) return KafkaError(rd_kafka_last_error(), topic);
  const rd_kafka_metadata_t* metadata = nullptr;
  const rd_kafka_resp_err_t error =
      rd_kafka_metadata(client_, 0, handle.get(), &metadata, ToTimeoutMs(timeout));
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return KafkaError(error, topic);
  const absl::Cleanup free_metadata = [metadata] { rd_kafka_metadata_destroy(metadata); };
  if (metadata->topic_cnt != 1) return absl::UnavailableError("no metadata of " + topic);
  const rd_kafka_metadata_topic_t& found = metadata->topics[0];
  if (found.err != RD_KAFKA_RESP_ERR_NO_ERROR) return KafkaError(found.err, topic);
  return static_cast<uint32_t>(found.partition_cnt);
}

absl::StatusOr<std::vector<int64_t>> KafkaClient::QueryOffsets(const std::string& topic,
                                                               uint32_t count, int64_t which,
                                                               absl::Duration timeout) const {
  using List = KafkaOwned<rd_kafka_topic_partition_list_t, rd_kafka_topic_partition_list_destroy>;
  const List list(rd_kafka_topic_partition_list_new(static_cast<int>(count)));
  for (uint32_t partition = 0; partition < count; ++partition) {
    rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), static_cast<int32_t>(partition))
        ->offset = which;
  }
  // One request for all partitions, and it keeps its time limit, which
  // rd_kafka_query_watermark_offsets does not before 2.3. The protocol's special timestamps -1 and
  // -2 mean the end and the beginning.
  const rd_kafka_resp_err_t error =
      rd_kafka_offsets_for_times(client_, list.get(), ToTimeoutMs(timeout));
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return KafkaError(error, topic);
  std::vector<int64_t> offsets(count, -1);
  for (int i = 0; i < list->cnt; ++i) {
    const rd_kafka_topic_partition_t& entry = list->elems[i];
    if (entry.err != RD_KAFKA_RESP_ERR_NO_ERROR) return KafkaError(entry.err, topic);
    offsets[static_cast<uint32_t>(entry.partition)] = entry.offset;
  }
  for (const int64_t offset : offsets) {
    if (offset < 0)
      return absl::UnavailableError("the broker does not say where " + topic + " ends");
  }
  return offsets;
}

absl::StatusOr<std::vector<PartitionRange>> KafkaClient::QueryRanges(const std::string& topic,
                                                                     uint32_t count,
                                                                     absl::Duration timeout) const {
  const absl::Time deadline = absl::Now() + timeout;
  absl::StatusOr<std::vector<int64_t>> begin;
  while (true) {
    begin = QueryOffsets(topic, count, RD_KAFKA_OFFSET_BEGINNING, deadline - absl::Now());
    // For a moment a topic that was just made is known, but its partitions are not led yet.
    if (!absl::IsUnavailable(begin.status()) || absl::Now() + kLeaderPause > deadline) break;
    absl::SleepFor(kLeaderPause);
  }
  ASSIGN_OR_RETURN(const std::vector<int64_t> low, std::move(begin));
  ASSIGN_OR_RETURN(const std::vector<int64_t> high,
                   QueryOffsets(topic, count, RD_KAFKA_OFFSET_END, deadline - absl::Now()));
  std::vector<PartitionRange> ranges;
  for (uint32_t partition = 0; partition < count; ++partition) {
    ranges.push_back({low[partition], high[partition]});
  }
  return ranges;
}

}  // namespace pitlane::stream
