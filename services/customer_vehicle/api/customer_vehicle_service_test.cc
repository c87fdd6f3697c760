#include "services/customer_vehicle/api/customer_vehicle_service.h"

#include "libs/testing/proto_matchers.h"
#include "services/customer_vehicle/testing_shop.h"

namespace pitlane::customer_vehicle {
namespace {

using testing::EqualsProto;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class CustomerVehicleServiceTest : public ShopTest {
 protected:
  static std::string ReasonOf(const absl::Status& status) { return rpc::ErrorReason(status); }

  v1::LinkVehicleRequest Link(const std::string& vehicle_id, const std::string& customer_id,
                              const std::string& from) {
    v1::LinkVehicleRequest request;
    request.set_request_id(NextRequestId());
    request.set_vehicle_id(vehicle_id);
    request.set_customer_id(customer_id);
    request.set_from_date(from);
    return request;
  }

  v1::EndOwnershipRequest End(const std::string& vehicle_id, const std::string& customer_id,
                              const std::string& to) {
    v1::EndOwnershipRequest request;
    request.set_request_id(NextRequestId());
    request.set_vehicle_id(vehicle_id);
    request.set_customer_id(customer_id);
    request.set_to_date(to);
    return request;
  }

  v1::RecordOdometerRequest Odometer(const std::string& vehicle_id, int64_t value) {
    v1::RecordOdometerRequest request;
    request.set_request_id(NextRequestId());
    request.set_vehicle_id(vehicle_id);
    request.mutable_reading()->set_value(value);
    request.mutable_reading()->set_unit(v1::ODOMETER_UNIT_MILES);
    return request;
  }
};

TEST_F(CustomerVehicleServiceTest, CustomerRegisteredThenReadableWithNotesAndPreferences) {
  auto request = CustomerRequest("Maria", " Example ");
  request.mutable_preferences()->set_contact_channel("sms");
  const v1::Customer registered = Register(request);
  EXPECT_EQ(registered.personal().family_name(), "Example");
  EXPECT_EQ(registered.version(), 2u);

  v1::AddNoteRequest note;
  note.set_request_id(NextRequestId());
  note.set_customer_id(registered.customer_id());
  note.set_text("Call before ten.");
  ASSERT_OK_AND_ASSIGN(const auto noted, Call(&Stub::AddNote, note, rpc::Role::kAdvisor));
  ASSERT_EQ(noted.customer().notes_size(), 1);
  EXPECT_EQ(noted.customer().notes(0).text(), "Call before ten.");
  EXPECT_EQ(noted.customer().notes(0).author(), "user-advisor");

  v1::SetPreferencesRequest preferences;
  preferences.set_request_id(NextRequestId());
  preferences.set_customer_id(registered.customer_id());
  preferences.mutable_preferences()->set_language("es-US");
  ASSERT_THAT(Call(&Stub::SetPreferences, preferences), IsOk());

  v1::UpdateCustomerRequest update;
  update.set_request_id(NextRequestId());
  update.set_customer_id(registered.customer_id());
  update.set_expected_version(4);
  update.mutable_personal()->set_company("Example Plumbing");
  ASSERT_OK_AND_ASSIGN(const auto updated, Call(&Stub::UpdateCustomer, update));
  EXPECT_THAT(updated.customer().personal(), EqualsProto(R"pb(company: "Example Plumbing")pb"));
  ASSERT_OK_AND_ASSIGN(const v1::Customer read, GetCustomer(registered.customer_id()));
  EXPECT_THAT(read, EqualsProto(updated.customer()));
  EXPECT_EQ(read.preferences().language(), "es-US");
}

TEST_F(CustomerVehicleServiceTest, SameRequestAgainThenTheSameAnswer) {
  const auto request = CustomerRequest("Maria", "Example");
  ASSERT_OK_AND_ASSIGN(const auto first, Call(&Stub::RegisterCustomer, request));
  ASSERT_OK_AND_ASSIGN(const auto second, Call(&Stub::RegisterCustomer, request));
  EXPECT_EQ(first.SerializeAsString(), second.SerializeAsString());
  EXPECT_EQ(second.customer().personal().given_name(), "Maria");

  v1::UpdateCustomerRequest update;
  update.set_request_id(NextRequestId());
  update.set_customer_id(first.customer().customer_id());
  update.mutable_personal()->set_family_name("Changed");
  ASSERT_THAT(Call(&Stub::UpdateCustomer, update), IsOk());
  ASSERT_OK_AND_ASSIGN(const auto third, Call(&Stub::RegisterCustomer, request));
  EXPECT_EQ(first.SerializeAsString(), third.SerializeAsString()) << "what was answered then";

  auto other = request;
  other.mutable_personal()->set_given_name("Mario");
  EXPECT_EQ(ReasonOf(Call(&Stub::RegisterCustomer, other).status()), "REQUEST_ID_REUSED");
}

TEST_F(CustomerVehicleServiceTest, WrongVersionThenAborted) {
  const v1::Customer customer = Register("Maria", "Example");
  v1::EraseCustomerRequest request;
  request.set_request_id(NextRequestId());
  request.set_customer_id(customer.customer_id());
  request.set_expected_version(7);
  EXPECT_THAT(Call(&Stub::EraseCustomer, request).status(), StatusIs(absl::StatusCode::kAborted));
}

TEST_F(CustomerVehicleServiceTest, OwnIdThenUsedOnce) {
  auto request = CustomerRequest("Maria", "Example");
  request.set_customer_id(NewId<CustomerId>());
  EXPECT_EQ(Register(request).customer_id(), request.customer_id());
  request.set_request_id(NextRequestId());
  EXPECT_EQ(ReasonOf(Call(&Stub::RegisterCustomer, request).status()), "CUSTOMER_EXISTS");
  ASSERT_OK_AND_ASSIGN(const v1::Customer customer, GetCustomer(request.customer_id()));
  EXPECT_EQ(customer.personal().given_name(), "Maria") << "the key is still the first one";

  auto vehicle = VehicleRequest(kVin);
  vehicle.set_vehicle_id(NewId<VehicleId>());
  EXPECT_EQ(Register(vehicle).vehicle_id(), vehicle.vehicle_id());
  vehicle.set_request_id(NextRequestId());
  EXPECT_EQ(ReasonOf(Call(&Stub::RegisterVehicle, vehicle).status()), "VEHICLE_EXISTS");
}

TEST_F(CustomerVehicleServiceTest, MalformedRequestsThenTheFieldIsNamed) {
  auto nameless = CustomerRequest("Maria", "");
  EXPECT_THAT(Call(&Stub::RegisterCustomer, nameless).status(),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("family name")));
  auto unidentified = VehicleRequest(" ");
  EXPECT_THAT(Call(&Stub::RegisterVehicle, unidentified).status(),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("send a vin")));
  v1::GetCustomerRequest get;
  get.set_customer_id("cus_nobody");
  EXPECT_THAT(Call(&Stub::GetCustomer, get).status(), StatusIs(absl::StatusCode::kInvalidArgument));
  auto link = Link(NewId<VehicleId>(), NewId<CustomerId>(), "yesterday");
  EXPECT_THAT(Call(&Stub::LinkVehicle, link).status(),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("from_date")));
  v1::RecordOdometerRequest no_reading;
  no_reading.set_request_id(NextRequestId());
  no_reading.set_vehicle_id(NewId<VehicleId>());
  EXPECT_THAT(Call(&Stub::RecordOdometer, no_reading).status(),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("reading is required")));
}

TEST_F(CustomerVehicleServiceTest, UnknownOnesThenNotFound) {
  EXPECT_THAT(GetCustomer(NewId<CustomerId>()).status(), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_EQ(ReasonOf(GetVehicle(NewId<VehicleId>()).status()), "VEHICLE_UNKNOWN");
  EXPECT_EQ(ReasonOf(History(NewId<VehicleId>()).status()), "VEHICLE_UNKNOWN");
  EXPECT_EQ(ReasonOf(Erase(NewId<CustomerId>()).status()), "CUSTOMER_UNKNOWN");
  auto vehicle = VehicleRequest(kVin);
  vehicle.set_customer_id(NewId<CustomerId>());
  EXPECT_EQ(ReasonOf(Call(&Stub::RegisterVehicle, vehicle).status()), "CUSTOMER_UNKNOWN");
  const v1::Vehicle known = Register(VehicleRequest(kVin));
  EXPECT_EQ(
      ReasonOf(Call(&Stub::LinkVehicle, Link(known.vehicle_id(), NewId<CustomerId>(), "2026-01-01"))
                   .status()),
      "CUSTOMER_UNKNOWN");
}

TEST_F(CustomerVehicleServiceTest, VehicleOfACustomerThenDecodedAndOwned) {
  const v1::Customer customer = Register("Maria", "Example");
  auto request = VehicleRequest(" 1ftfw5l86rfb45612 ");
  request.set_customer_id(customer.customer_id());
  request.mutable_odometer()->set_value(41200);
  request.mutable_odometer()->set_unit(v1::ODOMETER_UNIT_MILES);
  const v1::Vehicle vehicle = Register(request);
  EXPECT_EQ(vehicle.vin(), kFordVin);
  EXPECT_EQ(vehicle.year(), 2024);
  EXPECT_EQ(vehicle.make(), "Ford");
  EXPECT_EQ(vehicle.model(), "F-150");
  ASSERT_EQ(vehicle.ownerships_size(), 1);
  EXPECT_EQ(vehicle.ownerships(0).from_date(), "2026-01-01");
  EXPECT_EQ(vehicle.odometer().value(), 41200);
  EXPECT_EQ(VehicleId::Parse(vehicle.vehicle_id())->slot(),
            CustomerId::Parse(customer.customer_id())->slot())
      << "a vehicle goes where its owner is";
  ASSERT_OK_AND_ASSIGN(const v1::Vehicle read, GetVehicle(vehicle.vehicle_id()));
  EXPECT_THAT(read, EqualsProto(vehicle));
}

TEST_F(CustomerVehicleServiceTest, SameVinAgainThenTheVehicleIsNamed) {
  const v1::Vehicle vehicle = Register(VehicleRequest(kVin));
  const auto taken = Call(&Stub::RegisterVehicle, VehicleRequest(kVin));
  EXPECT_EQ(ReasonOf(taken.status()), "VIN_TAKEN");
  EXPECT_EQ(rpc::ErrorMetadata(taken.status())["vehicle_id"], vehicle.vehicle_id());

  const v1::Vehicle other = Register(VehicleRequest(kFordVin));
  v1::UpdateVehicleRequest update;
  update.set_request_id(NextRequestId());
  update.set_vehicle_id(other.vehicle_id());
  update.set_vin(kVin);
  EXPECT_EQ(ReasonOf(Call(&Stub::UpdateVehicle, update).status()), "VIN_TAKEN");
  // Given up by the first, the VIN is free.
  v1::UpdateVehicleRequest correct;
  correct.set_request_id(NextRequestId());
  correct.set_vehicle_id(vehicle.vehicle_id());
  correct.set_vin("");
  correct.mutable_plate()->set_number("482 KTN");
  ASSERT_THAT(Call(&Stub::UpdateVehicle, correct), IsOk());
  update.set_request_id(NextRequestId());
  EXPECT_THAT(Call(&Stub::UpdateVehicle, update), IsOk());
}

TEST_F(CustomerVehicleServiceTest, DecodeVinThenNothingIsStored) {
  v1::DecodeVinRequest request;
  request.set_vin("1FTFW5L80RFB45612");
  ASSERT_OK_AND_ASSIGN(const auto decoded, Call(&Stub::DecodeVin, request));
  EXPECT_EQ(decoded.model(), "F-150");
  EXPECT_THAT(decoded.warnings(), ::testing::ElementsAre(HasSubstr("check digit")));
  request.set_vin("1FTFW5L8ORFB45612");
  EXPECT_EQ(ReasonOf(Call(&Stub::DecodeVin, request).status()), "VIN_INVALID");
  EXPECT_EQ(cluster_.journal("customer_vehicle").last_position(), 0u);
}

TEST_F(CustomerVehicleServiceTest, OwnershipsThenDatedAndSearchableWhilePresent) {
  const v1::Customer maria = Register("Maria", "Example");
  const v1::Customer john = Register("John", "Other");
  const v1::Vehicle vehicle = Register(VehicleRequest(kVin));
  const std::string& id = vehicle.vehicle_id();
  ASSERT_THAT(Call(&Stub::LinkVehicle, Link(id, maria.customer_id(), "2025-01-01")), IsOk());
  EXPECT_EQ(
      ReasonOf(Call(&Stub::LinkVehicle, Link(id, maria.customer_id(), "2025-06-01")).status()),
      "OWNERSHIP_OVERLAPS");
  EXPECT_EQ(ReasonOf(Call(&Stub::EndOwnership, End(id, john.customer_id(), "2025-06-01")).status()),
            "OWNERSHIP_UNKNOWN");
  EXPECT_EQ(
      ReasonOf(Call(&Stub::EndOwnership, End(id, maria.customer_id(), "2024-06-01")).status()),
      "OWNERSHIP_DATES_REVERSED");
  ASSERT_THAT(Call(&Stub::EndOwnership, End(id, maria.customer_id(), "2025-06-01")), IsOk());
  ASSERT_OK_AND_ASSIGN(const auto linked,
                       Call(&Stub::LinkVehicle, Link(id, john.customer_id(), "2025-06-02")));
  EXPECT_THAT(linked.vehicle().ownerships(), SizeIs(2));

  v1::SearchVehiclesRequest search;
  search.set_customer_id(john.customer_id());
  ASSERT_OK_AND_ASSIGN(const auto of_john, Call(&Stub::SearchVehicles, search));
  EXPECT_THAT(of_john.vehicles(), SizeIs(1));
  search.set_customer_id(maria.customer_id());
  ASSERT_OK_AND_ASSIGN(const auto of_maria, Call(&Stub::SearchVehicles, search));
  EXPECT_THAT(of_maria.vehicles(), SizeIs(0));
}

TEST_F(CustomerVehicleServiceTest, OdometerReadThenJudgedByTheLast) {
  const v1::Vehicle vehicle = Register(VehicleRequest(kVin));
  ASSERT_OK_AND_ASSIGN(const auto first,
                       Call(&Stub::RecordOdometer, Odometer(vehicle.vehicle_id(), 5000)));
  EXPECT_EQ(first.vehicle().odometer().read_at().seconds(),
            absl::ToUnixSeconds(cluster_.clock().Now()));
  EXPECT_EQ(ReasonOf(Call(&Stub::RecordOdometer, Odometer(vehicle.vehicle_id(), 4000)).status()),
            "ODOMETER_REASON_REQUIRED");
  auto earlier = Odometer(vehicle.vehicle_id(), 5100);
  earlier.mutable_reading()->mutable_read_at()->set_seconds(1000);
  EXPECT_EQ(ReasonOf(Call(&Stub::RecordOdometer, earlier).status()), "ODOMETER_BEFORE_LAST");
  ASSERT_OK_AND_ASSIGN(const auto doubtful,
                       Call(&Stub::RecordOdometer, Odometer(vehicle.vehicle_id(), 7000)));
  EXPECT_THAT(doubtful.vehicle().odometer().warning(), HasSubstr("1 000 miles"));
}

TEST_F(CustomerVehicleServiceTest, TechnicianThenMayReadButNotErase) {
  const v1::Customer customer = Register("Maria", "Example");
  v1::EraseCustomerRequest request;
  request.set_request_id(NextRequestId());
  request.set_customer_id(customer.customer_id());
  EXPECT_THAT(Call(&Stub::EraseCustomer, request, rpc::Role::kTechnician).status(),
              StatusIs(absl::StatusCode::kPermissionDenied));
}

TEST_F(CustomerVehicleServiceTest, PowerCutThenEverythingIsTheSame) {
  const v1::Customer customer = Register("Maria", "Example");
  auto request = VehicleRequest(kVin);
  request.set_customer_id(customer.customer_id());
  const v1::Vehicle vehicle = Register(request);
  Publish(ClosedTicket(customer.customer_id(), vehicle.vehicle_id(), 1, 12000));
  ASSERT_TRUE(cluster_.Settle());
  ASSERT_OK_AND_ASSIGN(const v1::Customer customer_before, GetCustomer(customer.customer_id()));
  ASSERT_OK_AND_ASSIGN(const v1::Vehicle vehicle_before, GetVehicle(vehicle.vehicle_id()));
  ASSERT_OK_AND_ASSIGN(const auto history_before, History(vehicle.vehicle_id()));
  EXPECT_EQ(customer_before.profile().visits(), 1);
  EXPECT_EQ(history_before.entries_size(), 1);
  Crash();
  ASSERT_OK_AND_ASSIGN(const v1::Customer customer_after, GetCustomer(customer.customer_id()));
  ASSERT_OK_AND_ASSIGN(const v1::Vehicle vehicle_after, GetVehicle(vehicle.vehicle_id()));
  ASSERT_OK_AND_ASSIGN(const auto history_after, History(vehicle.vehicle_id()));
  EXPECT_EQ(customer_before.SerializeAsString(), customer_after.SerializeAsString());
  EXPECT_EQ(vehicle_before.SerializeAsString(), vehicle_after.SerializeAsString());
  EXPECT_EQ(history_before.SerializeAsString(), history_after.SerializeAsString());
}

}  // namespace
}  // namespace pitlane::customer_vehicle
