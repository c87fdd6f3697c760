// Part of a sale was taken back: it counts against the sales of its own day.
#pragma once

#include "libs/runtime/reactor.h"
#include "pitlane/ticket/v1/events.pb.h"

namespace pitlane::reporting {

class OnCreditMemoIssued final : public runtime::TypedReactor<ticket::v1::CreditMemoIssued> {
 public:
  absl::Status On(const common::v1::EventMeta& meta, const ticket::v1::CreditMemoIssued& event,
                  runtime::Unit& unit) override;
};

// Once for each memo.
absl::Status Record(const ticket::v1::CreditMemo& memo, runtime::Unit& unit);

}  // namespace pitlane::reporting
