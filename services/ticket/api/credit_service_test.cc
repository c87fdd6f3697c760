// Credit memos through the API.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/base/ids.h"
#include "libs/base/status_matchers.h"
#include "libs/rpc/errors.h"
#include "pitlane/ticket/v1/credit_service.grpc.pb.h"
#include "services/ticket/api/service_fixture.h"

namespace pitlane::ticket {
namespace {

using ::testing::SizeIs;

class CreditServiceTest : public TicketServiceTest {
 protected:
  using Credits = v1::CreditService::Stub;

  void SetUp() override {
    TicketServiceTest::SetUp();
    credits_ = cluster_.Stub<v1::CreditService>("ticket");
    sold_ = OpenInvoiced();
    CapturePayment(NewPayment(), sold_, sold_.totals().total_minor());
  }

  std::string NewPayment() {
    return PaymentId::Make(cluster_.clock(), cluster_.entropy(), 1).text();
  }
  // The part of the sale comes back.
  v1::IssueCreditMemoRequest PartBack() {
    v1::IssueCreditMemoRequest request;
    request.set_request_id(NewRequestId());
    request.set_ticket_id(sold_.ticket_id());
    request.mutable_order()->set_kind(v1::TICKET_KIND_CREDIT_MEMO);
    request.mutable_order()->set_reason("did not fit");
    request.mutable_order()->set_disposition(v1::DISPOSITION_RESTOCK);
    request.mutable_order()->add_lines()->set_line_id(sold_.jobs(0).lines(1).line_id());
    return request;
  }
  absl::StatusOr<v1::IssueCreditMemoResponse> Issue(const v1::IssueCreditMemoRequest& request,
                                                    rpc::Role role = rpc::Role::kOwner) {
    return cluster_.Call(*credits_, &Credits::IssueCreditMemo, request, role);
  }
  v1::ListCreditMemosResponse List() {
    v1::ListCreditMemosRequest request;
    request.set_ticket_id(sold_.ticket_id());
    const auto listed = cluster_.Call(*credits_, &Credits::ListCreditMemos, request);
    EXPECT_THAT(listed, IsOk());
    return listed.value_or(v1::ListCreditMemosResponse());
  }

  std::unique_ptr<Credits> credits_;
  v1::Ticket sold_;
};

TEST_F(CreditServiceTest, PreviewedThenIssuedThenFoundByNumber) {
  const v1::IssueCreditMemoRequest request = PartBack();
  v1::PreviewCreditMemoRequest preview;
  preview.set_ticket_id(request.ticket_id());
  *preview.mutable_order() = request.order();
  ASSERT_OK_AND_ASSIGN(const auto shown,
                       cluster_.Call(*credits_, &Credits::PreviewCreditMemo, preview));
  EXPECT_EQ(shown.memo().number(), "");
  EXPECT_THAT(List().memos(), SizeIs(0)) << "nothing was written";

  ASSERT_OK_AND_ASSIGN(const auto issued, Issue(request));
  EXPECT_EQ(issued.memo().number(), "CM-00001");
  EXPECT_EQ(issued.memo().totals().total_minor(), shown.memo().totals().total_minor());
  EXPECT_EQ(issued.ticket().credited_minor(), issued.memo().totals().total_minor());
  EXPECT_EQ(issued.ticket().settlement(), v1::SETTLEMENT_OVERPAID);

  v1::GetCreditMemoRequest get;
  get.set_ticket_id(sold_.ticket_id());
  get.set_credit_memo_id(issued.memo().credit_memo_id());
  ASSERT_OK_AND_ASSIGN(const auto got, cluster_.Call(*credits_, &Credits::GetCreditMemo, get));
  EXPECT_EQ(got.memo().SerializeAsString(), issued.memo().SerializeAsString());
  EXPECT_EQ(List().credited_minor(), issued.memo().totals().total_minor());

  v1::ListTicketsRequest find;
  find.set_location_id(location_id_);
  find.set_number("CM-00001");
  const v1::ListTicketsResponse found = Must(&Stub::ListTickets, find);
  ASSERT_THAT(found.tickets(), SizeIs(1));
  EXPECT_EQ(found.tickets(0).ticket_id(), sold_.ticket_id());
}

TEST_F(CreditServiceTest, SameRequestAgainThenOneMemo) {
  const v1::IssueCreditMemoRequest request = PartBack();
  ASSERT_OK_AND_ASSIGN(const auto first, Issue(request));
  ASSERT_OK_AND_ASSIGN(const auto again, Issue(request));
  EXPECT_EQ(first.SerializeAsString(), again.SerializeAsString());
  EXPECT_THAT(List().memos(), SizeIs(1));
}

TEST_F(CreditServiceTest, TwoCashiersAtOnceThenOneOfThem) {
  // Both saw the same ticket.
  v1::IssueCreditMemoRequest first = PartBack();
  v1::IssueCreditMemoRequest second = PartBack();
  first.set_expected_version(Get(sold_.ticket_id()).version());
  second.set_expected_version(first.expected_version());
  ASSERT_THAT(Issue(first), IsOk());
  EXPECT_THAT(Issue(second), StatusIs(absl::StatusCode::kAborted));
  // And without a version, the line has been given back.
  second.clear_expected_version();
  second.set_request_id(NewRequestId());
  const absl::Status refused = Issue(second).status();
  EXPECT_TRUE(rpc::HasReason(refused, v1::NOTHING_TO_CREDIT)) << refused;
  ASSERT_THAT(List().memos(), SizeIs(1));
}

TEST_F(CreditServiceTest, RefusedThenNoNumberIsUsed) {
  v1::IssueCreditMemoRequest wrong = PartBack();
  wrong.mutable_order()->mutable_lines(0)->set_quantity_milli(9000);
  EXPECT_TRUE(rpc::HasReason(Issue(wrong).status(), v1::CREDIT_EXCEEDS_LINE));
  ASSERT_OK_AND_ASSIGN(const auto issued, Issue(PartBack()));
  EXPECT_EQ(issued.memo().number(), "CM-00001");
}

TEST_F(CreditServiceTest, UnknownMemoThenNotFound) {
  v1::GetCreditMemoRequest get;
  get.set_ticket_id(sold_.ticket_id());
  get.set_credit_memo_id(CreditMemoId::Make(cluster_.clock(), cluster_.entropy(), 7).text());
  const absl::Status unknown = cluster_.Call(*credits_, &Credits::GetCreditMemo, get).status();
  EXPECT_TRUE(rpc::HasReason(unknown, v1::CREDIT_MEMO_UNKNOWN)) << unknown;
}

TEST_F(CreditServiceTest, TechnicianThenNotAllowed) {
  EXPECT_THAT(Issue(PartBack(), rpc::Role::kTechnician),
              StatusIs(absl::StatusCode::kPermissionDenied));
}

TEST_F(CreditServiceTest, MalformedOrdersThenFieldInvalid) {
  const auto invalid = [this](const v1::IssueCreditMemoRequest& request) {
    return rpc::ErrorReason(Issue(request).status()) == "FIELD_INVALID";
  };
  v1::IssueCreditMemoRequest request = PartBack();
  request.mutable_order()->set_kind(v1::TICKET_KIND_REPAIR_ORDER);
  EXPECT_TRUE(invalid(request));
  request = PartBack();
  request.mutable_order()->clear_reason();
  EXPECT_TRUE(invalid(request));
  request = PartBack();
  request.mutable_order()->set_reason("card 4111 1111 1111 1111");
  EXPECT_TRUE(invalid(request));
  request = PartBack();
  request.mutable_order()->clear_lines();
  EXPECT_TRUE(invalid(request));
  request = PartBack();
  request.mutable_order()->set_whole_ticket(true);
  EXPECT_TRUE(invalid(request)) << "with lines";
  request = PartBack();
  *request.mutable_order()->add_lines() = request.order().lines(0);
  EXPECT_TRUE(invalid(request)) << "a line twice";
  request = PartBack();
  request.mutable_order()->mutable_lines(0)->set_quantity_milli(0);
  EXPECT_TRUE(invalid(request));
  request = PartBack();
  request.mutable_order()->mutable_lines(0)->set_net_minor(-1);
  EXPECT_TRUE(invalid(request));
  v1::OpenTicketRequest open = OpenRequest(v1::TICKET_KIND_COUNTER_SALE);
  open.set_kind(v1::TICKET_KIND_CREDIT_MEMO);
  EXPECT_EQ(rpc::ErrorReason(Call(&Stub::OpenTicket, open).status()), "FIELD_INVALID");
}

}  // namespace
}  // namespace pitlane::ticket
