#include "libs/rpc/metrics.h"

#include <cstdlib>
#include <exception>

#include "libs/base/check.h"
#include "prometheus/text_serializer.h"

namespace pitlane::rpc {
namespace {

// prometheus-cpp throws on names that are not valid or of another kind: bugs of ours.
template <typename Metric, typename... Extra>
Metric& Make(prometheus::detail::Builder<Metric> builder, prometheus::Registry& registry,
             std::string_view name, std::string_view help, const MetricLabels& labels,
             const Extra&... extra) {
  try {
    return builder.Name(std::string(name))
        .Help(std::string(help))
        .Register(registry)
        .Add(labels, extra...);
  } catch (const std::exception& error) {
    PITLANE_CHECK(false) << "metric " << name << ": " << error.what();
    std::abort();
  }
}

}  // namespace

const std::vector<double>& LatencyBuckets() {
  static const auto* const buckets =
      new std::vector<double>{0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
                              0.05,   0.1,     0.25,   0.5,   1,      2.5,   5,    10};
  return *buckets;
}

Metrics::Metrics() : registry_(std::make_shared<prometheus::Registry>()) {}

prometheus::Counter& Metrics::Counter(std::string_view name, std::string_view help,
                                      const MetricLabels& labels) {
  return Make(prometheus::BuildCounter(), *registry_, name, help, labels);
}

prometheus::Gauge& Metrics::Gauge(std::string_view name, std::string_view help,
                                  const MetricLabels& labels) {
  return Make(prometheus::BuildGauge(), *registry_, name, help, labels);
}

prometheus::Histogram& Metrics::Histogram(std::string_view name, std::string_view help,
                                          const MetricLabels& labels,
                                          const std::vector<double>& buckets) {
  return Make(prometheus::BuildHistogram(), *registry_, name, help, labels, buckets);
}

std::string Metrics::Text() const {
  return prometheus::TextSerializer().Serialize(registry_->Collect());
}

}  // namespace pitlane::rpc
