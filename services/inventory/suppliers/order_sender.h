// The effect that hands purchase orders to their supplier and brings the answer back.
#pragma once

#include <memory>
#include <string_view>

#include "libs/runtime/effects.h"
#include "services/inventory/suppliers/supplier_port.h"

namespace pitlane::inventory {

// Each order is submitted once in an effect's life; after a crash, or when the answer was lost, the
// supplier is asked what became of it. Called by the effect runner.
class OrderSender final : public runtime::EffectHandler {
 public:
  // Never null. Shared with a test that looks at it; a service has it to itself.
  explicit OrderSender(std::shared_ptr<SupplierPort> port);

  std::string_view kind() const override;
  void Perform(const runtime::Effect& effect, runtime::EffectDone done) override;
  void Recover(const runtime::Effect& effect, runtime::EffectDone done) override;

 private:
  const std::shared_ptr<SupplierPort> port_;
};

}  // namespace pitlane::inventory
