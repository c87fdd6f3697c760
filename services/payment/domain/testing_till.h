// A till for tests of the rules: one receivable and one payment as one aggregate, and events to
// begin with.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "services/payment/domain/tender.h"

namespace pitlane::payment {

inline constexpr char kTicket[] = "tkt_01JGGZV1C0AFR0000000000003";
inline constexpr char kPayment[] = "pay_01JGGZV1C0AFR0000000000006";
inline constexpr char kOther[] = "pay_01JGGZV1C0AFR0000000000007";
inline constexpr char kAttempt[] = "att_01JGGZV1C0AFR0000000000004";
inline constexpr char kSecondAttempt[] = "att_01JGGZV1C0AFR0000000000008";
inline constexpr char kReader[] = "rdr_01JGGZV1C0AFR0000000000001";
inline constexpr char kRefund[] = "rfd_01JGGZV1C0AFR0000000000005";

struct Till {
  using State = TenderState;
  using Event = v1::PaymentEvent;
  static void Apply(TenderState& state, const v1::PaymentEvent& event) {
    ReceivableAggregate::Apply(state.receivable, event);
    PaymentAggregate::Apply(state.payment, event);
  }
};

inline v1::PaymentEvent Owed(int64_t total_minor, int64_t cash_increment_minor = 0) {
  v1::PaymentEvent event;
  v1::Receivable& receivable = *event.mutable_receivable_created()->mutable_receivable();
  receivable.set_ticket_id(kTicket);
  receivable.set_location_id("loc_01JGGZV1C0AFR0000000000002");
  receivable.set_currency("USD");
  receivable.set_total_minor(total_minor);
  receivable.set_balance_minor(total_minor);
  receivable.set_cash_increment_minor(cash_increment_minor);
  receivable.set_business_date("2026-01-01");
  return event;
}

inline v1::PaymentEvent Held(const char* payment_id, int64_t amount_minor) {
  v1::PaymentEvent event;
  event.mutable_receivable_charged()->set_payment_id(payment_id);
  event.mutable_receivable_charged()->set_amount_minor(amount_minor);
  return event;
}

inline v1::PaymentEvent Released(const char* payment_id, int64_t amount_minor) {
  v1::PaymentEvent event;
  event.mutable_receivable_released()->set_payment_id(payment_id);
  event.mutable_receivable_released()->set_amount_minor(amount_minor);
  return event;
}

inline v1::PaymentEvent PaidOff(const char* payment_id, int64_t applied_minor,
                                int64_t balance_minor) {
  v1::PaymentEvent event;
  event.mutable_receivable_paid()->set_payment_id(payment_id);
  event.mutable_receivable_paid()->set_applied_minor(applied_minor);
  event.mutable_receivable_paid()->set_balance_minor(balance_minor);
  return event;
}

inline v1::PaymentEvent CreatedAs(v1::Tender tender, int64_t amount_minor) {
  v1::PaymentEvent event;
  v1::Payment& payment = *event.mutable_payment_created()->mutable_payment();
  payment.set_payment_id(kPayment);
  payment.set_ticket_id(kTicket);
  payment.set_location_id("loc_01JGGZV1C0AFR0000000000002");
  payment.set_tender(tender);
  payment.set_status(v1::PAYMENT_STATUS_CREATED);
  payment.set_currency("USD");
  payment.set_amount_minor(amount_minor);
  return event;
}

inline v1::PaymentEvent Attempted(const char* attempt_id) {
  v1::PaymentEvent event;
  event.mutable_attempt_started()->set_payment_id(kPayment);
  event.mutable_attempt_started()->set_attempt_id(attempt_id);
  event.mutable_attempt_started()->set_reader_id(kReader);
  return event;
}

inline v1::PaymentEvent DeclinedAs(const char* attempt_id, const char* code) {
  v1::PaymentEvent event;
  event.mutable_payment_declined()->set_payment_id(kPayment);
  event.mutable_payment_declined()->set_attempt_id(attempt_id);
  event.mutable_payment_declined()->set_decline_code(code);
  return event;
}

inline v1::PaymentEvent CapturedFor(v1::Tender tender, int64_t captured_minor,
                                    int64_t rounding_minor = 0) {
  v1::PaymentEvent event;
  v1::PaymentCaptured& captured = *event.mutable_payment_captured();
  captured.set_payment_id(kPayment);
  captured.set_ticket_id(kTicket);
  captured.set_location_id("loc_01JGGZV1C0AFR0000000000002");
  captured.set_tender(tender);
  captured.set_captured_minor(captured_minor);
  captured.set_applied_minor(captured_minor + rounding_minor);
  captured.set_rounding_minor(rounding_minor);
  captured.set_currency("USD");
  return event;
}

inline v1::PaymentEvent NobodyKnows(const char* action_id) {
  v1::PaymentEvent event;
  event.mutable_outcome_unknown()->set_payment_id(kPayment);
  event.mutable_outcome_unknown()->set_attempt_id(action_id);
  return event;
}

inline v1::PaymentEvent RefundBegun(const char* refund_id, int64_t amount_minor) {
  v1::PaymentEvent event;
  event.mutable_refund_started()->set_payment_id(kPayment);
  event.mutable_refund_started()->set_refund_id(refund_id);
  event.mutable_refund_started()->set_amount_minor(amount_minor);
  event.mutable_refund_started()->set_reason("returned");
  return event;
}

inline TakeCash Cash(int64_t amount_minor = 0, int64_t tendered_minor = 0) {
  TakeCash command;
  command.request.set_ticket_id(kTicket);
  command.request.set_payment_id(kPayment);
  command.request.set_amount_minor(amount_minor);
  command.request.set_tendered_minor(tendered_minor);
  command.request.set_currency("USD");
  return command;
}

inline TakeCard Card(const char* attempt_id, int64_t amount_minor = 0) {
  TakeCard command;
  command.request.set_ticket_id(kTicket);
  command.request.set_payment_id(kPayment);
  command.request.set_reader_id(kReader);
  command.request.set_amount_minor(amount_minor);
  command.request.set_currency("USD");
  command.attempt_id = attempt_id;
  return command;
}

inline CancelPayment GivingUp(const char* reason = "") {
  CancelPayment command;
  command.set_payment_id(kPayment);
  command.set_reason(reason);
  return command;
}

inline RefundPayment Returning(int64_t amount_minor) {
  RefundPayment command;
  command.request.set_payment_id(kPayment);
  command.request.set_refund_id(kRefund);
  command.request.set_amount_minor(amount_minor);
  command.request.set_currency("USD");
  command.request.set_reason("returned");
  return command;
}

// Decides any command of a till.
template <class Command>
auto Deciding(Command command) {
  return
      [command = std::move(command)](const TenderState& state) { return Decide(state, command); };
}

}  // namespace pitlane::payment
