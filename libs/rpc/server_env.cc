#include "libs/rpc/server_env.h"

#include <utility>

namespace pitlane::rpc {

MethodMetrics::MethodMetrics(Metrics& metrics, std::string area, std::string method)
    : metrics_(metrics),
      area_(std::move(area)),
      method_(std::move(method)),
      seconds_(metrics.Histogram("pitlane_rpc_call_seconds", "Time to answer a call.",
                                 {{"area", area_}, {"method", method_}})) {}

void MethodMetrics::Record(absl::StatusCode code, absl::Duration latency) {
  auto& slot = calls_[static_cast<size_t>(code) % calls_.size()];
  prometheus::Counter* counter = slot.load(std::memory_order_acquire);
  if (counter == nullptr) {
    const std::string name = code == absl::StatusCode::kOk ? "OK" : absl::StatusCodeToString(code);
    counter = &metrics_.Counter("pitlane_rpc_calls_total", "Calls answered, by result.",
                                {{"area", area_}, {"method", method_}, {"code", name}});
    slot.store(counter, std::memory_order_release);
  }
  counter->Increment();
  seconds_.Observe(absl::ToDoubleSeconds(latency));
}

ServerEnv::ServerEnv(Options options, TokenVerifier* verifier, Clock& clock, Entropy& entropy,
                     Metrics& metrics)
    : options_(std::move(options)),
      verifier_(verifier),
      clock_(clock),
      entropy_(entropy),
      metrics_(metrics) {}

MethodMetrics& ServerEnv::metrics_of(const MethodInfo& method) {
  {
    absl::ReaderMutexLock lock(&mutex_);
    if (const auto found = methods_.find(&method); found != methods_.end()) return *found->second;
  }
  absl::MutexLock lock(&mutex_);
  auto& entry = methods_[&method];
  if (entry == nullptr) {
    entry = std::make_unique<MethodMetrics>(metrics_, options_.area, method.path);
  }
  return *entry;
}

}  // namespace pitlane::rpc
