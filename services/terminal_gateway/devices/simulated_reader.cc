#include "services/terminal_gateway/devices/simulated_reader.h"

#include <algorithm>

#include "services/terminal_gateway/domain/simulator.h"

namespace pitlane::terminal_gateway {

void SimulatedReader::Start(const v1::ActionRecord& charge, AnswerFn answer) {
  Deliver(charge, answer);
}

void SimulatedReader::Refund(const v1::ActionRecord& refund, AnswerFn answer) {
  Deliver(refund, answer);
}

void SimulatedReader::Cancel(const v1::ActionRecord& action, AnswerFn answer) {
  answer(SimulatedAnswer(action, clock_.Now()));
}

void SimulatedReader::Query(const v1::ActionRecord& action, AnswerFn answer) {
  answer(SimulatedAnswer(action, clock_.Now()));
}

void SimulatedReader::Deliver(const v1::ActionRecord& action, const AnswerFn& answer) {
  {
    absl::MutexLock lock(&mutex_);
    ++deliveries_[action.action().action_id()];
  }
  answer(SimulatedAnswer(action, clock_.Now()));
}

int SimulatedReader::Deliveries(std::string_view action_id) const {
  absl::MutexLock lock(&mutex_);
  const auto it = deliveries_.find(action_id);
  return it == deliveries_.end() ? 0 : it->second;
}

int SimulatedReader::MostDeliveries() const {
  absl::MutexLock lock(&mutex_);
  int most = 0;
  for (const auto& [action_id, count] : deliveries_) most = std::max(most, count);
  return most;
}

}  // namespace pitlane::terminal_gateway
