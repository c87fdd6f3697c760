#include "services/payment/projections/card_actions.h"

#include <string>

namespace pitlane::payment {
namespace {

void On(const v1::AttemptStarted& started, runtime::ViewWriter& rows) {
  v1::ActionPurpose purpose;
  purpose.set_payment_id(started.payment_id());
  purpose.set_reader_id(started.reader_id());
  rows.Put(started.attempt_id(), purpose);
}

void On(const v1::PaymentCaptured& captured, runtime::ViewWriter& rows) {
  auto purpose = rows.GetMessage<v1::ActionPurpose>(captured.attempt_id());
  if (!purpose.has_value()) return;
  purpose->set_payment_id(captured.payment_id());
  rows.Put(captured.attempt_id(), *purpose);
}

void On(const v1::RefundStarted& started, runtime::ViewWriter& rows) {
  v1::ActionPurpose purpose;
  purpose.set_payment_id(started.payment_id());
  purpose.set_refund(true);
  rows.Put(started.refund_id(), purpose);
}

}  // namespace

void CardActions::On(const v1::PaymentEvent& event, runtime::ViewWriter& rows) {
  if (event.has_attempt_started()) payment::On(event.attempt_started(), rows);
  if (event.has_payment_captured()) payment::On(event.payment_captured(), rows);
  if (event.has_refund_started()) payment::On(event.refund_started(), rows);
}

absl::StatusOr<std::optional<v1::ActionPurpose>> CardActions::Find(runtime::ViewReader& views,
                                                                   std::string_view action_id) {
  return views.GetMessage<v1::ActionPurpose>(kView, action_id);
}

}  // namespace pitlane::payment
