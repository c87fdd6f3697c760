// The way to the terminal gateway.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "pitlane/payment/v1/state.pb.h"
#include "pitlane/terminal_gateway/v1/types.pb.h"

namespace pitlane::payment {

struct TerminalCall {
  v1::ReaderOrder order;
  std::string traceparent;  // W3C; may be empty
};

// The action as the gateway has it. An error carries the gateway's reason when it refused; anything
// else leaves it unknown whether the call arrived.
using ActionFn = std::function<void(absl::StatusOr<terminal_gateway::v1::Action>)>;

// Calls come from one thread and must not block; `done` is called exactly once, from any thread,
// also before the call returns. Destruction ends what is under way.
class CardTerminal {
 public:
  virtual ~CardTerminal() = default;
  virtual void Charge(const TerminalCall& call, ActionFn done) = 0;
  virtual void Refund(const TerminalCall& call, ActionFn done) = 0;
  // What became of it; when it never arrived, it never will (status REFUSED).
  virtual void Resolve(const TerminalCall& call, ActionFn done) = 0;
  // Asks to give up the action that holds the reader under this token.
  virtual void Cancel(const TerminalCall& call, uint64_t fencing_token, ActionFn done) = 0;
};

}  // namespace pitlane::payment
