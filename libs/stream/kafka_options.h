// How to reach a Kafka cluster.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace pitlane::stream {

// `severity` is syslog's: 3 error, 4 warning, 5 notice, 6 info. Called from threads of librdkafka;
// must be thread-safe and quick. Lines never hold record contents.
using KafkaLog = std::function<void(int severity, std::string_view line)>;

struct KafkaOptions {
  std::string bootstrap_servers;  // "HOST:PORT[,HOST:PORT...]"
  std::string client_id = "pitlane";
  // Further librdkafka settings, for security above all ("security.protocol", "sasl.*", "ssl.*").
  // What the correctness of this library rests on (idempotence, acks, offsets) is set after these.
  std::map<std::string, std::string> properties;
  // Everything that librdkafka has to say; nothing goes to stderr. Empty: it is dropped.
  KafkaLog log;
};

}  // namespace pitlane::stream
