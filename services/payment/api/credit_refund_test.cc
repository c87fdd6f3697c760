// Credit memos: less is owed, and what is owed to the customer goes back to where it came from.
#include "services/payment/domain/credit_refund.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/payment/testing_shop.h"

namespace pitlane::payment {
namespace {

using rpc::Role;

class CreditRefund : public Shop {
 protected:
  void SetUp() override { StartPayment(); }

  void Credit(const std::string& ticket_id, int64_t amount_minor, const std::string& memo = "1") {
    ticket::v1::TicketEvent event;
    ticket::v1::CreditMemo& issued = *event.mutable_credit_memo_issued()->mutable_memo();
    issued.set_credit_memo_id("crm_" + memo);
    issued.set_number("CM-0000" + memo);
    issued.set_ticket_id(ticket_id);
    issued.set_location_id(location_);
    issued.set_business_date("2026-01-15");
    issued.set_at_till_minor(amount_minor);
    cluster_.stream("ticket").Publish(event, ticket_id);
    ASSERT_TRUE(cluster_.Settle());
  }
  v1::RefundCreditRequest RequestFor(const std::string& ticket_id, int64_t amount_minor = 0) {
    v1::RefundCreditRequest request;
    request.set_request_id(NewRequestId());
    request.set_ticket_id(ticket_id);
    request.set_amount_minor(amount_minor);
    request.set_currency("USD");
    request.set_reason("CM-00001");
    return request;
  }
  absl::StatusOr<v1::RefundCreditResponse> RefundCredit(const std::string& ticket_id,
                                                        int64_t amount_minor = 0,
                                                        Role role = Role::kOwner) {
    return cluster_.Call(*payments_, &Stub::RefundCredit, RequestFor(ticket_id, amount_minor),
                         role);
  }
};

TEST_F(CreditRefund, UnpaidTicketCreditedThenLessIsOwedAndNothingToRefund) {
  const std::string ticket = Invoice(1000);
  Credit(ticket, 400);
  EXPECT_EQ(ReceivableOf(ticket).balance_minor(), 600);
  EXPECT_EQ(ReceivableOf(ticket).credited_minor(), 400);
  EXPECT_TRUE(rpc::HasReason(RefundCredit(ticket).status(), v1::NOTHING_TO_REFUND));
  ASSERT_THAT(TakeCash(ticket), IsOk());
  EXPECT_EQ(ReceivableOf(ticket).balance_minor(), 0);
}

TEST_F(CreditRefund, SameMemoToldAgainThenCountedOnce) {
  const std::string ticket = Invoice(1000);
  Credit(ticket, 400);
  Credit(ticket, 400);
  EXPECT_EQ(ReceivableOf(ticket).credited_minor(), 400);
  EXPECT_EQ(CountOf(v1::PaymentEvent::kReceivableCredited), 1);
}

TEST_F(CreditRefund, PaidTicketCreditedThenTheMoneyGoesBackOnTheMemosDay) {
  const std::string ticket = Invoice(1000);
  ASSERT_THAT(TakeCash(ticket), IsOk());
  Credit(ticket, 300);
  EXPECT_EQ(ReceivableOf(ticket).balance_minor(), -300);
  const v1::RefundCreditRequest request = RequestFor(ticket);
  ASSERT_OK_AND_ASSIGN(const auto first, cluster_.Call(*payments_, &Stub::RefundCredit, request));
  ASSERT_OK_AND_ASSIGN(const auto again, cluster_.Call(*payments_, &Stub::RefundCredit, request));
  EXPECT_EQ(first.SerializeAsString(), again.SerializeAsString());
  EXPECT_EQ(first.receivable().balance_minor(), 0);
  ASSERT_EQ(first.payments_size(), 1);
  EXPECT_EQ(first.payments(0).refunded_minor(), 300);
  EXPECT_EQ(CountOf(v1::PaymentEvent::kPaymentRefunded), 1);
  const auto records = cluster_.journal("payment").ReadLog(1, 1000, 10u << 20);
  ASSERT_THAT(records, IsOk());
  for (const journal::Record& record : *records) {
    v1::PaymentEvent event;
    ASSERT_TRUE(event.ParseFromString(record.payload));
    const bool after = event.has_payment_refunded() || event.has_receivable_credited();
    if (!after) continue;
    EXPECT_EQ(event.meta().business_date(), "2026-01-15");
  }
}

TEST_F(CreditRefund, MoreThanIsOwedThenRefused) {
  const std::string ticket = Invoice(1000);
  ASSERT_THAT(TakeCash(ticket), IsOk());
  Credit(ticket, 300);
  EXPECT_TRUE(rpc::HasReason(RefundCredit(ticket, 301).status(), v1::REFUND_EXCEEDS_CREDIT));
  ASSERT_THAT(RefundCredit(ticket, 100), IsOk());
  ASSERT_THAT(RefundCredit(ticket), IsOk());
  EXPECT_EQ(ReceivableOf(ticket).balance_minor(), 0);
  EXPECT_TRUE(rpc::HasReason(RefundCredit(ticket).status(), v1::NOTHING_TO_REFUND));
}

TEST_F(CreditRefund, PaidTwiceByMistakeThenNotForTheAsking) {
  const std::string ticket = Invoice(1000);
  ASSERT_THAT(TakeCash(ticket), IsOk());
  EXPECT_TRUE(rpc::HasReason(RefundCredit(ticket).status(), v1::NOTHING_TO_REFUND));
}

TEST_F(CreditRefund, NothingInvoicedOrOtherCurrencyThenRefused) {
  EXPECT_TRUE(rpc::HasReason(RefundCredit(NewId<TicketId>()).status(), v1::RECEIVABLE_UNKNOWN));
  v1::RefundCreditRequest request = RequestFor(Invoice(1000));
  request.set_currency("CAD");
  EXPECT_TRUE(rpc::HasReason(cluster_.Call(*payments_, &Stub::RefundCredit, request).status(),
                             v1::CURRENCY_DIFFERS));
}

TEST_F(CreditRefund, SplitPaymentsThenTheRolesLimitCountsTheSum) {
  const std::string ticket = Invoice(10000);
  ASSERT_THAT(TakeCash(ticket, 5000), IsOk());
  ASSERT_THAT(TakeCash(ticket), IsOk());
  Credit(ticket, 8000);
  const absl::Status refused = RefundCredit(ticket, 0, Role::kCashier).status();
  EXPECT_TRUE(rpc::HasReason(refused, v1::REFUND_OVER_LIMIT)) << refused;
  EXPECT_EQ(CountOf(v1::PaymentEvent::kRefundStarted), 0);
  ASSERT_OK_AND_ASSIGN(const auto refunded, RefundCredit(ticket));
  ASSERT_EQ(refunded.payments_size(), 2);
  EXPECT_EQ(refunded.payments(0).refunded_minor(), 4000);
  EXPECT_EQ(refunded.payments(1).refunded_minor(), 4000);
}

TEST_F(CreditRefund, AllOfACashSaleThenItsRoundingGoesBackToo) {
  // 10.02 was paid as 10.00.
  const std::string ticket = Invoice(1002, 5);
  ASSERT_THAT(TakeCash(ticket), IsOk());
  Credit(ticket, 1002);
  ASSERT_OK_AND_ASSIGN(const auto refunded, RefundCredit(ticket));
  EXPECT_EQ(refunded.payments(0).refunded_minor(), 1000);
  EXPECT_EQ(ReceivableOf(ticket).balance_minor(), 0);
}

v1::ReceivableState Owing(int64_t owed_minor, int64_t increment = 0) {
  v1::ReceivableState state;
  state.mutable_receivable()->set_ticket_id("tkt_1");
  state.mutable_receivable()->set_currency("USD");
  state.mutable_receivable()->set_credited_minor(owed_minor);
  state.mutable_receivable()->set_balance_minor(-owed_minor);
  state.mutable_receivable()->set_cash_increment_minor(increment);
  return state;
}

v1::PaymentState Paid(const std::string& id, v1::Tender tender, int64_t captured_minor) {
  v1::PaymentState state;
  v1::Payment& payment = *state.mutable_payment();
  payment.set_payment_id(id);
  payment.set_tender(tender);
  payment.set_status(v1::PAYMENT_STATUS_CAPTURED);
  payment.set_captured_minor(captured_minor);
  payment.set_applied_minor(captured_minor);
  return state;
}

v1::RefundCreditRequest All() {
  v1::RefundCreditRequest request;
  request.set_ticket_id("tkt_1");
  request.set_currency("USD");
  return request;
}

TEST(SharesOf, CardAndCashThenEachByWhatIsLeftOfIt) {
  // T1's deposit and card: 200.00 in cash, 970.95 by card; the rotor's 123.44 comes back.
  ASSERT_OK_AND_ASSIGN(const auto shares, SharesOf(Owing(12344),
                                                   {Paid("cash", v1::TENDER_CASH, 20000),
                                                    Paid("card", v1::TENDER_CARD_PRESENT, 97095)},
                                                   All()));
  ASSERT_EQ(shares.size(), 2u);
  EXPECT_EQ(shares[0].amount_minor, 2108);
  EXPECT_EQ(shares[1].amount_minor, 10236);
}

TEST(SharesOf, NoSmallCoinsThenTheCardTakesThem) {
  ASSERT_OK_AND_ASSIGN(const auto shares, SharesOf(Owing(12344, 5),
                                                   {Paid("cash", v1::TENDER_CASH, 20000),
                                                    Paid("card", v1::TENDER_CARD_PRESENT, 97095)},
                                                   All()));
  EXPECT_EQ(shares[0].amount_minor, 2105);
  EXPECT_EQ(shares[1].amount_minor, 10239);
}

TEST(SharesOf, NoSmallCoinsAndCashAloneThenWholeCoins) {
  ASSERT_OK_AND_ASSIGN(const auto shares,
                       SharesOf(Owing(104, 5), {Paid("cash", v1::TENDER_CASH, 20000)}, All()));
  EXPECT_EQ(shares[0].amount_minor, 100);
  EXPECT_TRUE(
      rpc::HasReason(SharesOf(Owing(4, 5), {Paid("cash", v1::TENDER_CASH, 20000)}, All()).status(),
                     v1::NOTHING_TO_REFUND));
}

TEST(SharesOf, RefundUnderWayThenItCounts) {
  v1::PaymentState card = Paid("card", v1::TENDER_CARD_PRESENT, 10000);
  v1::Refund& open = *card.mutable_payment()->add_refunds();
  open.set_refund_id("rfd_1");
  open.set_amount_minor(250);
  ASSERT_OK_AND_ASSIGN(const auto shares, SharesOf(Owing(300), {card}, All()));
  ASSERT_EQ(shares.size(), 1u);
  EXPECT_EQ(shares[0].amount_minor, 50);
}

TEST(SharesOf, PaymentsHaveLessLeftThenRefused) {
  v1::PaymentState card = Paid("card", v1::TENDER_CARD_PRESENT, 10000);
  card.mutable_payment()->set_status(v1::PAYMENT_STATUS_DECLINED);
  EXPECT_TRUE(
      rpc::HasReason(SharesOf(Owing(300), {card}, All()).status(), v1::REFUND_EXCEEDS_CAPTURED));
}

}  // namespace
}  // namespace pitlane::payment
