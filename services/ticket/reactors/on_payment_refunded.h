// Money went back for a ticket: it counts once; a closed ticket stays closed.
#pragma once

#include "libs/runtime/reactor.h"
#include "pitlane/payment/v1/events.pb.h"

namespace pitlane::ticket {

class OnPaymentRefunded final : public runtime::TypedReactor<payment::v1::PaymentRefunded> {
 public:
  absl::Status On(const common::v1::EventMeta& meta, const payment::v1::PaymentRefunded& event,
                  runtime::Unit& unit) override;
};

}  // namespace pitlane::ticket
