// Part of an invoice was taken back: less is owed, or money is owed to the customer.
#pragma once

#include "libs/runtime/reactor.h"
#include "pitlane/ticket/v1/events.pb.h"

namespace pitlane::payment {

class OnCreditMemoIssued final : public runtime::TypedReactor<ticket::v1::CreditMemoIssued> {
 public:
  absl::Status On(const common::v1::EventMeta& meta, const ticket::v1::CreditMemoIssued& event,
                  runtime::Unit& unit) override;
};

}  // namespace pitlane::payment
