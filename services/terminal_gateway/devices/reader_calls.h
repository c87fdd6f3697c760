// The effects that hand actions to readers and bring their answers back. An open action has exactly
// one of the two: when it is to be given up, the second takes over from the first.
#pragma once

#include <memory>
#include <string_view>

#include "libs/runtime/effects.h"
#include "services/terminal_gateway/devices/reader_port.h"

namespace pitlane::terminal_gateway {

// Hands an action over once; after a crash, or when there was no answer, the device is asked what
// became of it. Called by the effect runner.
class ActionStarter final : public runtime::EffectHandler {
 public:
  // Never null. Shared with a test that looks at it; a service has it to itself.
  explicit ActionStarter(std::shared_ptr<ReaderPort> port);

  std::string_view kind() const override;
  void Perform(const runtime::Effect& effect, runtime::EffectDone done) override;
  void Recover(const runtime::Effect& effect, runtime::EffectDone done) override;

 private:
  const std::shared_ptr<ReaderPort> port_;
};

// Asks the device to give an action up, and then what became of it.
class ActionCanceler final : public runtime::EffectHandler {
 public:
  explicit ActionCanceler(std::shared_ptr<ReaderPort> port);

  std::string_view kind() const override;
  void Perform(const runtime::Effect& effect, runtime::EffectDone done) override;
  void Recover(const runtime::Effect& effect, runtime::EffectDone done) override;

 private:
  const std::shared_ptr<ReaderPort> port_;
};

}  // namespace pitlane::terminal_gateway
