#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/testing/given.h"
#include "services/payment/domain/tender.h"
#include "services/payment/domain/testing_till.h"

namespace pitlane::payment {
namespace {

using ::testing::ElementsAre;
using testing::EventIs;
using testing::Given;
using ::testing::IsEmpty;
using What = CardOutcome::What;

RecordAttempt Attempt(What what, int64_t moved_minor = 0) {
  return {.attempt_id = kAttempt,
          .outcome = {.what = what, .moved_minor = moved_minor, .code = "lost_card"},
          .queries = 2};
}

RecordRefund Refund(What what, int64_t moved_minor = 0) {
  return {.refund_id = kRefund,
          .outcome = {.what = what, .moved_minor = moved_minor, .code = "device_error"},
          .queries = 3};
}

std::vector<v1::PaymentEvent> CollectingEvents() {
  return {Owed(1000), Held(kPayment, 600), CreatedAs(v1::TENDER_CARD_PRESENT, 600),
          Attempted(kAttempt)};
}

Given<Till> Collecting(std::vector<v1::PaymentEvent> then = {}) {
  std::vector<v1::PaymentEvent> events = CollectingEvents();
  events.insert(events.end(), then.begin(), then.end());
  return Given<Till>(events);
}

Given<Till> Refunding(std::vector<v1::PaymentEvent> then = {}) {
  std::vector<v1::PaymentEvent> events = CollectingEvents();
  events.push_back(CapturedFor(v1::TENDER_CARD_PRESENT, 600));
  events.push_back(PaidOff(kPayment, 600, 400));
  events.push_back(RefundBegun(kRefund, 250));
  events.insert(events.end(), then.begin(), then.end());
  return Given<Till>(events);
}

v1::PaymentEvent ResolvedAfter(const char* action_id, int queries) {
  v1::PaymentEvent event;
  event.mutable_outcome_resolved()->set_payment_id(kPayment);
  event.mutable_outcome_resolved()->set_attempt_id(action_id);
  event.mutable_outcome_resolved()->set_queries(queries);
  return event;
}

TEST(RecordAttempt, ApprovedThenCapturedAndCredited) {
  auto outcome = Collecting().When(Deciding(Attempt(What::kSucceeded, 600)));
  ASSERT_EQ(outcome.result()->size(), 2u);
  EXPECT_EQ(outcome.result()->at(0).payment_captured().applied_minor(), 600);
  EXPECT_EQ(outcome.result()->at(0).payment_captured().attempt_id(), kAttempt);
  EXPECT_EQ(outcome.result()->at(1).receivable_paid().balance_minor(), 400);
  EXPECT_EQ(outcome.state().receivable.receivable().held_minor(), 0);
  EXPECT_EQ(outcome.state().receivable.receivable().balance_minor(), 400);
}

TEST(RecordAttempt, PartlyApprovedThenTheRestIsReleased) {
  auto outcome = Collecting().When(Deciding(Attempt(What::kSucceeded, 250)));
  ASSERT_EQ(outcome.result()->size(), 3u);
  EXPECT_EQ(outcome.result()->at(0).payment_captured().captured_minor(), 250);
  EXPECT_EQ(outcome.result()->at(2).receivable_released().amount_minor(), 350);
  EXPECT_EQ(outcome.result()->at(2).receivable_released().open_minor(), 750);
  EXPECT_EQ(OpenOf(outcome.state().receivable), 750);
}

TEST(RecordAttempt, DeclinedThenTheHoldIsReleased) {
  auto outcome = Collecting().When(Deciding(Attempt(What::kFailed)));
  ASSERT_EQ(outcome.result()->size(), 2u);
  EXPECT_EQ(outcome.state().payment.payment().status(), v1::PAYMENT_STATUS_DECLINED);
  EXPECT_EQ(outcome.state().payment.payment().decline_code(), "lost_card");
  EXPECT_EQ(OpenOf(outcome.state().receivable), 1000);
}

TEST(RecordAttempt, GivenUpThenCanceledForTheReasonThatWasGiven) {
  const auto reason = [](const Given<Till>& till, What what) {
    return till.When(Deciding(Attempt(what))).result()->front().payment_canceled().reason();
  };
  v1::PaymentEvent requested;
  requested.mutable_payment_cancel_requested()->set_payment_id(kPayment);
  requested.mutable_payment_cancel_requested()->set_reason("pays cash");
  EXPECT_EQ(reason(Collecting(), What::kCanceled), "canceled_at_reader");
  EXPECT_EQ(reason(Collecting(), What::kNeverArrived), "never_arrived");
  EXPECT_EQ(reason(Collecting({requested}), What::kCanceled), "pays cash");
  EXPECT_EQ(reason(Collecting({requested}), What::kNeverArrived), "pays cash");
}

TEST(RecordAttempt, ApprovedAfterACancelThenCaptured) {
  v1::PaymentEvent requested;
  requested.mutable_payment_cancel_requested()->set_payment_id(kPayment);
  auto outcome = Collecting({requested}).When(Deciding(Attempt(What::kSucceeded, 600)));
  EXPECT_EQ(outcome.state().payment.payment().status(), v1::PAYMENT_STATUS_CAPTURED);
}

TEST(RecordAttempt, NoAnswerThenUnknownOnceAndStillHeld) {
  auto outcome = Collecting().When(Deciding(Attempt(What::kUnknown)));
  outcome.ThenEvents(ElementsAre(EventIs(NobodyKnows(kAttempt))));
  EXPECT_EQ(outcome.state().payment.payment().status(), v1::PAYMENT_STATUS_UNKNOWN);
  EXPECT_EQ(outcome.state().receivable.receivable().held_minor(), 600);
  Collecting({NobodyKnows(kAttempt)}).When(Deciding(Attempt(What::kUnknown))).ThenEvents(IsEmpty());
}

TEST(RecordAttempt, UnknownThenResolvedToWhateverItIs) {
  const Given<Till> unknown = Collecting({NobodyKnows(kAttempt)});
  const auto status = [&](What what) {
    auto outcome = unknown.When(Deciding(Attempt(what, 600)));
    EXPECT_THAT(outcome.result()->front(), EventIs(ResolvedAfter(kAttempt, 2)));
    return outcome.state().payment.payment().status();
  };
  EXPECT_EQ(status(What::kSucceeded), v1::PAYMENT_STATUS_CAPTURED);
  EXPECT_EQ(status(What::kFailed), v1::PAYMENT_STATUS_DECLINED);
  EXPECT_EQ(status(What::kCanceled), v1::PAYMENT_STATUS_CANCELED);
  EXPECT_EQ(status(What::kNeverArrived), v1::PAYMENT_STATUS_CANCELED);
}

TEST(RecordAttempt, UnknownAndSaidToBeUnderWayThenStillUnknown) {
  // The answer may be older than the news that the reader does not answer.
  Collecting({NobodyKnows(kAttempt)})
      .When(Deciding(Attempt(What::kInProgress)))
      .ThenEvents(IsEmpty());
  Refunding({NobodyKnows(kRefund)}).When(Deciding(Refund(What::kInProgress))).ThenEvents(IsEmpty());
}

TEST(RecordAttempt, SettledThenLateNewsChangesNothing) {
  const Given<Till> captured =
      Collecting({CapturedFor(v1::TENDER_CARD_PRESENT, 600), PaidOff(kPayment, 600, 400)});
  for (const What what : {What::kInProgress, What::kSucceeded, What::kFailed, What::kCanceled,
                          What::kUnknown, What::kNeverArrived}) {
    captured.When(Deciding(Attempt(what, 600))).ThenEvents(IsEmpty());
  }
  const Given<Till> declined =
      Collecting({DeclinedAs(kAttempt, "lost_card"), Released(kPayment, 600)});
  for (const What what :
       {What::kInProgress, What::kFailed, What::kCanceled, What::kUnknown, What::kNeverArrived}) {
    declined.When(Deciding(Attempt(what))).ThenEvents(IsEmpty());
  }
}

TEST(RecordAttempt, ChargedAlthoughThoughtDeclinedThenItIsMoneyAllTheSame) {
  auto outcome = Collecting({DeclinedAs(kAttempt, "gateway_not_reachable"), Released(kPayment, 600),
                             PaidOff(kOther, 1000, 0)})
                     .When(Deciding(Attempt(What::kSucceeded, 600)));
  EXPECT_EQ(outcome.state().payment.payment().status(), v1::PAYMENT_STATUS_CAPTURED);
  // The customer has paid twice, and the balance says so.
  EXPECT_EQ(outcome.state().receivable.receivable().balance_minor(), -600);
  EXPECT_EQ(outcome.state().receivable.receivable().held_minor(), 0);
}

TEST(RecordAttempt, EarlierAttemptThenNotThisPaymentsBusiness) {
  Collecting({DeclinedAs(kAttempt, "lost_card"), Released(kPayment, 600), Held(kPayment, 600),
              Attempted(kSecondAttempt)})
      .When(Deciding(Attempt(What::kSucceeded, 600)))
      .ThenEvents(IsEmpty());
}

TEST(CaptureStray, MoneyOfAnEarlierAttemptThenAPaymentOfItsOwn) {
  const CaptureStray command{.payment_id = kPayment,
                             .attempt_id = kAttempt,
                             .reader_id = kReader,
                             .outcome = {.what = What::kSucceeded, .moved_minor = 600}};
  auto outcome = Given<Till>({Owed(1000), Held(kOther, 600)}).When(Deciding(command));
  ASSERT_EQ(outcome.result()->size(), 3u);
  EXPECT_EQ(outcome.state().payment.payment().status(), v1::PAYMENT_STATUS_CAPTURED);
  EXPECT_EQ(outcome.state().payment.payment().attempt_id(), kAttempt);
  EXPECT_EQ(outcome.state().receivable.receivable().balance_minor(), 400);
  EXPECT_EQ(outcome.state().receivable.receivable().held_minor(), 600);
}

TEST(RecordRefund, GivenBackThenTheTicketIsDebited) {
  auto outcome = Refunding().When(Deciding(Refund(What::kSucceeded, 250)));
  ASSERT_EQ(outcome.result()->size(), 2u);
  EXPECT_EQ(outcome.result()->at(0).payment_refunded().refunded_minor(), 250);
  EXPECT_EQ(outcome.state().payment.payment().status(), v1::PAYMENT_STATUS_PARTIALLY_REFUNDED);
  EXPECT_TRUE(outcome.state().payment.payment().refunds(0).done());
  EXPECT_EQ(outcome.state().receivable.receivable().balance_minor(), 650);
}

TEST(RecordRefund, CameToNothingThenItMayBeTriedAnew) {
  const auto reason = [](What what) {
    auto outcome = Refunding().When(Deciding(Refund(what)));
    EXPECT_EQ(RefundableOf(outcome.state().payment), 600);
    return outcome.state().payment.payment().refunds(0).failure();
  };
  EXPECT_EQ(reason(What::kFailed), "device_error");
  EXPECT_EQ(reason(What::kCanceled), "canceled_at_reader");
  EXPECT_EQ(reason(What::kNeverArrived), "never_arrived");
}

TEST(RecordRefund, NoAnswerThenUnknownUntilResolved) {
  auto unknown = Refunding().When(Deciding(Refund(What::kUnknown)));
  unknown.ThenEvents(ElementsAre(EventIs(NobodyKnows(kRefund))));
  EXPECT_EQ(unknown.state().payment.payment().status(), v1::PAYMENT_STATUS_CAPTURED);
  EXPECT_TRUE(unknown.state().payment.payment().refunds(0).unknown());
  auto resolved = Refunding({NobodyKnows(kRefund)}).When(Deciding(Refund(What::kSucceeded, 250)));
  EXPECT_THAT(resolved.result()->front(), EventIs(ResolvedAfter(kRefund, 3)));
  EXPECT_FALSE(resolved.state().payment.payment().refunds(0).unknown());
  EXPECT_EQ(resolved.state().payment.refunds_unknown_since_size(), 0);
}

TEST(RecordRefund, DoneThenLateNewsChangesNothing) {
  auto done = Refunding().When(Deciding(Refund(What::kSucceeded, 250)));
  for (const What what : {What::kInProgress, What::kSucceeded, What::kFailed, What::kUnknown}) {
    EXPECT_THAT(*Decide(done.state(), Refund(what, 250)), IsEmpty());
  }
}

TEST(RecordRefund, GivenBackAlthoughThoughtFailedThenItIsMoneyAllTheSame) {
  auto failed = Refunding().When(Deciding(Refund(What::kFailed)));
  EXPECT_THAT(*Decide(failed.state(), Refund(What::kUnknown)), IsEmpty());
  const auto late = Decide(failed.state(), Refund(What::kSucceeded, 250));
  ASSERT_EQ(late->size(), 2u);
  EXPECT_TRUE(late->front().has_payment_refunded());
}

TEST(OutcomeOf, EveryStatusOfAnActionHasItsMeaning) {
  namespace gateway = terminal_gateway::v1;
  const auto what = [](gateway::ActionStatus status) {
    gateway::Action action;
    action.set_status(status);
    return OutcomeOf(action).what;
  };
  EXPECT_EQ(what(gateway::ACTION_STATUS_IN_PROGRESS), What::kInProgress);
  EXPECT_EQ(what(gateway::ACTION_STATUS_SUCCEEDED), What::kSucceeded);
  EXPECT_EQ(what(gateway::ACTION_STATUS_FAILED), What::kFailed);
  EXPECT_EQ(what(gateway::ACTION_STATUS_CANCELED), What::kCanceled);
  EXPECT_EQ(what(gateway::ACTION_STATUS_TIMED_OUT), What::kUnknown);
  EXPECT_EQ(what(gateway::ACTION_STATUS_REFUSED), What::kNeverArrived);
}

}  // namespace
}  // namespace pitlane::payment
