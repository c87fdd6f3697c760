#include "services/payment/domain/tender.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/rpc/errors.h"
#include "libs/testing/given.h"
#include "services/payment/domain/testing_till.h"

namespace pitlane::payment {
namespace {

using ::testing::ElementsAre;
using testing::EventIs;
using testing::Given;
using ::testing::IsEmpty;

const Given<Till>& Collecting() {
  static const Given<Till> till({Owed(1000), Held(kPayment, 600),
                                 CreatedAs(v1::TENDER_CARD_PRESENT, 600), Attempted(kAttempt)});
  return till;
}

const Given<Till>& Declined() {
  static const Given<Till> till({Owed(1000), Held(kPayment, 600),
                                 CreatedAs(v1::TENDER_CARD_PRESENT, 600), Attempted(kAttempt),
                                 DeclinedAs(kAttempt, "lost_card"), Released(kPayment, 600)});
  return till;
}

const Given<Till>& Unknown() {
  static const Given<Till> till({Owed(1000), Held(kPayment, 600),
                                 CreatedAs(v1::TENDER_CARD_PRESENT, 600), Attempted(kAttempt),
                                 NobodyKnows(kAttempt)});
  return till;
}

const Given<Till>& CardCaptured() {
  static const Given<Till> till({Owed(1000), Held(kPayment, 600),
                                 CreatedAs(v1::TENDER_CARD_PRESENT, 600), Attempted(kAttempt),
                                 CapturedFor(v1::TENDER_CARD_PRESENT, 600),
                                 PaidOff(kPayment, 600, 400)});
  return till;
}

const Given<Till>& CashCaptured() {
  static const Given<Till> till({Owed(1002, 5), CreatedAs(v1::TENDER_CASH, 1002),
                                 CapturedFor(v1::TENDER_CASH, 1000, 2),
                                 PaidOff(kPayment, 1002, 0)});
  return till;
}

template <class What>
std::string MetadataOf(const What& outcome, const char* key) {
  return rpc::ErrorMetadata(outcome.result().status())[key];
}

// ---- refusals, in the order of the enum ----

TEST(Tender, NotInvoicedThenReceivableUnknown) {
  const Given<Till> nothing;
  nothing.When(Deciding(Cash())).ThenRefused(absl::StatusCode::kNotFound, v1::RECEIVABLE_UNKNOWN);
  nothing.When(Deciding(Card(kAttempt))).ThenRefused(v1::RECEIVABLE_UNKNOWN);
}

TEST(Tender, NeverMadeThenPaymentUnknown) {
  const Given<Till> owed({Owed(1000)});
  owed.When(Deciding(GivingUp())).ThenRefused(absl::StatusCode::kNotFound, v1::PAYMENT_UNKNOWN);
  owed.When(Deciding(Returning(100))).ThenRefused(v1::PAYMENT_UNKNOWN);
}

TEST(Tender, IdTakenThenPaymentExists) {
  CashCaptured()
      .When(Deciding(Cash()))
      .ThenRefused(absl::StatusCode::kAlreadyExists, v1::PAYMENT_EXISTS);
  v1::PaymentEvent elsewhere = CreatedAs(v1::TENDER_CARD_PRESENT, 600);
  elsewhere.mutable_payment_created()->mutable_payment()->set_ticket_id("another");
  Given<Till>({Owed(1000), elsewhere})
      .When(Deciding(Card(kAttempt)))
      .ThenRefused(v1::PAYMENT_EXISTS);
}

TEST(RefundPayment, IdTakenThenRefundExists) {
  RefundPayment command = Returning(100);
  command.refund_id_taken = true;
  CardCaptured()
      .When(Deciding(command))
      .ThenRefused(absl::StatusCode::kAlreadyExists, v1::REFUND_EXISTS);
}

TEST(Tender, OtherCurrencyThanTheTicketThenCurrencyDiffers) {
  TakeCash cash = Cash();
  cash.request.set_currency("CAD");
  Given<Till>({Owed(1000)}).When(Deciding(cash)).ThenRefused(v1::CURRENCY_DIFFERS);
  TakeCard card = Card(kAttempt);
  card.request.set_currency("CAD");
  Given<Till>({Owed(1000)}).When(Deciding(card)).ThenRefused(v1::CURRENCY_DIFFERS);
  RefundPayment refund = Returning(100);
  refund.request.set_currency("CAD");
  CardCaptured().When(Deciding(refund)).ThenRefused(v1::CURRENCY_DIFFERS);
}

TEST(Tender, OutcomeNotKnownThenOutcomeIsUnknownUntilItIs) {
  Unknown().When(Deciding(Card(kSecondAttempt))).ThenRefused(v1::OUTCOME_IS_UNKNOWN);
  Unknown().When(Deciding(GivingUp())).ThenRefused(v1::OUTCOME_IS_UNKNOWN);
  Unknown().When(Deciding(Returning(100))).ThenRefused(v1::OUTCOME_IS_UNKNOWN);
  Given<Till>({Owed(1000), CreatedAs(v1::TENDER_CARD_PRESENT, 600), Attempted(kAttempt),
               CapturedFor(v1::TENDER_CARD_PRESENT, 600), RefundBegun("rfd_other", 100),
               NobodyKnows("rfd_other")})
      .When(Deciding(Returning(100)))
      .ThenRefused(v1::OUTCOME_IS_UNKNOWN);
}

TEST(TakeCard, NotDeclinedOrAnotherAmountThenPaymentNotRetryable) {
  Collecting().When(Deciding(Card(kSecondAttempt))).ThenRefused(v1::PAYMENT_NOT_RETRYABLE);
  CardCaptured().When(Deciding(Card(kSecondAttempt))).ThenRefused(v1::PAYMENT_NOT_RETRYABLE);
  Declined().When(Deciding(Card(kSecondAttempt, 599))).ThenRefused(v1::PAYMENT_NOT_RETRYABLE);
}

TEST(CancelPayment, MoneyMovedThenPaymentNotCancelable) {
  CardCaptured().When(Deciding(GivingUp())).ThenRefused(v1::PAYMENT_NOT_CANCELABLE);
  CashCaptured().When(Deciding(GivingUp())).ThenRefused(v1::PAYMENT_NOT_CANCELABLE);
}

TEST(RefundPayment, NoMoneyTakenThenPaymentNotCaptured) {
  Collecting().When(Deciding(Returning(100))).ThenRefused(v1::PAYMENT_NOT_CAPTURED);
  Declined().When(Deciding(Returning(100))).ThenRefused(v1::PAYMENT_NOT_CAPTURED);
}

TEST(Tender, PaidOrHeldByOthersThenNothingOwed) {
  const Given<Till> paid({Owed(1000), PaidOff(kOther, 1000, 0)});
  paid.When(Deciding(Cash())).ThenRefused(v1::NOTHING_OWED);
  const Given<Till> held({Owed(1000), Held(kOther, 1000)});
  held.When(Deciding(Cash())).ThenRefused(v1::NOTHING_OWED);
  held.When(Deciding(Card(kAttempt))).ThenRefused(v1::NOTHING_OWED);
}

TEST(Tender, MoreThanIsOpenThenAmountExceedsBalance) {
  const Given<Till> till({Owed(1000), Held(kOther, 300)});
  auto outcome = till.When(Deciding(Cash(701)));
  outcome.ThenRefused(v1::AMOUNT_EXCEEDS_BALANCE);
  EXPECT_EQ(MetadataOf(outcome, "open_minor"), "700");
  till.When(Deciding(Card(kAttempt, 701))).ThenRefused(v1::AMOUNT_EXCEEDS_BALANCE);
}

TEST(TakeCard, OthersPaidMeanwhileThenRetryExceedsBalance) {
  Given<Till>({Owed(1000), Held(kPayment, 600), CreatedAs(v1::TENDER_CARD_PRESENT, 600),
               Attempted(kAttempt), DeclinedAs(kAttempt, "lost_card"), Released(kPayment, 600),
               PaidOff(kOther, 500, 500)})
      .When(Deciding(Card(kSecondAttempt)))
      .ThenRefused(v1::AMOUNT_EXCEEDS_BALANCE);
}

TEST(Tender, NoCoinsForItThenAmountNotPayableInCash) {
  const Given<Till> till({Owed(1002, 5)});
  till.When(Deciding(Cash(501))).ThenRefused(v1::AMOUNT_NOT_PAYABLE_IN_CASH);
  till.When(Deciding(Cash(0, 1003))).ThenRefused(v1::AMOUNT_NOT_PAYABLE_IN_CASH);
  CashCaptured().When(Deciding(Returning(3))).ThenRefused(v1::AMOUNT_NOT_PAYABLE_IN_CASH);
}

TEST(TakeCash, LessHandedOverThanDueThenTenderedTooLittle) {
  auto outcome = Given<Till>({Owed(1000)}).When(Deciding(Cash(0, 999)));
  outcome.ThenRefused(v1::TENDERED_TOO_LITTLE);
  EXPECT_EQ(MetadataOf(outcome, "due_minor"), "1000");
}

TEST(RefundPayment, MoreThanIsLeftThenRefundExceedsCaptured) {
  auto outcome =
      Given<Till>({Owed(1000), CreatedAs(v1::TENDER_CARD_PRESENT, 600), Attempted(kAttempt),
                   CapturedFor(v1::TENDER_CARD_PRESENT, 600), RefundBegun("rfd_other", 400)})
          .When(Deciding(Returning(201)));
  outcome.ThenRefused(v1::REFUND_EXCEEDS_CAPTURED);
  EXPECT_EQ(MetadataOf(outcome, "left_minor"), "200");
}

TEST(RefundPayment, NothingThenRefundExceedsCapturedAndNoRoundingIsTakenBackTwice) {
  Given<Till>({Owed(1000), CreatedAs(v1::TENDER_CARD_PRESENT, 600), Attempted(kAttempt),
               CapturedFor(v1::TENDER_CARD_PRESENT, 600)})
      .When(Deciding(Returning(0)))
      .ThenRefused(v1::REFUND_EXCEEDS_CAPTURED);
}

TEST(RefundPayment, MoreThanTheRoleMayGiveThenRefundOverLimit) {
  RefundPayment command = Returning(501);
  command.limit_minor = 500;
  CardCaptured()
      .When(Deciding(command))
      .ThenRefused(absl::StatusCode::kPermissionDenied, v1::REFUND_OVER_LIMIT);
}

// ---- taking cash ----

TEST(TakeCash, WholeBalanceThenRoundedToWhatCoinsThereAre) {
  // Handbook §5.1: 1 245.47 at 0.05 is 1 245.45.
  Given<Till>({Owed(124547, 5)})
      .When(Deciding(Cash(0, 130000)))
      .ThenEvents(ElementsAre(EventIs(R"pb(
                                payment_created {
                                  payment {
                                    payment_id: "pay_01JGGZV1C0AFR0000000000006"
                                    ticket_id: "tkt_01JGGZV1C0AFR0000000000003"
                                    location_id: "loc_01JGGZV1C0AFR0000000000002"
                                    tender: TENDER_CASH
                                    status: PAYMENT_STATUS_CREATED
                                    currency: "USD"
                                    amount_minor: 124547
                                    created_at { seconds: 0 }
                                    version: 1
                                  }
                                }
                              )pb"),
                              EventIs(R"pb(
                                payment_captured {
                                  payment_id: "pay_01JGGZV1C0AFR0000000000006"
                                  ticket_id: "tkt_01JGGZV1C0AFR0000000000003"
                                  location_id: "loc_01JGGZV1C0AFR0000000000002"
                                  tender: TENDER_CASH
                                  captured_minor: 124545
                                  applied_minor: 124547
                                  rounding_minor: 2
                                  tendered_minor: 130000
                                  change_minor: 5455
                                  currency: "USD"
                                }
                              )pb"),
                              EventIs(PaidOff(kPayment, 124547, 0))));
}

TEST(TakeCash, RoundedUpThenTheShopGains) {
  auto outcome = Given<Till>({Owed(124548, 5)}).When(Deciding(Cash()));
  const v1::PaymentCaptured& captured = outcome.result()->at(1).payment_captured();
  EXPECT_EQ(captured.captured_minor(), 124550);
  EXPECT_EQ(captured.applied_minor(), 124548);
  EXPECT_EQ(captured.rounding_minor(), -2);
  EXPECT_EQ(outcome.state().receivable.receivable().balance_minor(), 0);
}

TEST(TakeCash, PartOfTheBalanceThenNothingIsRounded) {
  auto outcome = Given<Till>({Owed(1002, 5)}).When(Deciding(Cash(500, 1000)));
  const v1::PaymentCaptured& captured = outcome.result()->at(1).payment_captured();
  EXPECT_EQ(captured.captured_minor(), 500);
  EXPECT_EQ(captured.rounding_minor(), 0);
  EXPECT_EQ(captured.change_minor(), 500);
  EXPECT_EQ(outcome.state().receivable.receivable().balance_minor(), 502);
}

TEST(TakeCash, LessThanHalfACoinThenPaidWithoutMoney) {
  auto outcome = Given<Till>({Owed(2, 5)}).When(Deciding(Cash()));
  EXPECT_EQ(outcome.result()->at(1).payment_captured().captured_minor(), 0);
  EXPECT_EQ(outcome.state().receivable.receivable().balance_minor(), 0);
  EXPECT_EQ(outcome.state().payment.payment().status(), v1::PAYMENT_STATUS_CAPTURED);
}

// ---- taking cards ----

TEST(TakeCard, NewPaymentThenHeldAndCollecting) {
  auto outcome = Given<Till>({Owed(1000)}).When(Deciding(Card(kAttempt, 600)));
  ASSERT_TRUE(outcome.result().ok());
  EXPECT_EQ(outcome.result()->at(0).receivable_charged().open_minor(), 400);
  EXPECT_EQ(outcome.result()->at(1).payment_created().payment().amount_minor(), 600);
  EXPECT_EQ(outcome.result()->at(2).attempt_started().attempt_id(), kAttempt);
  EXPECT_EQ(OpenOf(outcome.state().receivable), 400);
  EXPECT_EQ(outcome.state().payment.payment().status(), v1::PAYMENT_STATUS_COLLECTING);
}

TEST(TakeCard, DeclinedThenAnotherAttemptOfTheSamePaymentHoldsAgain) {
  auto outcome = Declined().When(Deciding(Card(kSecondAttempt)));
  ASSERT_EQ(outcome.result()->size(), 2u);
  EXPECT_EQ(outcome.state().payment.payment().attempts(), 2);
  EXPECT_EQ(outcome.state().payment.payment().attempt_id(), kSecondAttempt);
  EXPECT_EQ(outcome.state().receivable.receivable().held_minor(), 600);
}

TEST(CancelPayment, DeclinedThenCanceledAtOnce) {
  auto outcome = Declined().When(Deciding(GivingUp("pays cash")));
  EXPECT_EQ(outcome.result()->front().payment_canceled().reason(), "pays cash");
  EXPECT_EQ(outcome.state().payment.payment().status(), v1::PAYMENT_STATUS_CANCELED);
}

TEST(CancelPayment, CollectingThenOnlyAskedForAndOnce) {
  auto outcome = Collecting().When(Deciding(GivingUp("pays cash")));
  ASSERT_EQ(outcome.result()->size(), 1u);
  EXPECT_TRUE(outcome.result()->front().has_payment_cancel_requested());
  EXPECT_EQ(outcome.state().payment.payment().status(), v1::PAYMENT_STATUS_COLLECTING);
  EXPECT_EQ(outcome.state().receivable.receivable().held_minor(), 600);
  EXPECT_THAT(*Decide(outcome.state(), GivingUp()), IsEmpty());
}

// ---- refunds ----

TEST(RefundPayment, CashThenBackAtOnce) {
  auto outcome = CashCaptured().When(Deciding(Returning(400)));
  ASSERT_EQ(outcome.result()->size(), 3u);
  EXPECT_EQ(outcome.result()->at(1).payment_refunded().refunded_minor(), 400);
  EXPECT_EQ(outcome.state().payment.payment().status(), v1::PAYMENT_STATUS_PARTIALLY_REFUNDED);
  EXPECT_EQ(outcome.state().receivable.receivable().balance_minor(), 400);
}

TEST(RefundPayment, LastOfTheCashThenTheRoundingIsTakenBackToo) {
  auto outcome = CashCaptured().When(Deciding(Returning(1000)));
  const v1::PaymentRefunded& refunded = outcome.result()->at(1).payment_refunded();
  EXPECT_EQ(refunded.returned_minor(), 1000);
  EXPECT_EQ(refunded.rounding_minor(), 2);
  EXPECT_EQ(refunded.refunded_minor(), 1002);
  EXPECT_EQ(outcome.state().payment.payment().status(), v1::PAYMENT_STATUS_REFUNDED);
  EXPECT_EQ(outcome.state().receivable.receivable().balance_minor(), 1002);
}

TEST(RefundPayment, CardThenOnlyStarted) {
  auto outcome = CardCaptured().When(Deciding(Returning(200)));
  outcome.ThenEvents(ElementsAre(EventIs(RefundBegun(kRefund, 200))));
  EXPECT_EQ(RefundableOf(outcome.state().payment), 400);
  EXPECT_EQ(outcome.state().receivable.receivable().balance_minor(), 400);
}

// ---- receivables ----

TEST(CreateReceivable, InvoicedThenTheTotalIsOwed) {
  CreateReceivable command;
  command.ticket.set_ticket_id(kTicket);
  command.ticket.set_currency("USD");
  command.ticket.set_business_date("2026-01-01");
  command.ticket.set_cash_increment_minor(5);
  command.ticket.mutable_totals()->set_total_minor(117095);
  const auto deciding = [&](const v1::ReceivableState& state) { return Decide(state, command); };
  auto outcome = Given<ReceivableAggregate>().When(deciding);
  ASSERT_EQ(outcome.result()->size(), 1u);
  EXPECT_EQ(outcome.state().receivable().balance_minor(), 117095);
  EXPECT_EQ(outcome.state().receivable().business_date(), "2026-01-01");
  EXPECT_EQ(outcome.state().receivable().version(), 1u);
  EXPECT_THAT(*Decide(outcome.state(), command), IsEmpty());
}

TEST(CreateReceivable, SharedWithOtherPayersThenTheCustomersShareIsOwed) {
  CreateReceivable command;
  command.ticket.set_ticket_id("tkt_01JGGZV1C0AFR0000000000002");
  command.ticket.mutable_totals()->set_total_minor(10000);
  command.ticket.set_customer_total_minor(2500);
  const auto events = Decide(v1::ReceivableState(), command);
  ASSERT_TRUE(events.ok());
  ASSERT_EQ(events->size(), 1u);
  EXPECT_EQ((*events)[0].receivable_created().receivable().total_minor(), 2500);
  EXPECT_EQ((*events)[0].receivable_created().receivable().balance_minor(), 2500);
  // A warranty pays it all.
  command.ticket.set_customer_total_minor(0);
  EXPECT_THAT(*Decide(v1::ReceivableState(), command), IsEmpty());
}

TEST(CreateReceivable, NothingToPayThenNothingIsOwed) {
  EXPECT_THAT(*Decide(v1::ReceivableState(), CreateReceivable()), IsEmpty());
}

}  // namespace
}  // namespace pitlane::payment
