#include "tools/pitlane/demo_shop.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "libs/base/ids.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/rpc/errors.h"
#include "pitlane/customer_vehicle/v1/customer_vehicle_service.grpc.pb.h"
#include "pitlane/inventory/v1/inventory_service.grpc.pb.h"
#include "pitlane/terminal_gateway/v1/terminal_gateway_service.grpc.pb.h"
#include "pitlane/ticket/v1/ticket_service.grpc.pb.h"
#include "tools/pitlane/import.h"

namespace pitlane::tools {
namespace {

namespace cv = customer_vehicle::v1;
namespace inv = inventory::v1;
namespace tgw = terminal_gateway::v1;
namespace tkt = ticket::v1;

constexpr uint32_t kDemoSlot = 1729;
constexpr std::string_view kSupplierName = "Midwest Auto Parts (simulated)";

// What a store has done and forgotten the answer of, since it was rebuilt from its topic, is made.
absl::Status Made(const absl::Status& status) {
  return rpc::HasReason(status, common::v1::ANSWER_LOST) ? absl::OkStatus() : status;
}

// The shop of the domain handbook's worked ticket: 145.00 an hour, labour untaxed, 6.25 % state and
// 2.00 % local tax, 6 % supplies up to 35.00, 4.50 for hazardous waste.
tkt::Location MainStreet(const std::string& location_id) {
  tkt::Location location;
  location.set_location_id(location_id);
  location.set_name("Main Street Garage");
  location.set_time_zone("America/Chicago");
  location.set_currency("USD");
  location.set_tax_rounding(tkt::TAX_ROUNDING_DOCUMENT);
  struct Rule {
    const char* id;
    const char* authority;
    int64_t rate_ppm;
  };
  for (const Rule& rule : {Rule{"demo-state", "State", 62500}, Rule{"demo-local", "City", 20000}}) {
    tkt::TaxRule* tax = location.add_tax_rules();
    tax->set_rule_id(rule.id);
    tax->set_authority(rule.authority);
    tax->set_rate_ppm(rule.rate_ppm);
    tax->add_categories(tkt::TAX_CATEGORY_PART);
    tax->add_categories(tkt::TAX_CATEGORY_SUPPLIES);
    tax->add_categories(tkt::TAX_CATEGORY_CORE);
  }
  tkt::LabourRate* rate = location.add_labour_rates();
  rate->set_labour_type(tkt::LABOUR_TYPE_MECHANICAL);
  rate->set_rate_minor(14500);
  tkt::DefaultFee* supplies = location.add_default_fees();
  supplies->set_description("Shop supplies");
  supplies->set_tax_category(tkt::TAX_CATEGORY_SUPPLIES);
  supplies->mutable_rule()->set_base(tkt::FeeRule::BASE_LABOUR_AND_PARTS);
  supplies->mutable_rule()->set_rate_ppm(60000);
  supplies->mutable_rule()->set_max_minor(3500);
  tkt::DefaultFee* waste = location.add_default_fees();
  waste->set_description("Hazardous waste");
  waste->set_tax_category(tkt::TAX_CATEGORY_FEE);
  waste->mutable_rule()->set_base(tkt::FeeRule::BASE_FLAT);
  waste->mutable_rule()->set_unit_amount_minor(450);
  return location;
}

struct ShelfPart {
  const char* number;
  const char* brand;
  const char* description;
  const char* category;
  int64_t cost_e4;
  int64_t list_minor;
  int64_t core_minor;
  int64_t on_hand;  // whole units, received when the shop is loaded
  int64_t reorder_point;
  int64_t reorder_quantity;
};

// Prices of the worked ticket T1. One sale runs the first three low, and what is reordered fills
// the shelf again for the next.
constexpr ShelfPart kShelf[] = {
    {"D-1210", "Brembo", "Brake pads, front, ceramic", "brakes", 423000, 8460, 0, 3, 2, 1},
    {"R-55097", "Brembo", "Brake rotor, front, vented", "brakes", 581200, 11624, 0, 4, 2, 2},
    {"AL-7788X", "Denso", "Alternator, remanufactured, 130 A", "electrical", 1687500, 29531, 4500,
     2, 1, 1},
    {"OF-3614", "Mann", "Oil filter, spin-on", "engine", 41000, 1025, 0, 24, 8, 24},
    {"CF-11920", "Mann", "Cabin filter, activated carbon", "climate", 118000, 2950, 0, 6, 2, 6},
};

inv::PartRow RowOf(const ShelfPart& shelf, const std::string& supplier_id) {
  inv::PartRow row;
  row.set_number(shelf.number);
  row.set_brand(shelf.brand);
  row.set_description(shelf.description);
  row.set_category(shelf.category);
  row.set_unit("ea");
  row.set_currency("USD");
  row.set_unit_cost_e4(shelf.cost_e4);
  row.set_list_price_minor(shelf.list_minor);
  row.set_core_minor(shelf.core_minor);
  row.set_supplier_id(supplier_id);
  return row;
}

// Imports the shelf and answers the parts' ids in its order.
absl::StatusOr<std::vector<std::string>> ImportShelf(Session& session, const DemoShop& shop) {
  std::vector<inv::PartRow> rows;
  for (const ShelfPart& shelf : kShelf) rows.push_back(RowOf(shelf, shop.supplier_id));
  return ImportPartRows(session, rows);
}

absl::Status StockShelf(Session& session, const DemoShop& shop,
                        const std::vector<std::string>& part_ids) {
  const auto stub = inv::InventoryService::NewStub(session.channel());
  for (size_t i = 0; i < part_ids.size(); ++i) {
    inv::ReceiveStockRequest receive;
    receive.set_request_id(absl::StrCat("demo-receive-", i));
    receive.set_part_id(part_ids[i]);
    receive.set_location_id(shop.location_id);
    receive.set_quantity_milli(kShelf[i].on_hand * 1000);
    receive.set_unit_cost_e4(kShelf[i].cost_e4);
    RETURN_IF_ERROR(
        Made(session.Call(*stub, &inv::InventoryService::Stub::ReceiveStock, receive).status()));
    inv::SetReorderRuleRequest rule;
    rule.set_request_id(absl::StrCat("demo-reorder-", i));
    rule.set_part_id(part_ids[i]);
    rule.set_location_id(shop.location_id);
    rule.set_supplier_id(shop.supplier_id);
    rule.set_reorder_point_milli(kShelf[i].reorder_point * 1000);
    rule.set_reorder_quantity_milli(kShelf[i].reorder_quantity * 1000);
    RETURN_IF_ERROR(
        Made(session.Call(*stub, &inv::InventoryService::Stub::SetReorderRule, rule).status()));
  }
  return absl::OkStatus();
}

absl::Status ConfigureLocation(Session& session, const DemoShop& shop) {
  const auto stub = tkt::TicketService::NewStub(session.channel());
  tkt::ConfigureLocationRequest request;
  request.set_request_id("demo-location");
  *request.mutable_location() = MainStreet(shop.location_id);
  return Made(session.Call(*stub, &tkt::TicketService::Stub::ConfigureLocation, request).status());
}

absl::Status RegisterSupplier(Session& session, const DemoShop& shop) {
  const auto stub = inv::InventoryService::NewStub(session.channel());
  inv::RegisterSupplierRequest request;
  request.set_request_id("demo-supplier");
  request.set_supplier_id(shop.supplier_id);
  request.set_name(std::string(kSupplierName));
  return Made(
      session.Call(*stub, &inv::InventoryService::Stub::RegisterSupplier, request).status());
}

absl::Status RegisterPeople(Session& session, const DemoShop& shop) {
  const auto stub = cv::CustomerVehicleService::NewStub(session.channel());
  cv::RegisterCustomerRequest customer;
  customer.set_request_id("demo-customer");
  customer.set_customer_id(shop.customer_id);
  customer.mutable_personal()->set_given_name("Dana");
  customer.mutable_personal()->set_family_name("Whitfield");
  customer.mutable_personal()->add_phones("+13165550142");
  customer.mutable_personal()->add_emails("dana.whitfield@example.com");
  RETURN_IF_ERROR(Made(
      session.Call(*stub, &cv::CustomerVehicleService::Stub::RegisterCustomer, customer).status()));
  cv::RegisterVehicleRequest vehicle;
  vehicle.set_request_id("demo-vehicle");
  vehicle.set_vehicle_id(shop.vehicle_id);
  vehicle.set_vin("1G4AH59H45G118341");  // the domain handbook's example of a right check digit
  vehicle.mutable_plate()->set_number("482 KDG");
  vehicle.mutable_plate()->set_region("US-KS");
  vehicle.set_customer_id(shop.customer_id);
  return Made(
      session.Call(*stub, &cv::CustomerVehicleService::Stub::RegisterVehicle, vehicle).status());
}

absl::Status RegisterReader(Session& session, const DemoShop& shop) {
  const auto stub = tgw::TerminalGatewayService::NewStub(session.channel());
  tgw::RegisterReaderRequest request;
  request.set_request_id("demo-reader");
  request.set_location_id(shop.location_id);
  request.set_reader_id(shop.reader_id);
  request.set_label("Counter 1");
  request.set_simulated(true);
  return Made(
      session.Call(*stub, &tgw::TerminalGatewayService::Stub::RegisterReader, request).status());
}

}  // namespace

std::string NamedId(std::string_view prefix, uint32_t slot, std::string_view name) {
  const std::string hash = Sha256(name);
  IdBits bits;
  for (int i = 0; i < 8; ++i) {
    bits.high = bits.high << 8 | static_cast<unsigned char>(hash[i]);
    bits.low = bits.low << 8 | static_cast<unsigned char>(hash[8 + i]);
  }
  // High: 48 bits of time, 12 of slot, 4 random.
  bits.high = (bits.high & ~(uint64_t{kSlotCount - 1} << 4)) | uint64_t{slot} << 4;
  return FormatId(prefix, bits);
}

absl::StatusOr<DemoShop> LoadDemoShop(Session& session) {
  DemoShop shop;
  shop.location_id = NamedId(LocationId::kPrefix, kDemoSlot, "demo location");
  shop.supplier_id = NamedId(SupplierId::kPrefix, kDemoSlot, "demo supplier");
  shop.customer_id = NamedId(CustomerId::kPrefix, kDemoSlot, "demo customer");
  shop.vehicle_id = NamedId(VehicleId::kPrefix, kDemoSlot, "demo vehicle");
  shop.reader_id = NamedId(ReaderId::kPrefix, kDemoSlot, "demo reader");
  RETURN_IF_ERROR(ConfigureLocation(session, shop));
  RETURN_IF_ERROR(RegisterSupplier(session, shop));
  ASSIGN_OR_RETURN(const std::vector<std::string> parts, ImportShelf(session, shop));
  RETURN_IF_ERROR(StockShelf(session, shop, parts));
  RETURN_IF_ERROR(RegisterPeople(session, shop));
  RETURN_IF_ERROR(RegisterReader(session, shop));
  shop.pads_id = parts[0];
  shop.rotor_id = parts[1];
  shop.alternator_id = parts[2];
  return shop;
}

}  // namespace pitlane::tools
