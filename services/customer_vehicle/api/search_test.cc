#include <vector>

#include "services/customer_vehicle/testing_shop.h"

namespace pitlane::customer_vehicle {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

class SearchTest : public ShopTest {
 protected:
  std::vector<std::string> Find(v1::SearchCustomersRequest request) {
    const auto response = Call(&Stub::SearchCustomers, request);
    EXPECT_THAT(response.status(), IsOk());
    std::vector<std::string> names;
    if (!response.ok()) return names;
    for (const v1::Customer& customer : response->customers()) {
      names.push_back(customer.personal().given_name() + customer.personal().company());
    }
    return names;
  }
  std::vector<std::string> ByName(const std::string& name) {
    v1::SearchCustomersRequest request;
    request.set_name(name);
    return Find(request);
  }
  std::vector<std::string> ByPhone(const std::string& phone) {
    v1::SearchCustomersRequest request;
    request.set_phone(phone);
    return Find(request);
  }
  std::vector<std::string> ByEmail(const std::string& email) {
    v1::SearchCustomersRequest request;
    request.set_email(email);
    return Find(request);
  }

  v1::Customer RegisterMaria() {
    auto request = CustomerRequest("Maria", "Müller");
    request.mutable_personal()->add_phones("+1 316 555 0100");
    request.mutable_personal()->add_emails("Maria@Example.com");
    return Register(request);
  }

  std::vector<std::string> Vins(const v1::SearchVehiclesRequest& request) {
    const auto response = Call(&Stub::SearchVehicles, request);
    EXPECT_THAT(response.status(), IsOk());
    std::vector<std::string> vins;
    if (!response.ok()) return vins;
    for (const v1::Vehicle& vehicle : response->vehicles()) vins.push_back(vehicle.vin());
    return vins;
  }
};

TEST_F(SearchTest, CustomersThenFoundByNamePhoneAndEmail) {
  RegisterMaria();
  Register("Mark", "Mullen");
  auto company = CustomerRequest("", "");
  company.mutable_personal()->set_company("Mullen Plumbing");
  Register(company);

  EXPECT_THAT(ByName("MÜ"), ElementsAre("Maria"));
  EXPECT_THAT(ByName("mar"), UnorderedElementsAre("Maria", "Mark"));
  EXPECT_THAT(ByName("mar m"), UnorderedElementsAre("Maria", "Mark"));
  EXPECT_THAT(ByName("mullen mar"), ElementsAre("Mark")) << "all words must be there";
  EXPECT_THAT(ByName("mullen"), UnorderedElementsAre("Mark", "Mullen Plumbing"));
  EXPECT_THAT(ByName("plumbin"), ElementsAre("Mullen Plumbing")) << "longer than the index knows";
  EXPECT_THAT(ByName("plumbix"), IsEmpty());
  EXPECT_THAT(ByName("ller"), IsEmpty()) << "only beginnings";

  EXPECT_THAT(ByPhone("0100"), ElementsAre("Maria"));
  EXPECT_THAT(ByPhone("(316) 555-0100"), ElementsAre("Maria"));
  EXPECT_THAT(ByPhone("417 555 0100"), IsEmpty());
  EXPECT_THAT(ByEmail("maria@example.COM "), ElementsAre("Maria"));
  EXPECT_THAT(ByEmail("maria@example"), IsEmpty());
}

TEST_F(SearchTest, CustomerUpdatedThenFoundByTheNewNameOnly) {
  const v1::Customer maria = RegisterMaria();
  v1::UpdateCustomerRequest update;
  update.set_request_id(NextRequestId());
  update.set_customer_id(maria.customer_id());
  update.mutable_personal()->set_given_name("Maria");
  update.mutable_personal()->set_family_name("Schmidt");
  ASSERT_THAT(Call(&Stub::UpdateCustomer, update), IsOk());
  EXPECT_THAT(ByName("schm"), ElementsAre("Maria"));
  EXPECT_THAT(ByName("müll"), IsEmpty());
  EXPECT_THAT(ByPhone("0100"), IsEmpty());
}

TEST_F(SearchTest, ManyCustomersThenPagesWithoutGapOrRepetition) {
  for (int i = 0; i < 7; ++i) Register(absl::StrCat("Customer", i), "Common");
  Register("Other", "Comrade");
  v1::SearchCustomersRequest request;
  request.set_name("commo cust");
  request.set_page_size(3);
  std::vector<std::string> all;
  do {
    ASSERT_OK_AND_ASSIGN(const auto page, Call(&Stub::SearchCustomers, request));
    EXPECT_LE(page.customers_size(), 3);
    for (const v1::Customer& customer : page.customers()) {
      all.push_back(customer.personal().given_name());
    }
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_THAT(all, UnorderedElementsAre("Customer0", "Customer1", "Customer2", "Customer3",
                                        "Customer4", "Customer5", "Customer6"));
}

TEST_F(SearchTest, QueryTooShortThenInvalid) {
  Register("Maria", "Example");
  v1::SearchCustomersRequest request;
  const auto refused = [&] {
    return absl::IsInvalidArgument(Call(&Stub::SearchCustomers, request).status());
  };
  EXPECT_TRUE(refused());
  request.set_name("M E");
  EXPECT_TRUE(refused());
  request.set_phone("55-0");
  EXPECT_TRUE(refused());
  request.set_email(" ");
  EXPECT_TRUE(refused());
  request.set_name("Ma");
  request.set_page_size(201);
  EXPECT_TRUE(refused());
  request.set_page_size(0);
  request.set_page_token("?");
  EXPECT_TRUE(refused());
}

TEST_F(SearchTest, NobodyRegisteredThenNobodyFound) { EXPECT_THAT(ByName("maria"), IsEmpty()); }

TEST_F(SearchTest, VehiclesThenFoundByVinPlateAndUnitNumber) {
  auto bus = VehicleRequest(kVin);
  bus.mutable_plate()->set_number("482 ktn");
  bus.set_unit_number("BUS-17");
  const v1::Vehicle registered = Register(bus);
  Register(VehicleRequest(kFordVin));

  v1::SearchVehiclesRequest request;
  request.set_vin("1m8gdm9axkp042788");
  EXPECT_THAT(Vins(request), ElementsAre(kVin));
  request.set_vin("042788");
  EXPECT_THAT(Vins(request), ElementsAre(kVin));
  request.set_vin("045612");
  EXPECT_THAT(Vins(request), IsEmpty());
  request.set_plate("482-K");
  EXPECT_THAT(Vins(request), ElementsAre(kVin));
  request.set_unit_number("bus17");
  EXPECT_THAT(Vins(request), ElementsAre(kVin));

  v1::UpdateVehicleRequest update;
  update.set_request_id(NextRequestId());
  update.set_vehicle_id(registered.vehicle_id());
  update.mutable_plate()->set_number("901 LMB");
  ASSERT_THAT(Call(&Stub::UpdateVehicle, update), IsOk());
  request.set_plate("482");
  EXPECT_THAT(Vins(request), IsEmpty());
  request.set_plate("901lmb");
  EXPECT_THAT(Vins(request), ElementsAre(kVin));
}

TEST_F(SearchTest, VehicleQueryTooShortThenInvalid) {
  v1::SearchVehiclesRequest request;
  const auto refused = [&] {
    return absl::IsInvalidArgument(Call(&Stub::SearchVehicles, request).status());
  };
  EXPECT_TRUE(refused());
  request.set_vin("42788");
  EXPECT_TRUE(refused());
  request.set_plate(" - ");
  EXPECT_TRUE(refused());
  request.set_unit_number("");
  EXPECT_TRUE(refused());
  request.set_customer_id("maria");
  EXPECT_TRUE(refused());
}

TEST_F(SearchTest, FleetThenPagedByPlate) {
  for (int i = 0; i < 5; ++i) {
    auto request = VehicleRequest("");
    request.mutable_plate()->set_number(absl::StrCat("FLEET ", i));
    Register(request);
  }
  v1::SearchVehiclesRequest request;
  request.set_plate("fleet");
  request.set_page_size(2);
  std::vector<std::string> plates;
  do {
    ASSERT_OK_AND_ASSIGN(const auto page, Call(&Stub::SearchVehicles, request));
    for (const v1::Vehicle& vehicle : page.vehicles()) plates.push_back(vehicle.plate().number());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_THAT(plates, ElementsAre("FLEET 0", "FLEET 1", "FLEET 2", "FLEET 3", "FLEET 4"));
}

}  // namespace
}  // namespace pitlane::customer_vehicle
