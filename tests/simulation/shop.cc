#include "tests/simulation/shop.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"

namespace pitlane::simulation {
namespace {

namespace cv = customer_vehicle::v1;
namespace inv = inventory::v1;
namespace tgw = terminal_gateway::v1;
namespace tkt = ticket::v1;
using Inventory = inventory::InventoryServiceApi;
using People = customer_vehicle::CustomerVehicleServiceApi;
using Readers = terminal_gateway::TerminalGatewayServiceApi;
using Tickets = ticket::TicketServiceApi;

constexpr int kParts = 5;
constexpr int kPeople = 4;
constexpr int kReaders = 2;

absl::Status SetUpLocation(Client& client, Shop& shop) {
  tkt::ConfigureLocationRequest request;
  tkt::Location& location = *request.mutable_location();
  location.set_name("Main Street Garage");
  location.set_time_zone("America/Chicago");
  location.set_currency("USD");
  tkt::TaxRule& tax = *location.add_tax_rules();
  tax.set_rule_id("state");
  tax.set_authority("State");
  tax.set_rate_ppm(62500);
  tax.add_categories(tkt::TAX_CATEGORY_PART);
  tax.add_categories(tkt::TAX_CATEGORY_CORE);
  tkt::LabourRate& rate = *location.add_labour_rates();
  rate.set_labour_type(tkt::LABOUR_TYPE_MECHANICAL);
  rate.set_rate_minor(14500);
  tkt::DefaultFee& waste = *location.add_default_fees();
  waste.set_description("Hazardous waste");
  waste.set_tax_category(tkt::TAX_CATEGORY_FEE);
  waste.mutable_rule()->set_base(tkt::FeeRule::BASE_FLAT);
  waste.mutable_rule()->set_unit_amount_minor(450);
  if (client.draw().Below(2) == 0) location.mutable_overage()->set_rate_ppm(100'000);
  if (client.draw().Below(3) == 0) location.set_cash_increment_minor(5);
  ASSIGN_OR_RETURN(const auto configured, client.Call(&Tickets::ConfigureLocation, request));
  shop.location_id = configured.location().location_id();
  return absl::OkStatus();
}

absl::Status StockShelves(Client& client, Shop& shop) {
  inv::RegisterSupplierRequest supplier;
  supplier.set_name("Midwest Auto Parts");
  ASSIGN_OR_RETURN(const auto registered, client.Call(&Inventory::RegisterSupplier, supplier));
  shop.supplier_id = registered.supplier().supplier_id();
  std::vector<inv::PartRow> rows;
  for (int i = 0; i < kParts; ++i) {
    inv::PartRow row;
    row.set_number(absl::StrCat("P-", 100 + i));
    row.set_brand("Brembo");
    row.set_description(absl::StrCat("Part number ", i));
    row.set_category("brakes");
    row.set_currency("USD");
    row.set_unit_cost_e4(client.draw().Between(10'000, 900'000));
    row.set_list_price_minor(client.draw().Between(500, 30'000));
    if (i == 1) row.set_core_minor(4500);
    row.set_supplier_id(shop.supplier_id);
    rows.push_back(std::move(row));
  }
  std::vector<inv::RowResult> results;
  RETURN_IF_ERROR(client.Import(rows, &results));
  for (const inv::RowResult& result : results) shop.part_ids.push_back(result.part_id());
  for (const std::string& part : shop.part_ids) {
    inv::ReceiveStockRequest receive;
    receive.set_part_id(part);
    receive.set_location_id(shop.location_id);
    receive.set_quantity_milli(1000 * client.draw().Between(1, 12));
    RETURN_IF_ERROR(client.Call(&Inventory::ReceiveStock, receive).status());
    inv::SetReorderRuleRequest rule;
    rule.set_part_id(part);
    rule.set_location_id(shop.location_id);
    rule.set_reorder_point_milli(1000 * client.draw().Between(1, 4));
    rule.set_reorder_quantity_milli(1000 * client.draw().Between(2, 6));
    RETURN_IF_ERROR(client.Call(&Inventory::SetReorderRule, rule).status());
  }
  return absl::OkStatus();
}

absl::Status RegisterPeople(Client& client, Shop& shop) {
  for (int i = 0; i < kPeople; ++i) {
    cv::RegisterCustomerRequest customer;
    customer.mutable_personal()->set_given_name("Dana");
    customer.mutable_personal()->set_family_name(absl::StrCat("Whitfield", i));
    customer.mutable_personal()->add_emails(absl::StrCat("dana", i, "@example.com"));
    ASSIGN_OR_RETURN(const auto registered, client.Call(&People::RegisterCustomer, customer));
    shop.customer_ids.push_back(registered.customer().customer_id());
    cv::RegisterVehicleRequest vehicle;
    vehicle.mutable_plate()->set_number(absl::StrCat("482 KD", i));
    vehicle.mutable_plate()->set_region("US-KS");
    vehicle.set_customer_id(shop.customer_ids.back());
    ASSIGN_OR_RETURN(const auto parked, client.Call(&People::RegisterVehicle, vehicle));
    shop.vehicle_ids.push_back(parked.vehicle().vehicle_id());
  }
  return absl::OkStatus();
}

absl::Status RegisterReaders(Client& client, Shop& shop) {
  for (int i = 0; i < kReaders; ++i) {
    tgw::RegisterReaderRequest reader;
    reader.set_location_id(shop.location_id);
    reader.set_label(absl::StrCat("Counter ", i + 1));
    reader.set_simulated(true);
    ASSIGN_OR_RETURN(const auto registered, client.Call(&Readers::RegisterReader, reader));
    shop.reader_ids.push_back(registered.reader().reader_id());
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status LoadShop(Client& client, Shop& shop) {
  RETURN_IF_ERROR(SetUpLocation(client, shop));
  RETURN_IF_ERROR(StockShelves(client, shop));
  RETURN_IF_ERROR(RegisterPeople(client, shop));
  RETURN_IF_ERROR(RegisterReaders(client, shop));
  shop.ready = true;
  return absl::OkStatus();
}

}  // namespace pitlane::simulation
