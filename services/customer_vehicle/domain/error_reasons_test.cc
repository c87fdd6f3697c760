// Every reason for which the service refuses, in the order in which the enum declares them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <utility>
#include <vector>

#include "libs/rpc/errors.h"
#include "pitlane/customer_vehicle/v1/customer_vehicle_service.pb.h"
#include "services/customer_vehicle/domain/customer.h"
#include "services/customer_vehicle/domain/vehicle.h"

namespace pitlane::customer_vehicle {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1000000);

v1::CustomerState Customer(bool erased = false) {
  v1::CustomerState customer;
  customer.set_customer_id("cus_1");
  customer.set_erased(erased);
  return customer;
}

v1::Vehicle Vehicle() {
  v1::Vehicle vehicle;
  vehicle.set_vehicle_id("veh_1");
  vehicle.add_ownerships()->set_customer_id("cus_1");
  vehicle.mutable_ownerships(0)->set_from_date("2026-01-01");
  vehicle.mutable_odometer()->set_value(500);
  vehicle.mutable_odometer()->set_unit(v1::ODOMETER_UNIT_MILES);
  vehicle.mutable_odometer()->mutable_read_at()->set_seconds(1000);
  return vehicle;
}

RegisterVehicle Registration(const char* vin, const char* holder = "") {
  RegisterVehicle command;
  command.vehicle_id = "veh_1";
  command.described.set_vin(vin);
  command.vin_holder = holder;
  command.now = kNow;
  return command;
}

absl::Status Read(int64_t value, int64_t at) {
  RecordOdometer command{.vehicle_id = "veh_1", .reading = Vehicle().odometer(), .now = kNow};
  command.reading.set_value(value);
  command.reading.mutable_read_at()->set_seconds(at);
  return Decide(Vehicle(), command).status();
}

absl::Status FullOfNotes() {
  v1::CustomerState customer = Customer();
  for (int i = 0; i < kMaxNotes; ++i) customer.add_notes();
  return Decide(customer, AddNote{.customer_id = "cus_1", .text = {}}).status();
}

TEST(ErrorReasons, EachInEnumOrderThenItsRefusal) {
  const std::vector<std::pair<v1::ErrorReason, absl::Status>> refusals = {
      {v1::CUSTOMER_UNKNOWN, Decide(v1::CustomerState(), EraseCustomer{"cus_1"}).status()},
      {v1::CUSTOMER_EXISTS,
       Decide(Customer(), RegisterCustomer{.customer_id = "cus_1", .personal = {}}).status()},
      {v1::CUSTOMER_ERASED, Decide(Customer(true), EraseCustomer{"cus_1"}).status()},
      {v1::TOO_MANY_NOTES, FullOfNotes()},
      {v1::VEHICLE_UNKNOWN,
       Decide(v1::Vehicle(), LinkVehicle{"veh_1", "cus_1", "2026-01-01"}).status()},
      {v1::VEHICLE_EXISTS, Decide(Vehicle(), Registration("")).status()},
      {v1::VIN_INVALID, Decide(v1::Vehicle(), Registration("ABC")).status()},
      {v1::VIN_TAKEN, Decide(v1::Vehicle(), Registration("1M8GDM9AXKP042788", "veh_2")).status()},
      {v1::OWNERSHIP_OVERLAPS,
       Decide(Vehicle(), LinkVehicle{"veh_1", "cus_1", "2026-02-01"}).status()},
      {v1::OWNERSHIP_UNKNOWN,
       Decide(Vehicle(), EndOwnership{"veh_1", "cus_2", "2026-02-01"}).status()},
      {v1::OWNERSHIP_DATES_REVERSED,
       Decide(Vehicle(), EndOwnership{"veh_1", "cus_1", "2025-12-31"}).status()},
      {v1::ODOMETER_BEFORE_LAST, Read(400, 999)},
      {v1::ODOMETER_REASON_REQUIRED, Read(400, 1001)},
  };
  int number = 0;
  for (const auto& [reason, status] : refusals) {
    EXPECT_EQ(reason, ++number) << "in the order of the enum";
    EXPECT_TRUE(rpc::HasReason(status, reason)) << v1::ErrorReason_Name(reason) << ": " << status;
  }
  EXPECT_EQ(number + 1, v1::ErrorReason_descriptor()->value_count());
}

}  // namespace
}  // namespace pitlane::customer_vehicle
