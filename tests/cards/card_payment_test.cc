// Payment and terminal gateway together, with real calls and feeds between them. The simulated
// readers do what amounts say (services/terminal_gateway/README.md).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "grpcpp/create_channel.h"
#include "grpcpp/security/credentials.h"
#include "libs/rpc/errors.h"
#include "libs/testing/restored.h"
#include "pitlane/terminal_gateway/v1/terminal_gateway_service.grpc.pb.h"
#include "services/payment/cards/card_terminal.h"
#include "services/payment/tendering.h"
#include "services/payment/testing_shop.h"
#include "services/terminal_gateway/devices/simulated_reader.h"
#include "services/terminal_gateway/terminal_gateway.h"

namespace pitlane::payment {
namespace {

namespace gateway = terminal_gateway::v1;
using Outcome = gateway::SimulatedOutcome;

// What the simulated reader does for these amounts.
constexpr int64_t kDeclined = 400001;
constexpr int64_t kHalfApproved = 400003;
constexpr int64_t kTimesOut = 400055;
constexpr int64_t kLosesTheAnswer = 400056;
constexpr int64_t kApprovedAfterCancel = 400057;
constexpr int64_t kSlowCustomer = 400059;

// The line from payment to the gateway. While it is cut, calls end as if they had been lost on the
// way, so that the caller cannot know whether they arrived. Thread-safe.
class Line {
 public:
  void Cut() { cut_ = true; }
  void Mend() { cut_ = false; }

  testing::TestClusterOptions Options() {
    testing::TestClusterOptions options;
    options.adjust = [this](std::string_view area, runtime::HostOptions& host) {
      if (area != "payment") return;
      host.channel_to = [this, whole = host.channel_to](std::string_view to) {
        return cut_ ? Nowhere() : whole(to);
      };
    };
    return options;
  }

 private:
  static absl::StatusOr<std::shared_ptr<grpc::Channel>> Nowhere() {
    return grpc::CreateChannel("unix:" + ::testing::TempDir() + "/nobody-listens-here",
                               grpc::InsecureChannelCredentials());
  }

  std::atomic<bool> cut_ = false;
};

class CardPayment : public Shop {
 protected:
  using GatewayStub = gateway::TerminalGatewayService::Stub;

  CardPayment() : CardPayment(std::make_unique<Line>()) {}
  explicit CardPayment(std::unique_ptr<Line> line)
      : Shop(line->Options()), line_(std::move(line)) {}

  void SetUp() override {
    // One simulator for all lives of the gateway: it counts what reached the devices.
    simulator_ = std::make_shared<terminal_gateway::SimulatedReader>(cluster_.clock());
    cluster_.Add([simulator = simulator_] {
      return terminal_gateway::MakeTerminalGatewayService(
          {.readers = [simulator](Clock&) { return simulator; }});
    });
    StartPayment();
    ConnectGateway();
    Register();
  }

  // No card was ever charged twice for one attempt.
  void TearDown() override {
    EXPECT_LE(simulator_->MostDeliveries(), 1);
    // Whatever was under way: stores rebuilt from their events ask about the same.
    testing::ExpectRestoredEqual(cluster_.journal("payment"), MakePaymentService(),
                                 {std::string(kCancelEffect)});
    testing::ExpectRestoredEqual(cluster_.journal("terminal_gateway"),
                                 terminal_gateway::MakeTerminalGatewayService());
  }

  void ConnectGateway() {
    gateway_ = cluster_.Stub<gateway::TerminalGatewayService>("terminal_gateway");
  }

  void Register() {
    gateway::RegisterReaderRequest request;
    request.set_request_id(NewRequestId());
    request.set_location_id(location_);
    request.set_label("Counter 1");
    request.set_simulated(true);
    auto response = cluster_.Call(*gateway_, &GatewayStub::RegisterReader, request);
    ASSERT_THAT(response, IsOk());
    reader_ = response->reader().reader_id();
  }

  // What the reader does next, whatever the amount.
  void Script(Outcome::Kind kind) {
    gateway::ScriptSimulatorRequest request;
    request.set_request_id(NewRequestId());
    request.set_reader_id(reader_);
    request.add_outcomes()->set_kind(kind);
    ASSERT_THAT(cluster_.Call(*gateway_, &GatewayStub::ScriptSimulator, request), IsOk());
  }

  void StopGateway() {
    gateway_.reset();
    cluster_.StopService("terminal_gateway");
  }
  void StartGateway() {
    ASSERT_THAT(cluster_.StartService("terminal_gateway"), IsOk());
    ConnectGateway();
  }

  // As if the payment service's own call had arrived after all.
  absl::Status Deliver(const v1::Payment& payment) {
    gateway::ProcessPaymentRequest request;
    request.set_request_id(payment.attempt_id());
    request.set_reader_id(payment.reader_id());
    request.set_action_id(payment.attempt_id());
    request.set_amount_minor(payment.amount_minor());
    request.set_currency(payment.currency());
    request.set_ticket_id(payment.ticket_id());
    return cluster_.Call(*gateway_, &GatewayStub::ProcessPayment, request, rpc::Role::kService)
        .status();
  }

  // A card that was taken while the line was cut.
  v1::Payment TakeCardIntoTheDark(const std::string& ticket_id) {
    line_->Cut();
    auto started = TakeCard(ticket_id);
    EXPECT_THAT(started, IsOk());
    if (!started.ok()) return v1::Payment();
    const v1::Payment payment = PaymentOf(started->payment_id());
    EXPECT_EQ(payment.status(), v1::PAYMENT_STATUS_UNKNOWN);
    return payment;
  }

  std::unique_ptr<Line> line_;
  std::shared_ptr<terminal_gateway::SimulatedReader> simulator_;
  std::unique_ptr<GatewayStub> gateway_;
};

TEST_F(CardPayment, CardThenCapturedByTheReadersNews) {
  const std::string ticket = Invoice(60000);
  ASSERT_OK_AND_ASSIGN(const v1::Payment started, TakeCard(ticket));
  EXPECT_EQ(started.status(), v1::PAYMENT_STATUS_COLLECTING);
  const v1::Payment payment = PaymentOf(started.payment_id());
  EXPECT_EQ(payment.status(), v1::PAYMENT_STATUS_CAPTURED);
  EXPECT_EQ(payment.captured_minor(), 60000);
  EXPECT_EQ(payment.card().last_four(), "4242");
  EXPECT_EQ(ReceivableOf(ticket).balance_minor(), 0);
  EXPECT_EQ(ReceivableOf(ticket).held_minor(), 0);
  EXPECT_EQ(simulator_->Deliveries(payment.attempt_id()), 1);
  EXPECT_EQ(cluster_.host("payment").Status().effects.open, 0u);
}

TEST_F(CardPayment, SplitTenderThenEachPaysItsPart) {
  // Handbook §5.1, ticket T1: 200.00 + card 600.00, then 370.95 is due.
  const std::string ticket = Invoice(117095);
  ASSERT_THAT(TakeCash(ticket, 20000), IsOk());
  ASSERT_THAT(TakeCard(ticket, 60000), IsOk());
  EXPECT_EQ(ReceivableOf(ticket).balance_minor(), 37095);
  ASSERT_OK_AND_ASSIGN(const v1::TakeCashResponse rest, TakeCash(ticket, 0, 40000));
  EXPECT_EQ(rest.payment().change_minor(), 2905);
  EXPECT_EQ(rest.receivable().balance_minor(), 0);
  EXPECT_EQ(PaymentsOf(ticket).size(), 3u);
}

TEST_F(CardPayment, CardUnderWayThenNobodyElseTakesWhatItHolds) {
  const std::string ticket = Invoice(500000);
  ASSERT_THAT(TakeCard(ticket, kSlowCustomer), IsOk());
  EXPECT_EQ(ReceivableOf(ticket).held_minor(), kSlowCustomer);
  const absl::Status refused = TakeCash(ticket, 99942).status();
  EXPECT_TRUE(rpc::HasReason(refused, v1::AMOUNT_EXCEEDS_BALANCE)) << refused;
  ASSERT_THAT(TakeCash(ticket), IsOk());
  EXPECT_TRUE(rpc::HasReason(TakeCash(ticket).status(), v1::NOTHING_OWED));
  cluster_.Advance(absl::Minutes(1));
  EXPECT_EQ(ReceivableOf(ticket).balance_minor(), 0);
}

TEST_F(CardPayment, DeclinedThenTheSamePaymentTriesAgain) {
  const std::string ticket = Invoice(kDeclined);
  ASSERT_OK_AND_ASSIGN(const v1::Payment started, TakeCard(ticket));
  const v1::Payment declined = PaymentOf(started.payment_id());
  EXPECT_EQ(declined.status(), v1::PAYMENT_STATUS_DECLINED);
  EXPECT_EQ(declined.decline_code(), "insufficient_funds");
  EXPECT_EQ(ReceivableOf(ticket).held_minor(), 0);

  Script(Outcome::KIND_APPROVE);
  ASSERT_THAT(TakeCard(ticket, 0, started.payment_id()), IsOk());
  const v1::Payment payment = PaymentOf(started.payment_id());
  EXPECT_EQ(payment.status(), v1::PAYMENT_STATUS_CAPTURED);
  EXPECT_EQ(payment.attempts(), 2);
  EXPECT_EQ(payment.decline_code(), "");
  EXPECT_EQ(ReceivableOf(ticket).balance_minor(), 0);
}

TEST_F(CardPayment, PartlyApprovedThenTheRestIsOwed) {
  const std::string ticket = Invoice(kHalfApproved);
  ASSERT_OK_AND_ASSIGN(const v1::Payment started, TakeCard(ticket));
  EXPECT_EQ(PaymentOf(started.payment_id()).captured_minor(), 200001);
  EXPECT_EQ(ReceivableOf(ticket).balance_minor(), 200002);
  EXPECT_EQ(ReceivableOf(ticket).held_minor(), 0);
}

TEST_F(CardPayment, ReaderBusyThenDeclinedAndTriedAgainLater) {
  const std::string first = Invoice(kSlowCustomer);
  ASSERT_THAT(TakeCard(first), IsOk());
  ASSERT_TRUE(cluster_.Settle());
  const std::string second = Invoice(1000);
  ASSERT_OK_AND_ASSIGN(const v1::Payment waiting, TakeCard(second));
  EXPECT_EQ(PaymentOf(waiting.payment_id()).decline_code(), "reader_busy");
  EXPECT_EQ(ReceivableOf(second).held_minor(), 0);
  cluster_.Advance(absl::Minutes(1));
  ASSERT_TRUE(cluster_.Settle());
  ASSERT_THAT(TakeCard(second, 0, waiting.payment_id()), IsOk());
  EXPECT_EQ(StatusOf(waiting.payment_id()), v1::PAYMENT_STATUS_CAPTURED);
}

TEST_F(CardPayment, ReaderNeverRegisteredThenDeclined) {
  reader_ = NewId<ReaderId>();
  ASSERT_OK_AND_ASSIGN(const v1::Payment started, TakeCard(Invoice(1000)));
  EXPECT_EQ(PaymentOf(started.payment_id()).decline_code(), "reader_unknown");
}

TEST_F(CardPayment, CanceledInTimeThenNothingIsTaken) {
  const std::string ticket = Invoice(kSlowCustomer);
  ASSERT_OK_AND_ASSIGN(const v1::Payment started, TakeCard(ticket));
  ASSERT_TRUE(cluster_.Settle());
  cluster_.Advance(absl::Seconds(10));
  ASSERT_OK_AND_ASSIGN(const v1::Payment asked, Cancel(started.payment_id()));
  EXPECT_EQ(asked.status(), v1::PAYMENT_STATUS_COLLECTING);
  EXPECT_EQ(StatusOf(started.payment_id()), v1::PAYMENT_STATUS_CANCELED);
  EXPECT_EQ(ReceivableOf(ticket).held_minor(), 0);
  EXPECT_EQ(cluster_.host("payment").Status().effects.open, 0u);
  EXPECT_TRUE(rpc::HasReason(Cancel(started.payment_id()).status(), v1::PAYMENT_NOT_CANCELABLE));
}

TEST_F(CardPayment, ApprovedAfterTheCancelThenCaptured) {
  const std::string ticket = Invoice(kApprovedAfterCancel);
  ASSERT_OK_AND_ASSIGN(const v1::Payment started, TakeCard(ticket));
  ASSERT_TRUE(cluster_.Settle());
  cluster_.Advance(absl::Seconds(10));
  ASSERT_THAT(Cancel(started.payment_id()), IsOk());
  EXPECT_EQ(StatusOf(started.payment_id()), v1::PAYMENT_STATUS_CAPTURED);
  EXPECT_EQ(ReceivableOf(ticket).balance_minor(), 0);
}

TEST_F(CardPayment, DeclinedThenCanceledAtOnce) {
  ASSERT_OK_AND_ASSIGN(const v1::Payment started, TakeCard(Invoice(kDeclined)));
  const v1::Payment declined = PaymentOf(started.payment_id());
  EXPECT_THAT(Cancel(started.payment_id(), declined.version() + 1),
              StatusIs(absl::StatusCode::kAborted));
  ASSERT_OK_AND_ASSIGN(const v1::Payment canceled,
                       Cancel(started.payment_id(), declined.version()));
  EXPECT_EQ(canceled.status(), v1::PAYMENT_STATUS_CANCELED);
}

TEST_F(CardPayment, CardRefundThenBackThroughTheProcessor) {
  const std::string ticket = Invoice(60000);
  ASSERT_OK_AND_ASSIGN(const v1::Payment started, TakeCard(ticket));
  ASSERT_EQ(StatusOf(started.payment_id()), v1::PAYMENT_STATUS_CAPTURED);
  ASSERT_OK_AND_ASSIGN(const auto under_way, Refund(started.payment_id(), 25000));
  EXPECT_FALSE(under_way.payment().refunds(0).done());
  const v1::Payment payment = PaymentOf(started.payment_id());
  EXPECT_EQ(payment.status(), v1::PAYMENT_STATUS_PARTIALLY_REFUNDED);
  EXPECT_TRUE(payment.refunds(0).done());
  EXPECT_EQ(ReceivableOf(ticket).balance_minor(), 25000);
  EXPECT_TRUE(
      rpc::HasReason(Refund(started.payment_id(), 35001).status(), v1::REFUND_EXCEEDS_CAPTURED));
  EXPECT_EQ(simulator_->Deliveries(under_way.refund_id()), 1);
  EXPECT_EQ(cluster_.host("payment").Status().effects.open, 0u);
}

TEST_F(CardPayment, CardRefundRefusedThenItMayBeTriedAnew) {
  ASSERT_OK_AND_ASSIGN(const v1::Payment started, TakeCard(Invoice(60000)));
  ASSERT_EQ(StatusOf(started.payment_id()), v1::PAYMENT_STATUS_CAPTURED);
  Script(Outcome::KIND_DEVICE_ERROR);
  ASSERT_THAT(Refund(started.payment_id(), 60000), IsOk());
  EXPECT_EQ(PaymentOf(started.payment_id()).refunds(0).failure(), "device_error");
  ASSERT_THAT(Refund(started.payment_id(), 60000), IsOk());
  EXPECT_EQ(StatusOf(started.payment_id()), v1::PAYMENT_STATUS_REFUNDED);
}

TEST_F(CardPayment, ReaderTimesOutThenUnknownAndResolvedToDeclined) {
  const std::string ticket = Invoice(kTimesOut);
  ASSERT_OK_AND_ASSIGN(const v1::Payment started, TakeCard(ticket));
  EXPECT_EQ(StatusOf(started.payment_id()), v1::PAYMENT_STATUS_UNKNOWN);
  EXPECT_EQ(ReceivableOf(ticket).held_minor(), kTimesOut);
  EXPECT_TRUE(rpc::HasReason(Cancel(started.payment_id()).status(), v1::OUTCOME_IS_UNKNOWN));
  EXPECT_TRUE(
      rpc::HasReason(TakeCard(ticket, 0, started.payment_id()).status(), v1::OUTCOME_IS_UNKNOWN));
  cluster_.Advance(absl::Seconds(5));
  const v1::Payment payment = PaymentOf(started.payment_id());
  EXPECT_EQ(payment.status(), v1::PAYMENT_STATUS_DECLINED);
  EXPECT_EQ(payment.decline_code(), "timed_out");
  EXPECT_EQ(ReceivableOf(ticket).held_minor(), 0);
}

TEST_F(CardPayment, AnswerLostThenUnknownAndResolvedToCapturedOnce) {
  const std::string ticket = Invoice(kLosesTheAnswer);
  ASSERT_OK_AND_ASSIGN(const v1::Payment started, TakeCard(ticket));
  EXPECT_EQ(StatusOf(started.payment_id()), v1::PAYMENT_STATUS_UNKNOWN);
  cluster_.Advance(absl::Seconds(5));
  EXPECT_EQ(StatusOf(started.payment_id()), v1::PAYMENT_STATUS_CAPTURED);
  EXPECT_EQ(CountOf(v1::PaymentEvent::kOutcomeUnknown), 1);
  EXPECT_EQ(CountOf(v1::PaymentEvent::kOutcomeResolved), 1);
  EXPECT_EQ(CountOf(v1::PaymentEvent::kPaymentCaptured), 1);
  EXPECT_EQ(simulator_->Deliveries(started.attempt_id()), 1);
}

// A gateway whose store was rebuilt: it knows that it took the call on, and not what it said.
class ForgetfulTerminal final : public CardTerminal {
 public:
  void Charge(const TerminalCall&, ActionFn done) override { Forget(done); }
  void Refund(const TerminalCall&, ActionFn done) override { Forget(done); }
  void Cancel(const TerminalCall&, uint64_t, ActionFn done) override { Forget(done); }
  void Resolve(const TerminalCall& call, ActionFn done) override {
    gateway::Action action;
    action.set_action_id(call.order.action_id());
    action.set_status(gateway::ACTION_STATUS_SUCCEEDED);
    action.set_approved_minor(call.order.amount_minor());
    done(action);
  }

 private:
  static void Forget(const ActionFn& done) {
    done(rpc::AlreadyExists(common::v1::ANSWER_LOST, "carried out, and forgotten"));
  }
};

class ForgetfulGateway : public Shop {};

TEST_F(ForgetfulGateway, AnswerOfTheChargeLostWithItsStoreThenAskedForAndNotTakenForARefusal) {
  cluster_.Add([] {
    return MakePaymentService(
        {.terminal = [](runtime::HostContext&) { return std::make_shared<ForgetfulTerminal>(); }});
  });
  ASSERT_THAT(cluster_.Start(), IsOk());
  Connect();
  location_ = NewId<LocationId>();
  reader_ = NewId<ReaderId>();
  ASSERT_OK_AND_ASSIGN(const v1::Payment started, TakeCard(Invoice(60000)));
  ASSERT_TRUE(cluster_.Settle());
  EXPECT_EQ(PaymentOf(started.payment_id()).status(), v1::PAYMENT_STATUS_UNKNOWN);
  cluster_.Advance(absl::Seconds(5));
  ASSERT_TRUE(cluster_.Settle());
  EXPECT_EQ(PaymentOf(started.payment_id()).status(), v1::PAYMENT_STATUS_CAPTURED);
}

TEST_F(CardPayment, RefundsAnswerLostThenUnknownUntilItIsFound) {
  ASSERT_OK_AND_ASSIGN(const v1::Payment started, TakeCard(Invoice(60000)));
  ASSERT_EQ(StatusOf(started.payment_id()), v1::PAYMENT_STATUS_CAPTURED);
  Script(Outcome::KIND_APPROVE_LOSE_ANSWER);
  ASSERT_OK_AND_ASSIGN(const auto refund, Refund(started.payment_id(), 10000));
  EXPECT_TRUE(PaymentOf(started.payment_id()).refunds(0).unknown());
  EXPECT_TRUE(rpc::HasReason(Refund(started.payment_id(), 1).status(), v1::OUTCOME_IS_UNKNOWN));
  cluster_.Advance(absl::Seconds(5));
  EXPECT_EQ(PaymentOf(started.payment_id()).refunded_minor(), 10000);
  EXPECT_EQ(simulator_->Deliveries(refund.refund_id()), 1);
}

TEST_F(CardPayment, PaymentCrashesWhileTheCustomerWaitsThenCapturedOnce) {
  const std::string ticket = Invoice(kSlowCustomer);
  ASSERT_OK_AND_ASSIGN(const v1::Payment started, TakeCard(ticket));
  ASSERT_TRUE(cluster_.Settle());
  payments_.reset();
  ASSERT_THAT(cluster_.Crash("payment"), IsOk());
  Connect();
  EXPECT_EQ(StatusOf(started.payment_id()), v1::PAYMENT_STATUS_COLLECTING);
  cluster_.Advance(absl::Minutes(1));
  EXPECT_EQ(StatusOf(started.payment_id()), v1::PAYMENT_STATUS_CAPTURED);
  EXPECT_EQ(ReceivableOf(ticket).balance_minor(), 0);
  EXPECT_EQ(simulator_->Deliveries(started.attempt_id()), 1);
}

TEST_F(CardPayment, GatewayCrashesWhileTheCustomerWaitsThenCapturedOnce) {
  const std::string ticket = Invoice(kSlowCustomer);
  ASSERT_OK_AND_ASSIGN(const v1::Payment started, TakeCard(ticket));
  ASSERT_TRUE(cluster_.Settle());
  gateway_.reset();
  ASSERT_THAT(cluster_.Crash("terminal_gateway"), IsOk());
  ConnectGateway();
  cluster_.Advance(absl::Minutes(1));
  EXPECT_EQ(StatusOf(started.payment_id()), v1::PAYMENT_STATUS_CAPTURED);
  EXPECT_EQ(simulator_->Deliveries(started.attempt_id()), 1);
}

TEST_F(CardPayment, PaymentIsDownWhenTheReaderAnswersThenCapturedWhenItIsBack) {
  ASSERT_OK_AND_ASSIGN(const v1::Payment started, TakeCard(Invoice(kSlowCustomer)));
  ASSERT_TRUE(cluster_.Settle());
  payments_.reset();
  cluster_.StopService("payment");
  cluster_.Advance(absl::Minutes(1));
  ASSERT_TRUE(cluster_.Settle());
  ASSERT_THAT(cluster_.StartService("payment"), IsOk());
  Connect();
  EXPECT_EQ(StatusOf(started.payment_id()), v1::PAYMENT_STATUS_CAPTURED);
  EXPECT_EQ(CountOf(v1::PaymentEvent::kPaymentCaptured), 1);
}

TEST_F(CardPayment, GatewayIsDownThenNothingWasSentAndTheCustomerTriesAgain) {
  const std::string ticket = Invoice(1000);
  StopGateway();
  ASSERT_OK_AND_ASSIGN(const v1::Payment started, TakeCard(ticket));
  EXPECT_EQ(PaymentOf(started.payment_id()).decline_code(), "gateway_not_reachable");
  StartGateway();
  ASSERT_THAT(TakeCard(ticket, 0, started.payment_id()), IsOk());
  EXPECT_EQ(StatusOf(started.payment_id()), v1::PAYMENT_STATUS_CAPTURED);
}

TEST_F(CardPayment, CallNeverArrivedThenUnknownAndCanceledWhenTheGatewaySaysSo) {
  const std::string ticket = Invoice(2000);
  const v1::Payment payment = TakeCardIntoTheDark(ticket);
  EXPECT_EQ(ReceivableOf(ticket).held_minor(), 2000);
  line_->Mend();
  cluster_.Advance(absl::Seconds(5));
  EXPECT_EQ(StatusOf(payment.payment_id()), v1::PAYMENT_STATUS_CANCELED);
  EXPECT_EQ(ReceivableOf(ticket).held_minor(), 0);
  EXPECT_EQ(CountOf(v1::PaymentEvent::kOutcomeResolved), 1);
  // Whoever was told that nothing happened is not surprised later.
  EXPECT_TRUE(rpc::HasReason(Deliver(payment), gateway::ACTION_WAS_REFUSED));
  EXPECT_EQ(simulator_->Deliveries(payment.attempt_id()), 0);
}

TEST_F(CardPayment, CallArrivedButItsAnswerWasLostThenCapturedOnce) {
  const std::string ticket = Invoice(2000);
  const v1::Payment payment = TakeCardIntoTheDark(ticket);
  ASSERT_THAT(Deliver(payment), IsOk());
  EXPECT_EQ(StatusOf(payment.payment_id()), v1::PAYMENT_STATUS_CAPTURED);
  line_->Mend();
  cluster_.Advance(absl::Hours(1));
  EXPECT_EQ(StatusOf(payment.payment_id()), v1::PAYMENT_STATUS_CAPTURED);
  EXPECT_EQ(CountOf(v1::PaymentEvent::kPaymentCaptured), 1);
  EXPECT_EQ(simulator_->Deliveries(payment.attempt_id()), 1);
  EXPECT_EQ(cluster_.host("payment").Status().effects.open, 0u);
}

TEST_F(CardPayment, GatewayStaysSilentThenAskedAtTheHandbooksTimes) {
  const v1::Payment payment = TakeCardIntoTheDark(Invoice(2000));
  uint64_t asked = cluster_.host("payment").Status().effects.recovered;
  for (const absl::Duration wait : {absl::Seconds(5), absl::Seconds(25), absl::Seconds(270),
                                    absl::Minutes(55), absl::Hours(23)}) {
    cluster_.Advance(wait - absl::Seconds(1));
    ASSERT_TRUE(cluster_.Settle());
    EXPECT_EQ(cluster_.host("payment").Status().effects.recovered, asked) << wait;
    cluster_.Advance(absl::Seconds(1));
    ++asked;
    ASSERT_TRUE(cluster_.Eventually([&] {
      return cluster_.host("payment").Status().effects.recovered == asked;
    })) << wait;
    ASSERT_TRUE(cluster_.Settle());
  }
  EXPECT_EQ(StatusOf(payment.payment_id()), v1::PAYMENT_STATUS_UNKNOWN);
  EXPECT_EQ(CountOf(v1::PaymentEvent::kOutcomeUnknown), 1);
}

TEST_F(CardPayment, CrashesWhileUnknownThenStillAskedAndNeverRepeated) {
  const std::string ticket = Invoice(2000);
  const v1::Payment payment = TakeCardIntoTheDark(ticket);
  payments_.reset();
  line_->Mend();
  ASSERT_THAT(cluster_.Crash("payment"), IsOk());
  Connect();
  EXPECT_EQ(StatusOf(payment.payment_id()), v1::PAYMENT_STATUS_UNKNOWN);
  cluster_.Advance(absl::Seconds(5));
  EXPECT_EQ(StatusOf(payment.payment_id()), v1::PAYMENT_STATUS_CANCELED);
  EXPECT_EQ(simulator_->Deliveries(payment.attempt_id()), 0);
}

TEST_F(CardPayment, LineCutDuringACancelThenAskedAgainUntilItIsHeard) {
  ASSERT_OK_AND_ASSIGN(const v1::Payment started, TakeCard(Invoice(kSlowCustomer)));
  ASSERT_TRUE(cluster_.Settle());
  cluster_.Advance(absl::Seconds(1));
  line_->Cut();
  ASSERT_THAT(Cancel(started.payment_id()), IsOk());
  EXPECT_EQ(StatusOf(started.payment_id()), v1::PAYMENT_STATUS_COLLECTING);
  line_->Mend();
  cluster_.Advance(absl::Seconds(1));
  EXPECT_EQ(StatusOf(started.payment_id()), v1::PAYMENT_STATUS_CANCELED);
}

TEST_F(CardPayment, NewsFailsToComeThenTheGatewayIsAsked) {
  const std::string ticket = Invoice(2000);
  cluster_.host("payment").StopFeeds();
  ASSERT_OK_AND_ASSIGN(const v1::Payment started, TakeCard(ticket));
  const auto captured = [&] { return CountOf(v1::PaymentEvent::kPaymentCaptured) == 1; };
  ASSERT_TRUE(
      cluster_.Eventually([&] { return simulator_->Deliveries(started.attempt_id()) == 1; }));
  ASSERT_TRUE(cluster_.Eventually(
      [&] { return cluster_.host("payment").Status().effects.in_flight == 0; }));
  EXPECT_FALSE(captured());
  cluster_.Advance(absl::Minutes(1));
  ASSERT_TRUE(cluster_.Eventually(captured));
  // The news comes after all, and changes nothing.
  payments_.reset();
  ASSERT_THAT(cluster_.Restart("payment"), IsOk());
  Connect();
  EXPECT_EQ(StatusOf(started.payment_id()), v1::PAYMENT_STATUS_CAPTURED);
  EXPECT_TRUE(captured());
}

}  // namespace
}  // namespace pitlane::payment
