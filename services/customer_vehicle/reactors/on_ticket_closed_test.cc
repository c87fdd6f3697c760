#include "services/customer_vehicle/reactors/on_ticket_closed.h"

#include "absl/strings/ascii.h"
#include "libs/runtime/parking.h"
#include "services/customer_vehicle/testing_shop.h"

namespace pitlane::customer_vehicle {
namespace {

class OnTicketClosedTest : public ShopTest {
 protected:
  void SetUp() override {
    ShopTest::SetUp();
    customer_id_ = Register("Maria", "Example").customer_id();
    auto vehicle = VehicleRequest(kVin);
    vehicle.set_customer_id(customer_id_);
    vehicle_id_ = Register(vehicle).vehicle_id();
  }

  v1::Profile Profile() {
    const auto customer = GetCustomer(customer_id_);
    EXPECT_THAT(customer.status(), IsOk());
    return customer.ok() ? customer->profile() : v1::Profile();
  }

  uint64_t LastPosition() { return cluster_.journal("customer_vehicle").last_position(); }
  uint64_t Parked() { return cluster_.host("customer_vehicle").Status().parked; }

  std::string customer_id_;
  std::string vehicle_id_;
};

TEST_F(OnTicketClosedTest, TicketThenHistoryProfileAndOdometerGrow) {
  ticket::v1::Ticket ticket = ClosedTicket(customer_id_, vehicle_id_, 0, 12345);
  ticket.set_odometer_out(41200);
  Publish(ticket);
  ASSERT_TRUE(cluster_.Settle());

  ASSERT_OK_AND_ASSIGN(const auto history, History(vehicle_id_));
  ASSERT_EQ(history.entries_size(), 1);
  const v1::ServiceEntry& entry = history.entries(0);
  EXPECT_EQ(entry.ticket_id(), ticket.ticket_id());
  EXPECT_EQ(entry.odometer(), 41200);
  ASSERT_EQ(entry.lines_size(), 2) << "labour and part, no note";
  EXPECT_EQ(entry.lines(0).technician(), "usr_tech");
  EXPECT_EQ(entry.lines(0).warranty_months(), 24);
  EXPECT_EQ(entry.lines(1).part_number(), "D-1210");

  EXPECT_EQ(Profile().visits(), 1);
  EXPECT_EQ(Profile().spend(0).amount_minor(), 12345);
  ASSERT_OK_AND_ASSIGN(const v1::Vehicle vehicle, GetVehicle(vehicle_id_));
  EXPECT_EQ(vehicle.odometer().value(), 41200);
  EXPECT_EQ(vehicle.odometer().source(), "invoice");
  EXPECT_EQ(vehicle.odometer().ticket_id(), ticket.ticket_id());
}

TEST_F(OnTicketClosedTest, SameTicketToldAgainThenNothing) {
  ticket::v1::Ticket ticket = ClosedTicket(customer_id_, vehicle_id_, 0, 12345);
  ticket.set_odometer_out(41200);
  Publish(ticket);
  ASSERT_TRUE(cluster_.Settle());
  const uint64_t before = LastPosition();
  // Another event about the same ticket: the feed's cursor does not help here.
  Publish(ticket);
  ASSERT_TRUE(cluster_.Settle());
  EXPECT_EQ(LastPosition(), before);
  EXPECT_EQ(Profile().visits(), 1);
}

TEST_F(OnTicketClosedTest, LowerOdometerThenTakenWithWarning) {
  ticket::v1::Ticket first = ClosedTicket(customer_id_, vehicle_id_, 0, 100);
  first.set_odometer_out(41200);
  Publish(first);
  ticket::v1::Ticket second = ClosedTicket(customer_id_, vehicle_id_, 9, 100);
  second.set_odometer_out(4120);
  Publish(second);
  ASSERT_TRUE(cluster_.Settle());
  EXPECT_EQ(Parked(), 0u);
  ASSERT_OK_AND_ASSIGN(const v1::Vehicle vehicle, GetVehicle(vehicle_id_));
  EXPECT_EQ(vehicle.odometer().value(), 4120);
  EXPECT_THAT(vehicle.odometer().warning(), ::testing::HasSubstr("lower than the last reading"));
}

TEST_F(OnTicketClosedTest, CounterSaleThenOnlyTheProfile) {
  Publish(ClosedTicket(customer_id_, "", 0, 500));
  ASSERT_TRUE(cluster_.Settle());
  EXPECT_EQ(Profile().visits(), 1);
  ASSERT_OK_AND_ASSIGN(const auto history, History(vehicle_id_));
  EXPECT_EQ(history.entries_size(), 0);
}

TEST_F(OnTicketClosedTest, CashCustomerThenOnlyTheHistory) {
  Publish(ClosedTicket("", vehicle_id_, 0, 500));
  Publish(ClosedTicket("", "", 0, 500));
  ASSERT_TRUE(cluster_.Settle());
  EXPECT_EQ(Profile().visits(), 0);
  ASSERT_OK_AND_ASSIGN(const auto history, History(vehicle_id_));
  EXPECT_EQ(history.entries_size(), 1);
  EXPECT_EQ(Parked(), 0u);
}

TEST_F(OnTicketClosedTest, TicketsOutOfOrderThenNewestFirstAndPaged) {
  std::vector<std::string> by_day(5);
  for (const int64_t day : {3, 0, 4, 1, 2}) {
    const ticket::v1::Ticket ticket = ClosedTicket(customer_id_, vehicle_id_, day, 100);
    by_day[static_cast<size_t>(day)] = ticket.ticket_id();
    Publish(ticket);
  }
  ASSERT_TRUE(cluster_.Settle());
  EXPECT_EQ(Profile().visits(), 5);
  EXPECT_EQ(Profile().average_gap_days_centi(), 100);
  v1::ListServiceHistoryRequest request;
  request.set_vin(absl::StrCat(" ", absl::AsciiStrToLower(kVin)));
  request.set_page_size(2);
  std::vector<std::string> tickets;
  do {
    ASSERT_OK_AND_ASSIGN(const auto page, Call(&Stub::ListServiceHistory, request));
    for (const v1::ServiceEntry& entry : page.entries()) tickets.push_back(entry.ticket_id());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_THAT(tickets,
              ::testing::ElementsAre(by_day[4], by_day[3], by_day[2], by_day[1], by_day[0]));
}

TEST_F(OnTicketClosedTest, VehicleNeverRegisteredThenParkedUntilItIs) {
  const std::string vehicle_id = NewId<VehicleId>();
  const ticket::v1::Ticket ticket = ClosedTicket(customer_id_, vehicle_id, 0, 700);
  Publish(ticket);
  ASSERT_TRUE(cluster_.Eventually([&] { return Parked() == 1; }));
  ASSERT_OK_AND_ASSIGN(const auto parked,
                       runtime::ListParked(cluster_.journal("customer_vehicle"), "", 10, ""));
  ASSERT_EQ(parked.records.size(), 1u);
  EXPECT_THAT(parked.records[0].ShortDebugString(), ::testing::HasSubstr("VEHICLE_UNKNOWN"));
  EXPECT_EQ(Profile().visits(), 0) << "all of a ticket or nothing";
}

TEST_F(OnTicketClosedTest, CustomerNeverRegisteredThenParked) {
  const uint64_t before = LastPosition();
  Publish(ClosedTicket(NewId<CustomerId>(), vehicle_id_, 0, 700));
  ASSERT_TRUE(cluster_.Eventually([&] { return Parked() == 1; }));
  ASSERT_OK_AND_ASSIGN(const auto parked,
                       runtime::ListParked(cluster_.journal("customer_vehicle"), "", 10, ""));
  ASSERT_EQ(parked.records.size(), 1u);
  EXPECT_THAT(parked.records[0].ShortDebugString(), ::testing::HasSubstr("CUSTOMER_UNKNOWN"));
  EXPECT_EQ(LastPosition(), before) << "no history without the profile";
}

}  // namespace
}  // namespace pitlane::customer_vehicle
