// The effects that hand attempts, refunds and cancels to the readers, and bring back what became of
// them. What readers do later comes by their events (reactors/); an effect stays open until the
// outcome is recorded, and asks from time to time, so that no outcome is lost when events fail to
// come. Called by the effect runner.
#pragma once

#include <memory>
#include <string_view>

#include "libs/runtime/effects.h"
#include "services/payment/cards/card_terminal.h"

namespace pitlane::payment {

// Starts an attempt, once. Asked about it, never repeated.
class CardCharger final : public runtime::EffectHandler {
 public:
  // Never null. Shared by the three handlers of a service.
  explicit CardCharger(std::shared_ptr<CardTerminal> terminal);

  std::string_view kind() const override;
  void Perform(const runtime::Effect& effect, runtime::EffectDone done) override;
  void Recover(const runtime::Effect& effect, runtime::EffectDone done) override;

 private:
  const std::shared_ptr<CardTerminal> terminal_;
};

// Starts a refund, once. Asked about it, never repeated.
class CardRefunder final : public runtime::EffectHandler {
 public:
  explicit CardRefunder(std::shared_ptr<CardTerminal> terminal);

  std::string_view kind() const override;
  void Perform(const runtime::Effect& effect, runtime::EffectDone done) override;
  void Recover(const runtime::Effect& effect, runtime::EffectDone done) override;

 private:
  const std::shared_ptr<CardTerminal> terminal_;
};

// Asks the reader to give up an attempt, or sees to it that it never starts; again until the
// gateway has answered, which moves no money.
class CardCanceler final : public runtime::EffectHandler {
 public:
  explicit CardCanceler(std::shared_ptr<CardTerminal> terminal);

  std::string_view kind() const override;
  void Perform(const runtime::Effect& effect, runtime::EffectDone done) override;
  void Recover(const runtime::Effect& effect, runtime::EffectDone done) override;

 private:
  const std::shared_ptr<CardTerminal> terminal_;
};

}  // namespace pitlane::payment
