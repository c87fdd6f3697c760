#include "services/customer_vehicle/domain/vehicle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/testing/given.h"
#include "pitlane/customer_vehicle/v1/customer_vehicle_service.pb.h"
#include "services/customer_vehicle/domain/odometer.h"

namespace pitlane::customer_vehicle {
namespace {

using ::testing::ElementsAre;
using testing::EqualsProto;
using testing::EventIs;
using testing::Given;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using Event = v1::CustomerVehicleEvent;

constexpr char kId[] = "veh_1";
constexpr char kVin[] = "1M8GDM9AXKP042788";
constexpr char kFordVin[] = "1FTFW5L86RFB45612";
const absl::Time kNow = absl::FromUnixSeconds(100 * 86400);

template <class Command>
auto Deciding(const Command& command) {
  return [command](const v1::Vehicle& state) { return Decide(state, command); };
}

v1::OdometerReading Reading(int64_t value, int64_t day,
                            v1::OdometerUnit unit = v1::ODOMETER_UNIT_MILES,
                            v1::OdometerReason reason = v1::ODOMETER_REASON_UNSPECIFIED) {
  v1::OdometerReading reading;
  reading.set_value(value);
  reading.set_unit(unit);
  reading.set_reason(reason);
  reading.mutable_read_at()->set_seconds(day * 86400);
  return reading;
}

Event Registered(const char* vin = kVin) {
  Event event;
  v1::Vehicle& vehicle = *event.mutable_vehicle_registered()->mutable_vehicle();
  vehicle.set_vehicle_id(kId);
  vehicle.set_vin(vin);
  vehicle.set_make("MCI");
  return event;
}

Event Read(const v1::OdometerReading& reading) {
  Event event;
  event.mutable_odometer_read()->set_vehicle_id(kId);
  *event.mutable_odometer_read()->mutable_reading() = reading;
  return event;
}

Event Started(const char* customer, const char* from) {
  Event event;
  event.mutable_ownership_started()->set_vehicle_id(kId);
  event.mutable_ownership_started()->set_customer_id(customer);
  event.mutable_ownership_started()->set_from_date(from);
  return event;
}

Event Ended(const char* customer, const char* to) {
  Event event;
  event.mutable_ownership_ended()->set_vehicle_id(kId);
  event.mutable_ownership_ended()->set_customer_id(customer);
  event.mutable_ownership_ended()->set_to_date(to);
  return event;
}

RegisterVehicle Registration(const char* vin) {
  RegisterVehicle command;
  command.vehicle_id = kId;
  command.described.set_vin(vin);
  command.now = kNow;
  return command;
}

TEST(RegisterVehicle, VinThenDecodedOwnedAndRead) {
  RegisterVehicle command = Registration(kFordVin);
  command.owner_id = "cus_1";
  command.from_date = "2026-01-01";
  command.reading = Reading(41200, 99);
  Given<VehicleAggregate>()
      .When(Deciding(command))
      .ThenEvents(SizeIs(3))
      .ThenState(EqualsProto(R"pb(vehicle_id: "veh_1"
                                  vin: "1FTFW5L86RFB45612"
                                  year: 2024
                                  make: "Ford"
                                  model: "F-150"
                                  ownerships { customer_id: "cus_1" from_date: "2026-01-01" }
                                  odometer {
                                    value: 41200
                                    unit: ODOMETER_UNIT_MILES
                                    read_at { seconds: 8553600 }
                                  }
                                  version: 3)pb"));
}

TEST(RegisterVehicle, CallerKnowsBetterThenHisWordWinsWithWarnings) {
  RegisterVehicle command = Registration(kFordVin);
  command.described.set_year(2023);
  command.described.set_make("FORD");
  command.described.set_model("F150 Lightning");
  const auto outcome = Given<VehicleAggregate>().When(Deciding(command));
  EXPECT_EQ(outcome.state().year(), 2023);
  EXPECT_EQ(outcome.state().make(), "FORD");
  EXPECT_THAT(outcome.state().warnings(),
              ElementsAre(HasSubstr("year 2024, entered was 2023"),
                          HasSubstr("model F-150, entered was F150 Lightning")));
}

TEST(RegisterVehicle, ChassisNumberOnlyThenTaken) {
  RegisterVehicle command = Registration("");
  command.described.set_chassis_number("113 2003 44");
  Given<VehicleAggregate>().When(Deciding(command)).ThenEvents(SizeIs(1));
}

TEST(RegisterVehicle, IdTakenThenRefused) {
  Given<VehicleAggregate>({Registered()})
      .When(Deciding(Registration(kFordVin)))
      .ThenRefused(absl::StatusCode::kAlreadyExists, v1::VEHICLE_EXISTS);
}

TEST(RegisterVehicle, NoVinThenRefused) {
  Given<VehicleAggregate>()
      .When(Deciding(Registration("1FTFW5L86RFB4561")))
      .ThenRefused(absl::StatusCode::kInvalidArgument, v1::VIN_INVALID);
}

TEST(RegisterVehicle, WrongCheckDigitComparedWithTheCarThenWarning) {
  RegisterVehicle command = Registration("1M8GDM9A1KP042788");
  Given<VehicleAggregate>().When(Deciding(command)).ThenRefused(v1::VIN_INVALID);
  command.accept_wrong_check_digit = true;
  const auto outcome = Given<VehicleAggregate>().When(Deciding(command));
  EXPECT_THAT(outcome.state().warnings(), ::testing::Contains(HasSubstr("check digit")));
}

TEST(RegisterVehicle, VinOfAnotherThenRefused) {
  RegisterVehicle command = Registration(kVin);
  command.vin_holder = "veh_2";
  Given<VehicleAggregate>()
      .When(Deciding(command))
      .ThenRefused(absl::StatusCode::kFailedPrecondition, v1::VIN_TAKEN);
}

TEST(RegisterVehicle, ReadTomorrowThenInvalid) {
  RegisterVehicle command = Registration(kVin);
  command.reading = Reading(5, 101);
  Given<VehicleAggregate>()
      .When(Deciding(command))
      .ThenRefused(absl::StatusCode::kInvalidArgument, common::v1::FIELD_INVALID);
}

TEST(VehicleCommands, UnknownVehicleThenAllRefused) {
  const Given<VehicleAggregate> given;
  UpdateVehicle update;
  update.vehicle_id = kId;
  given.When(Deciding(update)).ThenRefused(absl::StatusCode::kNotFound, v1::VEHICLE_UNKNOWN);
  given.When(Deciding(LinkVehicle{kId, "cus_1", "2026-01-01"})).ThenRefused(v1::VEHICLE_UNKNOWN);
  given.When(Deciding(EndOwnership{kId, "cus_1", "2026-01-01"})).ThenRefused(v1::VEHICLE_UNKNOWN);
  given.When(Deciding(RecordOdometer{kId, Reading(1, 1), kNow})).ThenRefused(v1::VEHICLE_UNKNOWN);
}

TEST(UpdateVehicle, AnotherVinThenDescribedAnew) {
  UpdateVehicle command;
  command.vehicle_id = kId;
  command.vin = kFordVin;
  const Given<VehicleAggregate> given({Registered(), Started("cus_1", "2026-01-01")});
  given.When(Deciding(command)).ThenState(EqualsProto(R"pb(vehicle_id: "veh_1"
                                                           vin: "1FTFW5L86RFB45612"
                                                           year: 2024
                                                           make: "Ford"
                                                           model: "F-150"
                                                           ownerships {
                                                             customer_id: "cus_1"
                                                             from_date: "2026-01-01"
                                                           }
                                                           version: 3)pb"));
  command.vin = "short";
  given.When(Deciding(command)).ThenRefused(v1::VIN_INVALID);
  command.vin = kFordVin;
  command.vin_holder = "veh_2";
  given.When(Deciding(command)).ThenRefused(v1::VIN_TAKEN);
}

TEST(UpdateVehicle, UnknownManufacturerThenWhatWasKnownStays) {
  UpdateVehicle command;
  command.vehicle_id = kId;
  command.vin = "11111111111111111";
  const auto outcome = Given<VehicleAggregate>({Registered()}).When(Deciding(command));
  EXPECT_EQ(outcome.state().make(), "MCI");
}

TEST(UpdateVehicle, PlateOnlyThenTheRestStays) {
  UpdateVehicle command;
  command.vehicle_id = kId;
  command.plate.emplace().set_number("482 KTN");
  command.year = 1989;
  const auto outcome = Given<VehicleAggregate>({Registered()}).When(Deciding(command));
  EXPECT_EQ(outcome.state().plate().number(), "482 KTN");
  EXPECT_EQ(outcome.state().vin(), kVin);
  EXPECT_EQ(outcome.state().year(), 1989);
}

TEST(UpdateVehicle, NothingChangesThenNothing) {
  UpdateVehicle command;
  command.vehicle_id = kId;
  command.make = "MCI";
  Given<VehicleAggregate>({Registered()}).When(Deciding(command)).ThenEvents(IsEmpty());
}

TEST(UpdateVehicle, NothingWouldIdentifyItThenInvalid) {
  UpdateVehicle command;
  command.vehicle_id = kId;
  command.vin = "";
  Given<VehicleAggregate>({Registered()})
      .When(Deciding(command))
      .ThenRefused(absl::StatusCode::kInvalidArgument, common::v1::FIELD_INVALID);
  command.unit_number = "17";
  Given<VehicleAggregate>({Registered()}).When(Deciding(command)).ThenEvents(SizeIs(1));
}

TEST(LinkVehicle, SameCustomerOwnsItThenRefused) {
  const Given<VehicleAggregate> given({Registered(), Started("cus_1", "2026-01-01"),
                                       Ended("cus_1", "2026-02-01"),
                                       Started("cus_2", "2026-01-01")});
  given.When(Deciding(LinkVehicle{kId, "cus_2", "2026-05-01"}))
      .ThenRefused(absl::StatusCode::kFailedPrecondition, v1::OWNERSHIP_OVERLAPS);
  given.When(Deciding(LinkVehicle{kId, "cus_1", "2026-02-01"})).ThenRefused(v1::OWNERSHIP_OVERLAPS);
  given.When(Deciding(LinkVehicle{kId, "cus_1", "2026-02-02"}))
      .ThenEvents(ElementsAre(EventIs(R"pb(ownership_started {
                                             vehicle_id: "veh_1"
                                             customer_id: "cus_1"
                                             from_date: "2026-02-02"
                                           })pb")));
}

TEST(EndOwnership, NoOwnerNowThenRefused) {
  const Given<VehicleAggregate> given(
      {Registered(), Started("cus_1", "2026-01-01"), Ended("cus_1", "2026-02-01")});
  given.When(Deciding(EndOwnership{kId, "cus_1", "2026-03-01"}))
      .ThenRefused(absl::StatusCode::kFailedPrecondition, v1::OWNERSHIP_UNKNOWN);
  given.When(Deciding(EndOwnership{kId, "cus_2", "2026-03-01"})).ThenRefused(v1::OWNERSHIP_UNKNOWN);
}

TEST(EndOwnership, EndBeforeBeginningThenRefused) {
  const Given<VehicleAggregate> given({Registered(), Started("cus_1", "2026-01-10")});
  given.When(Deciding(EndOwnership{kId, "cus_1", "2026-01-09"}))
      .ThenRefused(absl::StatusCode::kFailedPrecondition, v1::OWNERSHIP_DATES_REVERSED);
  const auto outcome = given.When(Deciding(EndOwnership{kId, "cus_1", "2026-01-10"}));
  EXPECT_EQ(outcome.state().ownerships(0).to_date(), "2026-01-10");
}

TEST(RecordOdometer, ReadBeforeTheLastThenRefused) {
  Given<VehicleAggregate>({Registered(), Read(Reading(5000, 50))})
      .When(Deciding(RecordOdometer{kId, Reading(6000, 49), kNow}))
      .ThenRefused(absl::StatusCode::kFailedPrecondition, v1::ODOMETER_BEFORE_LAST);
}

TEST(RecordOdometer, LowerThenReasonRequired) {
  const Given<VehicleAggregate> given({Registered(), Read(Reading(5000, 50))});
  given.When(Deciding(RecordOdometer{kId, Reading(4999, 60), kNow}))
      .ThenRefused(absl::StatusCode::kFailedPrecondition, v1::ODOMETER_REASON_REQUIRED);
  given
      .When(Deciding(RecordOdometer{
          kId, Reading(12, 60, v1::ODOMETER_UNIT_MILES, v1::ODOMETER_REASON_CLUSTER_REPLACED),
          kNow}))
      .ThenEvents(SizeIs(1));
  given.When(Deciding(RecordOdometer{kId, Reading(5000, 60), kNow})).ThenEvents(SizeIs(1));
}

TEST(RecordOdometer, OtherUnitThenDistancesAreCompared) {
  const Given<VehicleAggregate> given({Registered(), Read(Reading(5000, 50))});
  // 5 000 miles are 8 046.72 km.
  given.When(Deciding(RecordOdometer{kId, Reading(8046, 60, v1::ODOMETER_UNIT_KILOMETRES), kNow}))
      .ThenRefused(v1::ODOMETER_REASON_REQUIRED);
  given.When(Deciding(RecordOdometer{kId, Reading(8047, 60, v1::ODOMETER_UNIT_KILOMETRES), kNow}))
      .ThenEvents(SizeIs(1));
  given
      .When(Deciding(RecordOdometer{
          kId, Reading(4000, 60, v1::ODOMETER_UNIT_KILOMETRES, v1::ODOMETER_REASON_UNIT_CHANGE),
          kNow}))
      .ThenEvents(SizeIs(1));
}

TEST(RecordOdometer, MoreThanThousandMilesADayThenWarning) {
  const Given<VehicleAggregate> given({Registered(), Read(Reading(5000, 50))});
  const auto warning = [&](const v1::OdometerReading& reading) {
    return given.When(Deciding(RecordOdometer{kId, reading, kNow})).state().odometer().warning();
  };
  EXPECT_EQ(warning(Reading(15000, 60)), "") << "exactly 1 000 a day";
  EXPECT_THAT(warning(Reading(15001, 60)), HasSubstr("1 000 miles"));
  EXPECT_EQ(warning(Reading(5900, 50)), "") << "at least a day is counted";
  EXPECT_EQ(warning(Reading(24140, 60, v1::ODOMETER_UNIT_KILOMETRES)), "");
  EXPECT_THAT(warning(Reading(24142, 60, v1::ODOMETER_UNIT_KILOMETRES)), HasSubstr("1 000 miles"));
}

TEST(NoteInvoicedOdometer, AnythingThenTakenWithItsDoubt) {
  const v1::Vehicle vehicle =
      Given<VehicleAggregate>({Registered(), Read(Reading(8000, 50, v1::ODOMETER_UNIT_KILOMETRES))})
          .state();
  const auto note = [&](int64_t value, int64_t day) {
    NoteInvoicedOdometer command{.ticket_id = "tkt_1", .value = value};
    command.read_at.set_seconds(day * 86400);
    return Decide(vehicle, command).at(0).odometer_read().reading();
  };
  EXPECT_THAT(note(8100, 60), EqualsProto(R"pb(value: 8100
                                               unit: ODOMETER_UNIT_KILOMETRES
                                               source: "invoice"
                                               read_at { seconds: 5184000 }
                                               ticket_id: "tkt_1")pb"));
  EXPECT_THAT(note(7000, 60).warning(), HasSubstr("lower than the last reading, 8000"));
  EXPECT_THAT(note(900000, 60).warning(), HasSubstr("1 000 miles"));
  EXPECT_THAT(note(std::numeric_limits<int64_t>::max(), 60).warning(), HasSubstr("1 000 miles"));
}

TEST(OdometerRead, OlderThanTheLatestThenTheLatestStays) {
  const Given<VehicleAggregate> given(
      {Registered(), Read(Reading(5000, 50)), Read(Reading(4000, 40))});
  EXPECT_EQ(given.state().odometer().value(), 5000);
  EXPECT_EQ(given.state().version(), 3u);
}

}  // namespace
}  // namespace pitlane::customer_vehicle
