// Parts came back: onto the shelf, into quarantine, on to the supplier or to scrap.
#pragma once

#include "libs/runtime/reactor.h"
#include "pitlane/ticket/v1/events.pb.h"

namespace pitlane::inventory {

class OnCreditMemoIssued final : public runtime::TypedReactor<ticket::v1::CreditMemoIssued> {
 public:
  absl::Status On(const common::v1::EventMeta& meta, const ticket::v1::CreditMemoIssued& event,
                  runtime::Unit& unit) override;
};

}  // namespace pitlane::inventory
