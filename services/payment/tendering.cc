#include "services/payment/tendering.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/ids.h"
#include "libs/base/status.h"
#include "libs/money/currency.h"
#include "libs/money/rounding.h"
#include "libs/rpc/permissions.h"
#include "libs/runtime/aggregate.h"
#include "libs/runtime/effects.h"
#include "libs/runtime/expected_version.h"
#include "libs/runtime/timestamps.h"
#include "services/payment/domain/payment.h"
#include "services/payment/domain/tender.h"
#include "services/payment/projections/card_actions.h"

namespace pitlane::payment {
namespace {

runtime::EventScope ScopeOf(const v1::ReceivableState& state) {
  return {.location_id = state.receivable().location_id(),
          .business_date = state.receivable().business_date()};
}

absl::StatusOr<TenderState> Load(runtime::Unit& unit, const std::string& ticket_id,
                                 const std::string& payment_id) {
  TenderState state;
  ASSIGN_OR_RETURN(const auto receivable, unit.Load<ReceivableAggregate>(ticket_id));
  state.receivable = receivable.state;
  ASSIGN_OR_RETURN(const auto payment, unit.Load<PaymentAggregate>(payment_id));
  state.payment = payment.state;
  return state;
}

// By the payment alone; an unknown one has no receivable.
absl::StatusOr<TenderState> LoadByPayment(runtime::Unit& unit, const std::string& payment_id) {
  TenderState state;
  ASSIGN_OR_RETURN(const auto payment, unit.Load<PaymentAggregate>(payment_id));
  state.payment = payment.state;
  if (state.payment.payment().payment_id().empty()) return state;
  ASSIGN_OR_RETURN(const auto receivable,
                   unit.Load<ReceivableAggregate>(state.payment.payment().ticket_id()));
  state.receivable = receivable.state;
  return state;
}

// A refund is booked on the day of the credit memo that it is for.
std::string DateOf(const v1::ReceivableState& state, const Events& events) {
  const bool refund = std::any_of(events.begin(), events.end(), [](const v1::PaymentEvent& event) {
    return event.has_refund_started() || event.has_payment_refunded() || event.has_refund_failed();
  });
  return refund ? RefundDateOf(state) : state.receivable().business_date();
}

// Each event goes to its own stream; their order within a stream stays.
absl::Status Emit(runtime::Unit& unit, const TenderState& before, const std::string& payment_id,
                  Events events) {
  runtime::EventScope scope = ScopeOf(before.receivable);
  scope.business_date = DateOf(before.receivable, events);
  const auto middle = std::stable_partition(events.begin(), events.end(), IsReceivableEvent);
  unit.Emit<ReceivableAggregate>(before.receivable.receivable().ticket_id(),
                                 {events.begin(), middle}, scope);
  unit.Emit<PaymentAggregate>(payment_id, {middle, events.end()}, scope);
  return unit.status();
}

// Decides and emits, with `expected_version` of the receivable.
template <class Command>
absl::Status ExecuteOnReceivable(runtime::Unit& unit, const Command& command) {
  const auto& request = command.request;
  ASSIGN_OR_RETURN(const TenderState before, Load(unit, request.ticket_id(), request.payment_id()));
  Events events;
  // The receivable's version is checked here; what is emitted goes by Emit.
  RETURN_IF_ERROR(unit.Execute<ReceivableAggregate>(
      request.ticket_id(), runtime::ExpectedVersion(request), ScopeOf(before.receivable),
      [&](const v1::ReceivableState&) -> absl::StatusOr<Events> {
        ASSIGN_OR_RETURN(events, Decide(before, command));
        return Events();
      }));
  return Emit(unit, before, request.payment_id(), std::move(events));
}

// Decides and emits, with `expected_version` of the payment. How many events that were.
template <class Command, class Request>
absl::StatusOr<size_t> ExecuteOnPayment(runtime::Unit& unit, const Request& request,
                                        const Command& command) {
  ASSIGN_OR_RETURN(const TenderState before, LoadByPayment(unit, request.payment_id()));
  Events events;
  RETURN_IF_ERROR(unit.Execute<PaymentAggregate>(
      request.payment_id(), runtime::ExpectedVersion(request), ScopeOf(before.receivable),
      [&](const v1::PaymentState&) -> absl::StatusOr<Events> {
        ASSIGN_OR_RETURN(events, Decide(before, command));
        return Events();
      }));
  const size_t count = events.size();
  RETURN_IF_ERROR(Emit(unit, before, request.payment_id(), std::move(events)));
  return count;
}

v1::ReaderOrder ChargeOrder(const v1::Payment& payment) {
  v1::ReaderOrder order;
  order.set_payment_id(payment.payment_id());
  order.set_ticket_id(payment.ticket_id());
  order.set_reader_id(payment.reader_id());
  order.set_action_id(payment.attempt_id());
  order.set_amount_minor(payment.amount_minor());
  order.set_currency(payment.currency());
  return order;
}

v1::ReaderOrder RefundOrder(const v1::Payment& payment, const v1::Refund& refund) {
  v1::ReaderOrder order = ChargeOrder(payment);
  order.set_action_id(refund.refund_id());
  order.set_original_action_id(payment.attempt_id());
  order.set_amount_minor(refund.amount_minor());
  return order;
}

void HandOver(runtime::Unit& unit, std::string_view kind, const v1::ReaderOrder& order) {
  unit.RequestEffect(kind, order.action_id(), runtime::DeterministicBytes(order));
}

absl::StatusOr<int32_t> AskedFor(runtime::Unit& unit, std::string_view kind,
                                 const std::string& action_id) {
  ASSIGN_OR_RETURN(const auto effect, unit.GetEffect(kind, action_id));
  return effect.has_value() ? static_cast<int32_t>(effect->asked) : 0;
}

// What becomes of an open effect now that its outcome stands as it does.
void Schedule(runtime::Unit& unit, std::string_view kind, const std::string& action_id, bool open,
              const google::protobuf::Timestamp* unknown_since) {
  if (!open) {
    unit.FinishEffect(kind, action_id);
  } else if (unknown_since != nullptr) {
    unit.RescheduleEffect(kind, action_id,
                          runtime::NextQuery(runtime::FromTimestamp(*unknown_since), unit.now()));
  } else {
    unit.RescheduleEffect(kind, action_id, unit.now() + kLookAgain);
  }
}

absl::Status RecordStray(runtime::Unit& unit, const TenderState& left_behind,
                         const v1::ActionPurpose& purpose, const std::string& attempt_id,
                         const CardOutcome& outcome) {
  ASSIGN_OR_RETURN(const uint32_t slot, SlotOfId(purpose.payment_id()));
  const CaptureStray command{.payment_id = unit.NewId<PaymentId>(slot).text(),
                             .attempt_id = attempt_id,
                             .reader_id = purpose.reader_id(),
                             .outcome = outcome,
                             .now = unit.now()};
  const TenderState fresh{.receivable = left_behind.receivable, .payment = {}};
  ASSIGN_OR_RETURN(Events events, Decide(fresh, command));
  return Emit(unit, fresh, command.payment_id, std::move(events));
}

absl::Status RecordAttemptIn(runtime::Unit& unit, const v1::ActionPurpose& purpose,
                             const std::string& attempt_id, const CardOutcome& outcome) {
  const std::string& payment_id = purpose.payment_id();
  ASSIGN_OR_RETURN(const TenderState before, LoadByPayment(unit, payment_id));
  const bool current = before.payment.payment().attempt_id() == attempt_id;
  if (!current && outcome.what == CardOutcome::What::kSucceeded) {
    return RecordStray(unit, before, purpose, attempt_id, outcome);
  }
  RecordAttempt command{.attempt_id = attempt_id, .outcome = outcome};
  ASSIGN_OR_RETURN(command.queries, AskedFor(unit, kChargeEffect, attempt_id));
  ASSIGN_OR_RETURN(Events events, Decide(before, command));
  RETURN_IF_ERROR(Emit(unit, before, payment_id, std::move(events)));

  ASSIGN_OR_RETURN(const auto after, unit.Load<PaymentAggregate>(payment_id));
  const bool open = current && HasOpenAttempt(after.state);
  Schedule(unit, kChargeEffect, attempt_id, open,
           after.state.has_unknown_since() ? &after.state.unknown_since() : nullptr);
  if (!open) unit.FinishEffect(kCancelEffect, attempt_id);
  return unit.status();
}

absl::Status RecordRefundIn(runtime::Unit& unit, const std::string& payment_id,
                            const std::string& refund_id, const CardOutcome& outcome) {
  ASSIGN_OR_RETURN(const TenderState before, LoadByPayment(unit, payment_id));
  RecordRefund command{.refund_id = refund_id, .outcome = outcome};
  ASSIGN_OR_RETURN(command.queries, AskedFor(unit, kRefundEffect, refund_id));
  ASSIGN_OR_RETURN(Events events, Decide(before, command));
  RETURN_IF_ERROR(Emit(unit, before, payment_id, std::move(events)));

  ASSIGN_OR_RETURN(const auto after, unit.Load<PaymentAggregate>(payment_id));
  const v1::Refund* refund = FindRefund(after.state, refund_id);
  const auto since = after.state.refunds_unknown_since().find(refund_id);
  Schedule(unit, kRefundEffect, refund_id, refund != nullptr && IsOpen(*refund),
           since == after.state.refunds_unknown_since().end() ? nullptr : &since->second);
  return unit.status();
}

}  // namespace

absl::StatusOr<int64_t> RefundLimit(const runtime::Unit& unit, const v1::Payment& payment) {
  constexpr int64_t kNoLimit = std::numeric_limits<int64_t>::max();
  if (!unit.origin().caller.has_value() || payment.currency().empty()) return kNoLimit;
  const int64_t limit = rpc::RefundLimitMinor(*unit.origin().caller, payment.location_id());
  if (limit == kNoLimit) return kNoLimit;
  ASSIGN_OR_RETURN(const Currency currency, Currency::Parse(payment.currency()));
  return MultiplyRounded(limit, currency.minor_per_major(), 100);
}

absl::Status Create(runtime::Unit& unit, const CreateReceivable& command) {
  const ticket::v1::Ticket& ticket = command.ticket;
  return unit.Execute<ReceivableAggregate>(
      ticket.ticket_id(), std::nullopt,
      {.location_id = ticket.location_id(), .business_date = ticket.business_date()},
      [&](const v1::ReceivableState& state) { return Decide(state, command); });
}

absl::Status TakeCashIn(runtime::Unit& unit, v1::TakeCashRequest request,
                        v1::TakeCashResponse* response) {
  ASSIGN_OR_RETURN(const uint32_t slot, SlotOfId(request.ticket_id()));
  if (request.payment_id().empty()) {
    request.set_payment_id(unit.NewId<PaymentId>(slot).text());
  }
  RETURN_IF_ERROR(ExecuteOnReceivable(unit, TakeCash{.request = request, .now = unit.now()}));
  ASSIGN_OR_RETURN(TenderState after, Load(unit, request.ticket_id(), request.payment_id()));
  *response->mutable_payment() = std::move(*after.payment.mutable_payment());
  *response->mutable_receivable() = std::move(*after.receivable.mutable_receivable());
  return absl::OkStatus();
}

absl::Status TakeCardIn(runtime::Unit& unit, v1::TakeCardRequest request,
                        v1::TakeCardResponse* response) {
  ASSIGN_OR_RETURN(const uint32_t slot, SlotOfId(request.ticket_id()));
  if (request.payment_id().empty()) {
    request.set_payment_id(unit.NewId<PaymentId>(slot).text());
  }
  RETURN_IF_ERROR(
      ExecuteOnReceivable(unit, TakeCard{.request = request,
                                         .attempt_id = unit.NewId<AttemptId>(slot).text(),
                                         .now = unit.now()}));
  ASSIGN_OR_RETURN(TenderState after, Load(unit, request.ticket_id(), request.payment_id()));
  HandOver(unit, kChargeEffect, ChargeOrder(after.payment.payment()));
  *response->mutable_payment() = std::move(*after.payment.mutable_payment());
  *response->mutable_receivable() = std::move(*after.receivable.mutable_receivable());
  return unit.status();
}

absl::Status CancelPaymentIn(runtime::Unit& unit, const v1::CancelPaymentRequest& request,
                             v1::CancelPaymentResponse* response) {
  ASSIGN_OR_RETURN(const size_t events, ExecuteOnPayment(unit, request, request));
  ASSIGN_OR_RETURN(const auto after, unit.Load<PaymentAggregate>(request.payment_id()));
  if (events > 0 && after.state.cancel_requested()) {
    HandOver(unit, kCancelEffect, ChargeOrder(after.state.payment()));
  }
  *response->mutable_payment() = after.state.payment();
  return unit.status();
}

absl::Status RefundPaymentIn(runtime::Unit& unit, v1::RefundPaymentRequest request,
                             v1::RefundPaymentResponse* response) {
  ASSIGN_OR_RETURN(const TenderState before, LoadByPayment(unit, request.payment_id()));
  RefundPayment command;
  if (request.refund_id().empty()) {
    ASSIGN_OR_RETURN(const uint32_t slot, SlotOfId(request.payment_id()));
    request.set_refund_id(unit.NewId<RefundId>(slot).text());
  } else {
    ASSIGN_OR_RETURN(const auto taken, CardActions::Find(unit.views(), request.refund_id()));
    command.refund_id_taken = taken.has_value();
  }
  ASSIGN_OR_RETURN(command.limit_minor, RefundLimit(unit, before.payment.payment()));
  command.request = request;
  RETURN_IF_ERROR(ExecuteOnPayment(unit, request, command).status());
  ASSIGN_OR_RETURN(const auto after, unit.Load<PaymentAggregate>(request.payment_id()));
  const v1::Refund* refund = FindRefund(after.state, request.refund_id());
  if (refund != nullptr && IsOpen(*refund)) {
    HandOver(unit, kRefundEffect, RefundOrder(after.state.payment(), *refund));
  }
  *response->mutable_payment() = after.state.payment();
  response->set_refund_id(request.refund_id());
  return unit.status();
}

absl::Status ReopenCards(runtime::Unit& unit, const std::string& payment_id) {
  ASSIGN_OR_RETURN(const auto loaded, unit.Load<PaymentAggregate>(payment_id));
  const v1::Payment& payment = loaded.state.payment();
  unit.FinishEffect(kChargeEffect, payment.attempt_id());
  unit.FinishEffect(kCancelEffect, payment.attempt_id());
  if (HasOpenAttempt(loaded.state)) {
    HandOver(unit, kChargeEffect, ChargeOrder(payment));
    if (loaded.state.cancel_requested()) HandOver(unit, kCancelEffect, ChargeOrder(payment));
  }
  for (const v1::Refund& refund : payment.refunds()) {
    unit.FinishEffect(kRefundEffect, refund.refund_id());
    if (payment.tender() == v1::TENDER_CARD_PRESENT && IsOpen(refund)) {
      HandOver(unit, kRefundEffect, RefundOrder(payment, refund));
    }
  }
  return unit.status();
}

absl::Status RecordOutcome(runtime::Unit& unit, const std::string& action_id,
                           const CardOutcome& outcome) {
  ASSIGN_OR_RETURN(const auto purpose, CardActions::Find(unit.views(), action_id));
  if (!purpose.has_value()) return absl::OkStatus();
  return purpose->refund() ? RecordRefundIn(unit, purpose->payment_id(), action_id, outcome)
                           : RecordAttemptIn(unit, *purpose, action_id, outcome);
}

}  // namespace pitlane::payment
