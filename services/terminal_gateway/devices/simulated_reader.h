// Card readers that exist in memory only. What they do is a function of what is committed
// (domain/simulator.h), so they say the same before and after a crash.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "libs/base/clock.h"
#include "services/terminal_gateway/devices/reader_port.h"

namespace pitlane::terminal_gateway {

// Thread-safe. Answers before it returns.
class SimulatedReader final : public ReaderPort {
 public:
  // Borrowed.
  explicit SimulatedReader(Clock& clock) : clock_(clock) {}

  void Start(const v1::ActionRecord& charge, AnswerFn answer) override;
  void Refund(const v1::ActionRecord& refund, AnswerFn answer) override;
  void Cancel(const v1::ActionRecord& action, AnswerFn answer) override;
  void Query(const v1::ActionRecord& action, AnswerFn answer) override;

  // How often money would have been moved for the action: the calls of Start and Refund since this
  // object was made.
  int Deliveries(std::string_view action_id) const;
  // Most deliveries of any action.
  int MostDeliveries() const;

 private:
  void Deliver(const v1::ActionRecord& action, const AnswerFn& answer);

  Clock& clock_;
  mutable absl::Mutex mutex_;
  std::map<std::string, int, std::less<>> deliveries_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace pitlane::terminal_gateway
