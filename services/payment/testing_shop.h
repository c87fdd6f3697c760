// A shop for tests of the service: tickets are invoiced by hand, everything else is called through
// the API.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "libs/base/ids.h"
#include "libs/base/status_matchers.h"
#include "libs/testing/test_cluster.h"
#include "pitlane/payment/v1/payment_service.grpc.pb.h"
#include "pitlane/ticket/v1/events.pb.h"
#include "services/payment/payment.h"

namespace pitlane::payment {

inline constexpr uint32_t kSlot = 7;

class Shop : public ::testing::Test {
 protected:
  using Stub = v1::PaymentService::Stub;

  explicit Shop(testing::TestClusterOptions options = {}) : cluster_(std::move(options)) {}

  void StartPayment() {
    cluster_.Add([] { return MakePaymentService(); });
    ASSERT_THAT(cluster_.Start(), IsOk());
    Connect();
    location_ = NewId<LocationId>();
    reader_ = NewId<ReaderId>();
  }

  void Connect() { payments_ = cluster_.Stub<v1::PaymentService>("payment"); }

  // Publishes that a ticket was invoiced and waits for its receivable.
  std::string Invoice(int64_t total_minor, int64_t cash_increment_minor = 0,
                      const std::string& currency = "USD") {
    const std::string ticket_id = NewId<TicketId>();
    PublishInvoice(ticket_id, total_minor, cash_increment_minor, currency);
    EXPECT_TRUE(cluster_.Settle());
    return ticket_id;
  }

  void PublishInvoice(const std::string& ticket_id, int64_t total_minor,
                      int64_t cash_increment_minor = 0, const std::string& currency = "USD") {
    ticket::v1::TicketEvent event;
    ticket::v1::Ticket& ticket = *event.mutable_ticket_invoiced()->mutable_ticket();
    ticket.set_ticket_id(ticket_id);
    ticket.set_location_id(location_);
    ticket.set_currency(currency);
    ticket.set_invoice_number("INV-00009");
    ticket.set_business_date("2026-01-01");
    ticket.set_cash_increment_minor(cash_increment_minor);
    ticket.mutable_totals()->set_total_minor(total_minor);
    cluster_.stream("ticket").Publish(event, ticket_id);
  }

  v1::TakeCashRequest CashOf(const std::string& ticket_id, int64_t amount_minor = 0,
                             int64_t tendered_minor = 0) {
    v1::TakeCashRequest request;
    request.set_request_id(NewRequestId());
    request.set_ticket_id(ticket_id);
    request.set_amount_minor(amount_minor);
    request.set_tendered_minor(tendered_minor);
    request.set_currency("USD");
    return request;
  }

  absl::StatusOr<v1::TakeCashResponse> TakeCash(const std::string& ticket_id,
                                                int64_t amount_minor = 0,
                                                int64_t tendered_minor = 0) {
    return cluster_.Call(*payments_, &Stub::TakeCash,
                         CashOf(ticket_id, amount_minor, tendered_minor));
  }

  absl::StatusOr<v1::Payment> TakeCard(const std::string& ticket_id, int64_t amount_minor = 0,
                                       const std::string& payment_id = "") {
    v1::TakeCardRequest request;
    request.set_request_id(NewRequestId());
    request.set_ticket_id(ticket_id);
    request.set_payment_id(payment_id);
    request.set_reader_id(reader_);
    request.set_amount_minor(amount_minor);
    request.set_currency("USD");
    auto response = cluster_.Call(*payments_, &Stub::TakeCard, request);
    if (!response.ok()) return response.status();
    return response->payment();
  }

  absl::StatusOr<v1::Payment> Cancel(const std::string& payment_id,
                                     std::optional<uint64_t> expected_version = std::nullopt) {
    v1::CancelPaymentRequest request;
    request.set_request_id(NewRequestId());
    request.set_payment_id(payment_id);
    request.set_reason("pays cash");
    if (expected_version.has_value()) request.set_expected_version(*expected_version);
    auto response = cluster_.Call(*payments_, &Stub::CancelPayment, request);
    if (!response.ok()) return response.status();
    return response->payment();
  }

  absl::StatusOr<v1::RefundPaymentResponse> Refund(const std::string& payment_id,
                                                   int64_t amount_minor,
                                                   rpc::Role role = rpc::Role::kOwner) {
    v1::RefundPaymentRequest request;
    request.set_request_id(NewRequestId());
    request.set_payment_id(payment_id);
    request.set_amount_minor(amount_minor);
    request.set_currency("USD");
    request.set_reason("returned");
    return cluster_.Call(*payments_, &Stub::RefundPayment, request, role);
  }

  // As it is once everything that is due now is done.
  v1::Payment PaymentOf(const std::string& payment_id) {
    EXPECT_TRUE(cluster_.Settle());
    v1::GetPaymentRequest request;
    request.set_payment_id(payment_id);
    auto response = cluster_.Call(*payments_, &Stub::GetPayment, request);
    EXPECT_THAT(response, IsOk());
    return response.ok() ? response->payment() : v1::Payment();
  }

  v1::PaymentStatus StatusOf(const std::string& payment_id) {
    return PaymentOf(payment_id).status();
  }

  v1::Receivable ReceivableOf(const std::string& ticket_id) {
    EXPECT_TRUE(cluster_.Settle());
    v1::GetReceivableRequest request;
    request.set_ticket_id(ticket_id);
    auto response = cluster_.Call(*payments_, &Stub::GetReceivable, request);
    EXPECT_THAT(response, IsOk());
    return response.ok() ? response->receivable() : v1::Receivable();
  }

  std::vector<v1::Payment> PaymentsOf(const std::string& ticket_id) {
    EXPECT_TRUE(cluster_.Settle());
    v1::ListPaymentsRequest request;
    request.set_ticket_id(ticket_id);
    auto response = cluster_.Call(*payments_, &Stub::ListPayments, request);
    EXPECT_THAT(response, IsOk());
    if (!response.ok()) return {};
    return {response->payments().begin(), response->payments().end()};
  }

  // How many events of the kind are in the journal.
  int CountOf(v1::PaymentEvent::EventCase kind) {
    int count = 0;
    auto records = cluster_.journal("payment").ReadLog(1, 10000, 10u << 20);
    EXPECT_THAT(records, IsOk());
    if (!records.ok()) return -1;
    for (const journal::Record& record : *records) {
      v1::PaymentEvent event;
      EXPECT_TRUE(event.ParseFromString(record.payload));
      if (event.event_case() == kind) ++count;
    }
    return count;
  }

  template <class IdType>
  std::string NewId(uint32_t slot = kSlot) {
    return IdType::Make(cluster_.clock(), cluster_.entropy(), slot).text();
  }
  std::string NewRequestId() { return absl::StrCat("r-", ++requests_); }

  testing::TestCluster cluster_;
  std::unique_ptr<Stub> payments_;
  std::string location_;
  std::string reader_;
  int requests_ = 0;
};

}  // namespace pitlane::payment
