#include "libs/stream/topics.h"

#include <array>
#include <cstring>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "libs/base/ids.h"
#include "libs/base/status.h"
#include "libs/stream/kafka_client.h"
#include "libs/stream/names.h"

namespace pitlane::stream {
namespace {

// How long to wait before asking again for a topic that was just made.
constexpr absl::Duration kPropagationPause = absl::Milliseconds(20);

absl::Status CreateTopic(const KafkaClient& client, const std::string& topic, const TopicSpec& spec,
                         absl::Duration timeout) {
  std::array<char, 512> error{};
  using NewTopic = KafkaOwned<rd_kafka_NewTopic_t, rd_kafka_NewTopic_destroy>;
  const NewTopic request(
      rd_kafka_NewTopic_new(topic.c_str(), static_cast<int>(spec.partition_count),
                            static_cast<int>(spec.replication_factor), error.data(), error.size()));
  if (request == nullptr)
    return absl::InvalidArgumentError(absl::StrCat(topic, ": ", error.data()));
  for (const auto& [name, value] : {std::pair("cleanup.policy", "delete"),
                                    {"retention.ms", "-1"},
                                    {"retention.bytes", "-1"},
                                    {"max.message.bytes", "8388608"},
                                    {"message.timestamp.type", "LogAppendTime"}}) {
    rd_kafka_NewTopic_set_config(request.get(), name, value);
  }
  const KafkaQueue queue(rd_kafka_queue_new(client.get()));
  using AdminOptions = KafkaOwned<rd_kafka_AdminOptions_t, rd_kafka_AdminOptions_destroy>;
  const AdminOptions options(
      rd_kafka_AdminOptions_new(client.get(), RD_KAFKA_ADMIN_OP_CREATETOPICS));
  const int timeout_ms = ToTimeoutMs(timeout);
  rd_kafka_AdminOptions_set_request_timeout(options.get(), timeout_ms, error.data(), error.size());
  rd_kafka_AdminOptions_set_operation_timeout(options.get(), timeout_ms, error.data(),
                                              error.size());
  rd_kafka_NewTopic_t* requests[] = {request.get()};
  rd_kafka_CreateTopics(client.get(), requests, 1, options.get(), queue.get());
  const KafkaEvent event(rd_kafka_queue_poll(queue.get(), timeout_ms));
  if (event == nullptr) {
    return absl::UnavailableError(absl::StrCat("no answer to making topic ", topic));
  }
  if (const rd_kafka_resp_err_t failed = rd_kafka_event_error(event.get());
      failed != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return KafkaError(failed, absl::StrCat("making topic ", topic));
  }
  size_t count = 0;
  const rd_kafka_topic_result_t** results =
      rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event.get()), &count);
  for (size_t i = 0; i < count; ++i) {
    const rd_kafka_resp_err_t failed = rd_kafka_topic_result_error(results[i]);
    if (failed == RD_KAFKA_RESP_ERR_NO_ERROR || failed == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) {
      continue;
    }
    const char* why = rd_kafka_topic_result_error_string(results[i]);
    return KafkaError(failed, absl::StrCat("making topic ", topic, " with ", spec.partition_count,
                                           " partitions, ", spec.replication_factor, " replicas (",
                                           why == nullptr ? "" : why, ")"));
  }
  return absl::OkStatus();
}

absl::Status CheckSpec(const TopicSpec& spec) {
  RETURN_IF_ERROR(CheckAreaName(spec.area));
  if (spec.partition_count < 1 || spec.partition_count > kSlotCount) {
    return absl::InvalidArgumentError(
        absl::StrCat("a topic has 1 to ", kSlotCount, " partitions, not ", spec.partition_count));
  }
  if (spec.replication_factor < 1 || spec.replication_factor > 100) {
    return absl::InvalidArgumentError(
        absl::StrCat("a topic has 1 to 100 replicas, not ", spec.replication_factor));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckPartitionCount(const std::string& topic, uint32_t actual, uint32_t expected) {
  if (actual == expected) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      "topic ", topic, " has ", actual, " partitions, but the stores of its area have ", expected,
      ": events would go to the wrong place. Delete the topic (it is then made anew and filled "
      "from "
      "the journal), or point to the cluster that has the right one"));
}

absl::Status EnsureTopic(const KafkaOptions& kafka, const TopicSpec& spec, absl::Duration timeout) {
  RETURN_IF_ERROR(CheckSpec(spec));
  ASSIGN_OR_RETURN(const std::string topic, TopicName(spec.area));
  ASSIGN_OR_RETURN(const std::unique_ptr<KafkaClient> client,
                   KafkaClient::Make(RD_KAFKA_PRODUCER, kafka, {}, 0));
  const absl::Time deadline = absl::Now() + timeout;
  absl::Status last = absl::UnavailableError("no broker answered in time");
  bool made = false;
  while (absl::Now() < deadline) {
    const absl::StatusOr<uint32_t> count = client->CountPartitions(topic, deadline - absl::Now());
    if (count.ok()) return CheckPartitionCount(topic, *count, spec.partition_count);
    last = count.status();
    if (absl::IsNotFound(last) && !made) {
      RETURN_IF_ERROR(CreateTopic(*client, topic, spec, deadline - absl::Now()));
      made = true;
    } else if (!absl::IsNotFound(last) && !absl::IsUnavailable(last)) {
      return last;
    } else {
      absl::SleepFor(kPropagationPause);
    }
  }
  return absl::UnavailableError(last.message());
}

}  // namespace pitlane::stream
