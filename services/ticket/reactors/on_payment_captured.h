// Money moved for a ticket: it counts once, and what is paid in full is closed.
#pragma once

#include "libs/runtime/reactor.h"
#include "pitlane/payment/v1/events.pb.h"

namespace pitlane::ticket {

class OnPaymentCaptured final : public runtime::TypedReactor<payment::v1::PaymentCaptured> {
 public:
  absl::Status On(const common::v1::EventMeta& meta, const payment::v1::PaymentCaptured& event,
                  runtime::Unit& unit) override;
};

}  // namespace pitlane::ticket
