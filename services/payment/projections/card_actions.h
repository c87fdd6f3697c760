// What the actions of card readers are for: "<attempt or refund id>" → ActionPurpose. How an
// outcome finds its payment.
#pragma once

#include <optional>
#include <string_view>

#include "absl/status/statusor.h"
#include "libs/runtime/projection.h"
#include "libs/runtime/view.h"
#include "pitlane/payment/v1/events.pb.h"
#include "pitlane/payment/v1/state.pb.h"

namespace pitlane::payment {

class CardActions final : public runtime::TypedProjection<v1::PaymentEvent> {
 public:
  static constexpr std::string_view kView = "card_actions";

  std::string_view view() const override { return kView; }
  uint32_t schema() const override { return 1; }
  void On(const v1::PaymentEvent& event, runtime::ViewWriter& rows) override;

  // Nothing: not an action of ours. An attempt that brought money although its payment had left it
  // behind belongs to the payment that was made for that money.
  static absl::StatusOr<std::optional<v1::ActionPurpose>> Find(runtime::ViewReader& views,
                                                               std::string_view action_id);
};

}  // namespace pitlane::payment
