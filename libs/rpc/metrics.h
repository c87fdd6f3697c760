// The metrics of one process, by name and labels, in Prometheus' data model. Names are
// pitlane_<library>_<what>_<unit>; counters end in _total.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "prometheus/counter.h"
#include "prometheus/gauge.h"
#include "prometheus/histogram.h"
#include "prometheus/registry.h"

namespace pitlane::rpc {

using MetricLabels = std::map<std::string, std::string>;

// Seconds, 0.1 ms to 10 s.
const std::vector<double>& LatencyBuckets();

// Thread-safe. What it returns lives as long as it does, and is thread-safe itself: look a metric
// up once and keep the reference. The same name and labels give the same metric; the help text of
// the first call stays. CHECKs that a name is valid and of one kind.
class Metrics {
 public:
  Metrics();

  prometheus::Counter& Counter(std::string_view name, std::string_view help,
                               const MetricLabels& labels = {});
  prometheus::Gauge& Gauge(std::string_view name, std::string_view help,
                           const MetricLabels& labels = {});
  prometheus::Histogram& Histogram(std::string_view name, std::string_view help,
                                   const MetricLabels& labels = {},
                                   const std::vector<double>& buckets = LatencyBuckets());

  // All of it in Prometheus' text format.
  std::string Text() const;
  const std::shared_ptr<prometheus::Registry>& registry() const { return registry_; }

 private:
  std::shared_ptr<prometheus::Registry> registry_;  // shared with the admin port's exposer
};

}  // namespace pitlane::rpc
