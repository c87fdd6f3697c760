#include "services/payment/api/payment_service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "libs/rpc/errors.h"
#include "services/payment/testing_shop.h"

namespace pitlane::payment {
namespace {

using rpc::Role;

// Without a terminal gateway; tests/cards has both together.
class PaymentService : public Shop {
 protected:
  void SetUp() override { StartPayment(); }
};

TEST_F(PaymentService, InvoicedThenOwedOnce) {
  const std::string ticket = Invoice(117095, 5);
  PublishInvoice(ticket, 117095, 5);
  const v1::Receivable receivable = ReceivableOf(ticket);
  EXPECT_EQ(receivable.total_minor(), 117095);
  EXPECT_EQ(receivable.balance_minor(), 117095);
  EXPECT_EQ(receivable.location_id(), location_);
  EXPECT_EQ(receivable.cash_increment_minor(), 5);
  EXPECT_EQ(receivable.version(), 1u);
}

TEST_F(PaymentService, NothingToPayThenReceivableUnknown) {
  v1::GetReceivableRequest request;
  request.set_ticket_id(Invoice(0));
  const auto response = cluster_.Call(*payments_, &Stub::GetReceivable, request);
  EXPECT_TRUE(rpc::HasReason(response.status(), v1::RECEIVABLE_UNKNOWN)) << response.status();
  EXPECT_TRUE(rpc::HasReason(TakeCash(request.ticket_id()).status(), v1::RECEIVABLE_UNKNOWN));
}

TEST_F(PaymentService, CashThenCapturedWithChange) {
  const std::string ticket = Invoice(124547, 5);
  ASSERT_OK_AND_ASSIGN(const v1::TakeCashResponse taken, TakeCash(ticket, 0, 130000));
  EXPECT_EQ(taken.payment().status(), v1::PAYMENT_STATUS_CAPTURED);
  EXPECT_EQ(taken.payment().captured_minor(), 124545);
  EXPECT_EQ(taken.payment().applied_minor(), 124547);
  EXPECT_EQ(taken.payment().change_minor(), 5455);
  EXPECT_EQ(taken.receivable().balance_minor(), 0);
  EXPECT_TRUE(rpc::HasReason(TakeCash(ticket).status(), v1::NOTHING_OWED));
}

TEST_F(PaymentService, CashFactsCarryLocationAndBusinessDate) {
  const std::string ticket = Invoice(1000);
  ASSERT_THAT(TakeCash(ticket), IsOk());
  auto records = cluster_.journal("payment").ReadLog(1, 100, 1u << 20);
  ASSERT_THAT(records, IsOk());
  ASSERT_EQ(records->size(), 4u);
  for (const journal::Record& record : *records) {
    v1::PaymentEvent event;
    ASSERT_TRUE(event.ParseFromString(record.payload));
    EXPECT_EQ(event.meta().location_id(), location_);
    EXPECT_EQ(event.meta().business_date(), "2026-01-01");
    EXPECT_EQ(event.meta().slot(), kSlot);
  }
}

TEST_F(PaymentService, CashRepeatedThenTakenOnce) {
  const std::string ticket = Invoice(1000);
  const v1::TakeCashRequest request = CashOf(ticket, 400);
  ASSERT_OK_AND_ASSIGN(const auto first, cluster_.Call(*payments_, &Stub::TakeCash, request));
  ASSERT_OK_AND_ASSIGN(const auto again, cluster_.Call(*payments_, &Stub::TakeCash, request));
  EXPECT_EQ(first.SerializeAsString(), again.SerializeAsString());
  EXPECT_EQ(ReceivableOf(ticket).balance_minor(), 600);
  EXPECT_EQ(CountOf(v1::PaymentEvent::kPaymentCaptured), 1);
}

TEST_F(PaymentService, TwoTillsAtOnceThenTheSecondSeesTheNewVersion) {
  const std::string ticket = Invoice(1000);
  v1::TakeCashRequest request = CashOf(ticket, 400);
  request.set_expected_version(1);
  ASSERT_THAT(cluster_.Call(*payments_, &Stub::TakeCash, request), IsOk());
  request.set_request_id(NewRequestId());
  EXPECT_THAT(cluster_.Call(*payments_, &Stub::TakeCash, request),
              StatusIs(absl::StatusCode::kAborted));
}

TEST_F(PaymentService, CashRefundsThenTheTicketOwesAgain) {
  const std::string ticket = Invoice(1002, 5);
  ASSERT_OK_AND_ASSIGN(const v1::TakeCashResponse taken, TakeCash(ticket));
  const std::string payment = taken.payment().payment_id();
  ASSERT_THAT(Refund(payment, 400), IsOk());
  EXPECT_EQ(ReceivableOf(ticket).balance_minor(), 400);
  EXPECT_TRUE(rpc::HasReason(Refund(payment, 605).status(), v1::REFUND_EXCEEDS_CAPTURED));
  ASSERT_OK_AND_ASSIGN(const v1::RefundPaymentResponse rest, Refund(payment, 600));
  EXPECT_EQ(rest.payment().status(), v1::PAYMENT_STATUS_REFUNDED);
  EXPECT_EQ(ReceivableOf(ticket).balance_minor(), 1002);
}

TEST_F(PaymentService, RefundIdUsedBeforeThenRefundExists) {
  ASSERT_OK_AND_ASSIGN(const v1::TakeCashResponse taken, TakeCash(Invoice(1000)));
  v1::RefundPaymentRequest request;
  request.set_request_id(NewRequestId());
  request.set_payment_id(taken.payment().payment_id());
  request.set_refund_id(NewId<RefundId>());
  request.set_amount_minor(100);
  request.set_currency("USD");
  request.set_reason("returned");
  ASSERT_THAT(cluster_.Call(*payments_, &Stub::RefundPayment, request), IsOk());
  request.set_request_id(NewRequestId());
  const absl::Status again = cluster_.Call(*payments_, &Stub::RefundPayment, request).status();
  EXPECT_TRUE(rpc::HasReason(again, v1::REFUND_EXISTS)) << again;
}

TEST_F(PaymentService, RefundOverTheRolesLimitThenRefused) {
  ASSERT_OK_AND_ASSIGN(const v1::TakeCashResponse taken, TakeCash(Invoice(10000)));
  const std::string payment = taken.payment().payment_id();
  const absl::Status refused = Refund(payment, 5001, Role::kCashier).status();
  EXPECT_TRUE(rpc::HasReason(refused, v1::REFUND_OVER_LIMIT)) << refused;
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(Refund(payment, 5000, Role::kCashier), IsOk());
}

TEST_F(PaymentService, ListPaymentsThenOldestFirstPageByPage) {
  const std::string ticket = Invoice(1000);
  std::vector<std::string> ids;
  for (int i = 0; i < 3; ++i) {
    cluster_.Advance(absl::Seconds(1));
    ASSERT_OK_AND_ASSIGN(const v1::TakeCashResponse taken, TakeCash(ticket, 100));
    ids.push_back(taken.payment().payment_id());
  }
  v1::ListPaymentsRequest request;
  request.set_ticket_id(ticket);
  request.set_page_size(2);
  ASSERT_OK_AND_ASSIGN(auto page, cluster_.Call(*payments_, &Stub::ListPayments, request));
  ASSERT_EQ(page.payments_size(), 2);
  EXPECT_EQ(page.payments(0).payment_id(), ids[0]);
  EXPECT_EQ(page.payments(1).payment_id(), ids[1]);
  request.set_page_token(page.next_page_token());
  ASSERT_OK_AND_ASSIGN(page, cluster_.Call(*payments_, &Stub::ListPayments, request));
  ASSERT_EQ(page.payments_size(), 1);
  EXPECT_EQ(page.payments(0).payment_id(), ids[2]);
  EXPECT_EQ(page.next_page_token(), "");
}

TEST_F(PaymentService, NeverMadeThenPaymentUnknown) {
  v1::GetPaymentRequest request;
  request.set_payment_id(NewId<PaymentId>());
  const absl::Status status = cluster_.Call(*payments_, &Stub::GetPayment, request).status();
  EXPECT_TRUE(rpc::HasReason(status, v1::PAYMENT_UNKNOWN)) << status;
}

TEST_F(PaymentService, WatchedFromTheStartThenEveryFactInOrder) {
  ASSERT_THAT(TakeCash(Invoice(1000)), IsOk());
  v1::WatchPaymentsRequest request;
  request.set_location_id(location_);
  request.set_after_position(0);
  auto context = cluster_.Context(Role::kCashier);
  auto stream = payments_->WatchPayments(context.get(), request);
  std::vector<v1::PaymentEvent::EventCase> seen;
  v1::WatchPaymentsResponse response;
  while (seen.size() < 4 && stream->Read(&response)) seen.push_back(response.event().event_case());
  EXPECT_THAT(seen, ::testing::UnorderedElementsAre(
                        v1::PaymentEvent::kReceivableCreated, v1::PaymentEvent::kPaymentCreated,
                        v1::PaymentEvent::kPaymentCaptured, v1::PaymentEvent::kReceivablePaid));
  EXPECT_EQ(seen.front(), v1::PaymentEvent::kReceivableCreated);
  context->TryCancel();
  while (stream->Read(&response)) {
  }
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::CANCELLED);
}

TEST_F(PaymentService, TechnicianThenMayNotTakeMoney) {
  const auto taken =
      cluster_.Call(*payments_, &Stub::TakeCash, CashOf(Invoice(1000)), Role::kTechnician);
  EXPECT_THAT(taken, StatusIs(absl::StatusCode::kPermissionDenied));
}

TEST_F(PaymentService, MalformedThenTheFieldIsNamed) {
  const auto field_of = [](const absl::Status& status) {
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument));
    const auto fields = rpc::FieldViolations(status);
    return fields.empty() ? "" : fields.front().field;
  };
  const std::string ticket = Invoice(1000);
  EXPECT_EQ(field_of(TakeCash(ticket, -1).status()), "amount_minor");
  EXPECT_EQ(field_of(TakeCash(ticket, 0, -1).status()), "tendered_minor");
  EXPECT_EQ(field_of(TakeCard(ticket, 0, NewId<PaymentId>(8)).status()), "payment_id");
  reader_ = NewId<ReaderId>(8);
  EXPECT_EQ(field_of(TakeCard(ticket).status()), "reader_id");
  EXPECT_EQ(field_of(Refund(NewId<PaymentId>(), 0).status()), "amount_minor");
  v1::CancelPaymentRequest cancel;
  cancel.set_request_id(NewRequestId());
  cancel.set_payment_id(NewId<PaymentId>());
  cancel.set_reason("card 4242 4242 4242 4242");
  EXPECT_EQ(field_of(cluster_.Call(*payments_, &Stub::CancelPayment, cancel).status()), "reason");
}

}  // namespace
}  // namespace pitlane::payment
