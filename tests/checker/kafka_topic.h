// The topics of a Kafka cluster, read through librdkafka.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/checker/history.h"

namespace pitlane::checker {

// The topics of the areas that exist. `bootstrap`: HOST:PORT. UNAVAILABLE when no broker answers.
absl::StatusOr<std::vector<std::unique_ptr<TopicReader>>> OpenTopics(
    const std::string& bootstrap, const std::vector<std::string>& areas);

}  // namespace pitlane::checker
