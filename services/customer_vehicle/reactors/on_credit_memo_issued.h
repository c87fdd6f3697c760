// Something of a closed ticket was taken back: the vehicle's history and the customer's profile
// say so.
#pragma once

#include "libs/runtime/reactor.h"
#include "pitlane/ticket/v1/events.pb.h"

namespace pitlane::customer_vehicle {

class OnCreditMemoIssued final : public runtime::TypedReactor<ticket::v1::CreditMemoIssued> {
 public:
  absl::Status On(const common::v1::EventMeta& meta, const ticket::v1::CreditMemoIssued& event,
                  runtime::Unit& unit) override;
};

// Once for each memo; its ticket was recorded before.
absl::Status RememberReturn(const ticket::v1::CreditMemo& memo, runtime::Unit& unit);

}  // namespace pitlane::customer_vehicle
