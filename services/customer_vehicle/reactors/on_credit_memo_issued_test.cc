#include "services/customer_vehicle/reactors/on_credit_memo_issued.h"

#include "services/customer_vehicle/testing_shop.h"

namespace pitlane::customer_vehicle {
namespace {

class OnCreditMemoIssuedTest : public ShopTest {
 protected:
  void SetUp() override {
    ShopTest::SetUp();
    customer_id_ = Register("Maria", "Example").customer_id();
    auto vehicle = VehicleRequest(kVin);
    vehicle.set_customer_id(customer_id_);
    vehicle_id_ = Register(vehicle).vehicle_id();
    ticket_ = ClosedTicket(customer_id_, vehicle_id_, 0, 117095);
  }

  ticket::v1::CreditMemo Memo(ticket::v1::DocumentStage stage) {
    ticket::v1::CreditMemo memo;
    memo.set_credit_memo_id("crm_1");
    memo.set_number("CM-00001");
    memo.set_ticket_id(ticket_.ticket_id());
    memo.set_location_id(ticket_.location_id());
    memo.set_customer_id(customer_id_);
    memo.set_vehicle_id(vehicle_id_);
    memo.set_currency(ticket_.currency());
    memo.set_business_date("2026-04-09");
    memo.set_invoice_stage(stage);
    memo.mutable_totals()->set_total_minor(12344);
    ticket::v1::CreditLine& rotor = *memo.add_lines();
    rotor.set_kind(ticket::v1::LINE_KIND_PART);
    rotor.set_part_number("R-1210");
    rotor.set_quantity_milli(1000);
    memo.add_lines()->set_kind(ticket::v1::LINE_KIND_FEE);
    return memo;
  }
  void Issue(const ticket::v1::CreditMemo& memo) {
    ticket::v1::TicketEvent event;
    *event.mutable_credit_memo_issued()->mutable_memo() = memo;
    cluster_.stream("ticket").Publish(event, ticket_.ticket_id());
    ASSERT_TRUE(cluster_.Settle());
  }
  v1::Profile Profile() {
    const auto customer = GetCustomer(customer_id_);
    EXPECT_THAT(customer.status(), IsOk());
    return customer.ok() ? customer->profile() : v1::Profile();
  }

  std::string customer_id_;
  std::string vehicle_id_;
  ticket::v1::Ticket ticket_;
};

TEST_F(OnCreditMemoIssuedTest, MemoThenTheVisitShowsItAndLessWasSpent) {
  Publish(ticket_);
  Issue(Memo(ticket::v1::DOCUMENT_STAGE_CLOSED));
  ASSERT_OK_AND_ASSIGN(const auto history, History(vehicle_id_));
  ASSERT_EQ(history.entries_size(), 1);
  ASSERT_EQ(history.entries(0).returns_size(), 1);
  const v1::ServiceReturn& returned = history.entries(0).returns(0);
  EXPECT_EQ(returned.number(), "CM-00001");
  EXPECT_EQ(returned.business_date(), "2026-04-09");
  ASSERT_EQ(returned.lines_size(), 1) << "parts and labour, no fees";
  EXPECT_EQ(returned.lines(0).part_number(), "R-1210");
  EXPECT_EQ(Profile().visits(), 1) << "a return is no visit";
  EXPECT_EQ(Profile().spend(0).amount_minor(), 117095 - 12344);
}

TEST_F(OnCreditMemoIssuedTest, SameMemoToldAgainThenNothing) {
  Publish(ticket_);
  Issue(Memo(ticket::v1::DOCUMENT_STAGE_CLOSED));
  const uint64_t before = cluster_.journal("customer_vehicle").last_position();
  Issue(Memo(ticket::v1::DOCUMENT_STAGE_CLOSED));
  EXPECT_EQ(cluster_.journal("customer_vehicle").last_position(), before);
}

TEST_F(OnCreditMemoIssuedTest, SaleNotCompleteThenRememberedWithIt) {
  const ticket::v1::CreditMemo memo = Memo(ticket::v1::DOCUMENT_STAGE_INVOICED);
  Issue(memo);
  EXPECT_EQ(Profile().spend_size(), 0);
  ticket::v1::TicketEvent closed;
  *closed.mutable_ticket_closed()->mutable_ticket() = ticket_;
  *closed.mutable_ticket_closed()->add_credits() = memo;
  cluster_.stream("ticket").Publish(closed, ticket_.ticket_id());
  ASSERT_TRUE(cluster_.Settle());
  EXPECT_EQ(Profile().spend(0).amount_minor(), 117095 - 12344);
  ASSERT_OK_AND_ASSIGN(const auto history, History(vehicle_id_));
  EXPECT_EQ(history.entries(0).returns_size(), 1);
}

TEST_F(OnCreditMemoIssuedTest, CashCustomerWithoutVehicleThenNothingToRemember) {
  ticket::v1::CreditMemo memo = Memo(ticket::v1::DOCUMENT_STAGE_CLOSED);
  memo.clear_customer_id();
  memo.clear_vehicle_id();
  const uint64_t before = cluster_.journal("customer_vehicle").last_position();
  Issue(memo);
  EXPECT_EQ(cluster_.journal("customer_vehicle").last_position(), before);
}

}  // namespace
}  // namespace pitlane::customer_vehicle
