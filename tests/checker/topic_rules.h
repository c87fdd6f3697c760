// What has to hold of a topic: it is what the stores of its area hold.
#pragma once

#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "tests/checker/history.h"
#include "tests/checker/log_rules.h"
#include "tests/checker/report.h"

namespace pitlane::checker {

// Reads the topic. An error when it cannot be read.
absl::Status CheckTopic(const TopicReader& topic,
                        const std::vector<std::unique_ptr<StoreLog>>& logs,
                        const Expectations& expectations, Report& report);

}  // namespace pitlane::checker
