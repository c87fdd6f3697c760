// The runtime's figures as Prometheus metrics of one service.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "libs/rpc/metrics.h"
#include "libs/runtime/service_host.h"

namespace pitlane::runtime {

// Thread-safe. Gauges pitlane_runtime_<what>{area, shard}, those of feeds also with {feed}.
class HostMetrics {
 public:
  // `feeds`: the areas listened to, in the order of HostStatus::feeds.
  HostMetrics(rpc::Metrics& metrics, const std::string& area, uint32_t shard,
              const std::vector<std::string>& feeds);
  // Sets everything to what the status says.
  void Show(const HostStatus& status);

 private:
  struct Feed {
    prometheus::Gauge& stopped;
    prometheus::Gauge& caught_up;
    prometheus::Gauge& applied;
    prometheus::Gauge& duplicates;
    prometheus::Gauge& gaps;
  };

  prometheus::Gauge& last_position_;
  prometheus::Gauge& serving_;
  prometheus::Gauge& caught_up_;
  prometheus::Gauge& parked_;
  prometheus::Gauge& open_effects_;
  prometheus::Gauge& queue_depth_;
  prometheus::Gauge& commands_;
  prometheus::Gauge& commits_;
  prometheus::Gauge& failed_commits_;
  prometheus::Gauge& rejected_;
  prometheus::Gauge& replayed_;
  prometheus::Gauge& refused_;
  prometheus::Gauge& decide_seconds_;
  prometheus::Gauge& commit_seconds_;
  prometheus::Gauge& published_;
  std::vector<Feed> feeds_;
};

}  // namespace pitlane::runtime
