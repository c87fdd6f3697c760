#include "services/inventory/suppliers/order_sender.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/inventory/test_service.h"

namespace pitlane::inventory {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

class OrderSenderTest : public ServiceTest {
 protected:
  void SetUp() override {
    ServiceTest::SetUp();
    Supplier();
  }
  // A part with nothing on hand: an order for 10 goes out.
  void ImportLowPart() { part_ = ImportOne(ReorderedRow("A-1", 2'000, 10'000)).part_id(); }
  bool Reaches(v1::PurchaseOrderStatus status) {
    return cluster_.Eventually([&] { return !Orders().empty() && Orders()[0].status() == status; });
  }

  std::string part_;
};

TEST_F(OrderSenderTest, ConfirmedOrderHasTheSuppliersNumber) {
  ImportLowPart();
  ASSERT_TRUE(Reaches(v1::PURCHASE_ORDER_STATUS_CONFIRMED));
  const v1::PurchaseOrder order = Orders()[0];
  EXPECT_EQ(order.supplier_reference(), "F-1");
  EXPECT_EQ(order.location_id(), location_.text());
  EXPECT_EQ(order.lines(0).part_id(), part_);
  EXPECT_EQ(order.lines(0).quantity_milli(), 10'000);
  EXPECT_EQ(order.lines(0).unit_cost_e4(), 500'000);
  ASSERT_THAT(supplier().submitted(), SizeIs(1));
  EXPECT_EQ(supplier().submitted()[0].purchase_order_id(), order.purchase_order_id());
  EXPECT_EQ(Level(part_).on_order_milli(), 10'000);
}

TEST_F(OrderSenderTest, SentIsInTheJournalBeforeTheAnswer) {
  ImportLowPart();
  ASSERT_TRUE(Reaches(v1::PURCHASE_ORDER_STATUS_CONFIRMED));
  std::vector<int> kinds;
  for (const v1::InventoryEvent& event : Events()) {
    if (event.meta().stream_id() == Orders()[0].purchase_order_id()) {
      kinds.push_back(event.event_case());
    }
  }
  EXPECT_THAT(kinds, ::testing::ElementsAre(v1::InventoryEvent::kPurchaseOrderRaised,
                                            v1::InventoryEvent::kPurchaseOrderSent,
                                            v1::InventoryEvent::kPurchaseOrderConfirmed));
}

TEST_F(OrderSenderTest, RefusedOrderIsCancelledAndTheNextSaleRaisesAnother) {
  supplier().NextSubmit(FakeSupplier::Refused());
  ImportLowPart();
  ASSERT_TRUE(Reaches(v1::PURCHASE_ORDER_STATUS_CANCELLED));
  EXPECT_EQ(Level(part_).on_order_milli(), 0);
  EXPECT_THAT(Orders(/*open_only=*/true), IsEmpty());
  EXPECT_THAT(supplier().submitted(), SizeIs(1));
  Close(NewTicket(), NewJob(), {{NewLine(), part_, 1'000}});
  EXPECT_THAT(Orders(/*open_only=*/true), SizeIs(1));
  EXPECT_THAT(Orders(), SizeIs(2));
  EXPECT_EQ(Level(part_).on_order_milli(), 10'000);
}

TEST_F(OrderSenderTest, LostAnswerIsAskedForAndNotSentTwice) {
  supplier().NextSubmit(absl::UnavailableError("line down"));
  ImportLowPart();
  ASSERT_TRUE(cluster_.Eventually([&] { return supplier().submitted().size() == 1; }));
  EXPECT_EQ(Orders()[0].status(), v1::PURCHASE_ORDER_STATUS_SENT);
  ASSERT_TRUE(cluster_.Eventually([&] {
    cluster_.Advance(absl::Minutes(1));
    return Orders()[0].status() == v1::PURCHASE_ORDER_STATUS_CONFIRMED;
  }));
  EXPECT_THAT(supplier().submitted(), SizeIs(1));
  EXPECT_THAT(supplier().queried(), SizeIs(::testing::Ge(1)));
}

TEST_F(OrderSenderTest, OrderTheSupplierNeverHeardOfIsSentAgain) {
  supplier().NextSubmit(absl::UnavailableError("line down"));
  supplier().NextQuery(FakeSupplier::NeverHeard());
  ImportLowPart();
  ASSERT_TRUE(cluster_.Eventually([&] {
    cluster_.Advance(absl::Minutes(1));
    return Orders()[0].status() == v1::PURCHASE_ORDER_STATUS_CONFIRMED;
  }));
  EXPECT_THAT(supplier().submitted(), SizeIs(2));
  EXPECT_EQ(Count(v1::InventoryEvent::kPurchaseOrderSent), 2);
  EXPECT_THAT(Orders(), SizeIs(1));
}

TEST_F(OrderSenderTest, OrderInFlightAtACrashIsAskedForNotRepeated) {
  supplier().NextSubmit(absl::UnavailableError("the process died"));
  ImportLowPart();
  ASSERT_TRUE(cluster_.Eventually([&] { return supplier().submitted().size() == 1; }));
  ASSERT_THAT(cluster_.Crash("inventory"), IsOk());
  NewStub();
  ASSERT_TRUE(cluster_.Eventually([&] {
    cluster_.Advance(absl::Minutes(1));
    return Orders()[0].status() == v1::PURCHASE_ORDER_STATUS_CONFIRMED;
  }));
  EXPECT_THAT(supplier().submitted(), SizeIs(1));
}

class SimulatedSupplierTest : public ServiceTest {
 protected:
  SimulatedSupplierTest() : ServiceTest(InventoryOptions{nullptr, true}) {}
};

TEST_F(SimulatedSupplierTest, AutoDeliveryFillsTheShelfAndClosesTheOrder) {
  Supplier();
  const std::string part = ImportOne(ReorderedRow("A-1", 2'000, 10'000)).part_id();
  ASSERT_TRUE(cluster_.Eventually([&] { return Level(part).on_hand_milli() == 10'000; }));
  ASSERT_THAT(Orders(), SizeIs(1));
  EXPECT_EQ(Orders()[0].status(), v1::PURCHASE_ORDER_STATUS_CLOSED);
  EXPECT_EQ(Level(part).on_order_milli(), 0);
  EXPECT_EQ(Level(part).value_e4(), 5'000'000);
}

TEST_F(SimulatedSupplierTest, SalesKeepComingAndStockKeepsUp) {
  Supplier();
  const std::string part = ImportOne(ReorderedRow("A-1", 2'000, 5'000)).part_id();
  for (int i = 0; i < 20; ++i) {
    Close(NewTicket(), NewJob(), {{NewLine(), part, 3'000}});
  }
  ASSERT_TRUE(cluster_.Settle());
  const v1::StockLevel level = Level(part);
  EXPECT_EQ(level.issued_milli(), 60'000);
  EXPECT_EQ(level.on_hand_milli(), level.received_milli() - level.issued_milli());
  EXPECT_GT(level.available_milli(), 2'000);
  EXPECT_THAT(Orders(/*open_only=*/true), IsEmpty());
}

}  // namespace
}  // namespace pitlane::inventory
