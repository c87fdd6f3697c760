#include "libs/stream/kafka_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/synchronization/mutex.h"
#include "libs/base/status_matchers.h"

namespace pitlane::stream {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr int kLogWarning = 4;

// What librdkafka warns of while it makes an instance with these settings.
std::vector<std::string> WarningsOf(const std::map<std::string, std::string>& settings) {
  absl::Mutex mutex;
  std::vector<std::string> warnings;
  const KafkaOptions options{.bootstrap_servers = "127.0.0.1:1",
                             .properties = {},
                             .log = [&](int severity, std::string_view line) {
                               absl::MutexLock lock(&mutex);
                               // That nobody listens there is not the point.
                               const bool setting = line.find("CONFWARN") != std::string_view::npos;
                               if (setting && severity <= kLogWarning) warnings.emplace_back(line);
                             }};
  EXPECT_THAT(KafkaClient::Make(RD_KAFKA_PRODUCER, options, settings, 0), IsOk());
  return warnings;
}

TEST(KafkaClient, ExperimentalSettingOfTheRelayIsNoWarning) {
  EXPECT_THAT(WarningsOf({{"enable.idempotence", "true"}, {"enable.gapless.guarantee", "true"}}),
              IsEmpty());
}

TEST(KafkaClient, DeprecatedSettingIsAWarning) {
  EXPECT_THAT(WarningsOf({{"socket.blocking.max.ms", "500"}}),
              ElementsAre(HasSubstr("socket.blocking.max.ms is deprecated")));
}

}  // namespace
}  // namespace pitlane::stream
