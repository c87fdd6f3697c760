// What readers' news means for payments, in any order and as often as it comes. There is no gateway
// to call here, so every attempt is declined at once and its news comes late.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "libs/rpc/errors.h"
#include "pitlane/terminal_gateway/v1/events.pb.h"
#include "services/payment/testing_shop.h"

namespace pitlane::payment {
namespace {

namespace gateway = terminal_gateway::v1;

class CardReactors : public Shop {
 protected:
  void SetUp() override { StartPayment(); }

  v1::Payment StartAndDecline(const std::string& ticket_id, const std::string& payment_id = "") {
    auto started = TakeCard(ticket_id, 0, payment_id);
    EXPECT_THAT(started, IsOk());
    if (!started.ok()) return v1::Payment();
    const v1::Payment payment = PaymentOf(started->payment_id());
    EXPECT_EQ(payment.status(), v1::PAYMENT_STATUS_DECLINED);
    EXPECT_EQ(payment.decline_code(), "gateway_not_reachable");
    return payment;
  }

  void Publish(gateway::TerminalGatewayEvent event) {
    cluster_.stream("terminal_gateway").Publish(event, reader_);
  }

  void PublishSucceeded(const std::string& action_id, int64_t approved_minor) {
    gateway::TerminalGatewayEvent event;
    event.mutable_action_succeeded()->set_reader_id(reader_);
    event.mutable_action_succeeded()->set_action_id(action_id);
    event.mutable_action_succeeded()->set_approved_minor(approved_minor);
    event.mutable_action_succeeded()->set_currency("USD");
    event.mutable_action_succeeded()->mutable_result()->set_last_four("4242");
    Publish(event);
  }

  void PublishTimedOut(const std::string& action_id) {
    gateway::TerminalGatewayEvent event;
    event.mutable_action_timed_out()->set_reader_id(reader_);
    event.mutable_action_timed_out()->set_action_id(action_id);
    Publish(event);
  }

  void PublishFailed(const std::string& action_id) {
    gateway::TerminalGatewayEvent event;
    event.mutable_action_failed()->set_reader_id(reader_);
    event.mutable_action_failed()->set_action_id(action_id);
    event.mutable_action_failed()->set_code("device_error");
    Publish(event);
  }
};

TEST_F(CardReactors, SuccessOfAnAttemptThoughtLostThenCapturedOnce) {
  const std::string ticket = Invoice(1000);
  const v1::Payment payment = StartAndDecline(ticket);
  PublishSucceeded(payment.attempt_id(), 1000);
  PublishSucceeded(payment.attempt_id(), 1000);
  EXPECT_EQ(StatusOf(payment.payment_id()), v1::PAYMENT_STATUS_CAPTURED);
  EXPECT_EQ(ReceivableOf(ticket).balance_minor(), 0);
  EXPECT_EQ(CountOf(v1::PaymentEvent::kPaymentCaptured), 1);
}

TEST_F(CardReactors, SuccessOfAnAttemptLeftBehindThenAPaymentOfItsOwnOnce) {
  const std::string ticket = Invoice(1000);
  const v1::Payment first = StartAndDecline(ticket);
  const v1::Payment second = StartAndDecline(ticket, first.payment_id());
  ASSERT_NE(first.attempt_id(), second.attempt_id());
  PublishSucceeded(first.attempt_id(), 1000);
  PublishSucceeded(first.attempt_id(), 1000);
  const auto payments = PaymentsOf(ticket);
  ASSERT_EQ(payments.size(), 2u);
  EXPECT_EQ(StatusOf(first.payment_id()), v1::PAYMENT_STATUS_DECLINED);
  const v1::Payment& stray =
      payments[0].payment_id() == first.payment_id() ? payments[1] : payments[0];
  EXPECT_EQ(stray.status(), v1::PAYMENT_STATUS_CAPTURED);
  EXPECT_EQ(stray.attempt_id(), first.attempt_id());
  EXPECT_EQ(stray.reader_id(), reader_);
  EXPECT_EQ(ReceivableOf(ticket).balance_minor(), 0);

  // Both attempts brought money: the customer has paid twice, and the balance says so.
  PublishSucceeded(second.attempt_id(), 1000);
  EXPECT_EQ(StatusOf(first.payment_id()), v1::PAYMENT_STATUS_CAPTURED);
  EXPECT_EQ(ReceivableOf(ticket).balance_minor(), -1000);
  EXPECT_EQ(CountOf(v1::PaymentEvent::kPaymentCaptured), 2);
}

TEST_F(CardReactors, EverythingButMoneyThenNothingHappensToWhatIsSettled) {
  const std::string ticket = Invoice(1000);
  const v1::Payment payment = StartAndDecline(ticket);
  PublishTimedOut(payment.attempt_id());
  PublishFailed(payment.attempt_id());
  gateway::TerminalGatewayEvent canceled;
  canceled.mutable_action_canceled()->set_action_id(payment.attempt_id());
  Publish(canceled);
  gateway::TerminalGatewayEvent refused;
  refused.mutable_action_refused()->set_action_id(payment.attempt_id());
  Publish(refused);
  EXPECT_EQ(PaymentOf(payment.payment_id()).version(), payment.version());
}

TEST_F(CardReactors, ActionsOfOthersThenNothingHappens) {
  const uint64_t before = cluster_.journal("payment").last_position();
  PublishSucceeded(NewId<AttemptId>(), 1000);
  PublishFailed(NewId<RefundId>());
  ASSERT_TRUE(cluster_.Settle());
  EXPECT_EQ(cluster_.journal("payment").last_position(), before);
  EXPECT_EQ(cluster_.host("payment").Status().parked, 0u);
}

TEST_F(CardReactors, RefundThatFailedAndWentThroughAfterAllThenDebitedOnce) {
  const std::string ticket = Invoice(1000);
  const v1::Payment payment = StartAndDecline(ticket);
  PublishSucceeded(payment.attempt_id(), 1000);
  ASSERT_EQ(StatusOf(payment.payment_id()), v1::PAYMENT_STATUS_CAPTURED);
  ASSERT_OK_AND_ASSIGN(const auto refund, Refund(payment.payment_id(), 400));
  EXPECT_EQ(PaymentOf(payment.payment_id()).refunds(0).failure(), "gateway_not_reachable");
  PublishSucceeded(refund.refund_id(), 400);
  PublishSucceeded(refund.refund_id(), 400);
  EXPECT_EQ(PaymentOf(payment.payment_id()).refunded_minor(), 400);
  EXPECT_EQ(ReceivableOf(ticket).balance_minor(), 400);
}

}  // namespace
}  // namespace pitlane::payment
