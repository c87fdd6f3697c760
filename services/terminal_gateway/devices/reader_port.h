// The way to card readers.
#pragma once

#include <functional>

#include "absl/status/statusor.h"
#include "pitlane/terminal_gateway/v1/state.pb.h"
#include "services/terminal_gateway/domain/device_answer.h"

namespace pitlane::terminal_gateway {

// An error is "no answer": whether anything happened is not known, and the device is asked again.
using AnswerFn = std::function<void(absl::StatusOr<DeviceAnswer>)>;

// Calls come from one thread and must not block; `answer` is called exactly once, from any thread,
// also before the call returns. A device that waits for a customer answers kInProgress with the
// time to ask again. Every action handed over was committed before; only Start and Refund move
// money, and they are called at most once for each action.
class ReaderPort {
 public:
  virtual ~ReaderPort() = default;
  // Charges a card.
  virtual void Start(const v1::ActionRecord& charge, AnswerFn answer) = 0;
  // Gives money of an earlier charge back.
  virtual void Refund(const v1::ActionRecord& refund, AnswerFn answer) = 0;
  // Asks to give up an action that may have been handed over, and says what became of it. May be
  // repeated.
  virtual void Cancel(const v1::ActionRecord& action, AnswerFn answer) = 0;
  // What became of an action that may have been handed over. May be repeated.
  virtual void Query(const v1::ActionRecord& action, AnswerFn answer) = 0;
};

}  // namespace pitlane::terminal_gateway
